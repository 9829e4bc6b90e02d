// Package village is the queue of village matters (村事): what belongs to the
// village itself, its roads, lights, ditches, land, money, rules and events.
//
// The light at the village gate is out. The secretary approves, and a volunteer
// or the lead of that grid or one of the committee takes it, mends it and sends a
// photo; without a photo she writes a line, and the matter is marked as not
// shown. What is larger the committee takes into deliberation first and resolves:
// to be carried out, or declined with a reason. It is the county's road after
// all? Then the secretary hands it over to the government queue, with one tap.
//
// A fire or a burst dyke does not wait for any of this: it stands in the queue at
// once, the squad is paged, and whoever is paged may take it.
package village
