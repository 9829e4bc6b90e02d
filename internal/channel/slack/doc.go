// Package slack is the village's chat: what staff see there, and what they press.
//
// # What goes out
//
// A card is a picture of a matter's present row. The commit that changes a matter
// marks its cards as wanted; the Pen draws what is wanted, from the row as it is at
// that moment, one a second for each channel: of many changes the last is shown,
// and nothing has to be sent in order. So a card is no message, and is not in the
// outbox; what somebody must read (a page, a reminder) is one, and leaves by the
// Driver as a direct message.
//
// A matter has one card in a channel. Slack has no key that makes posting
// repeatable, so before a card is posted the time is kept, and when nobody knows
// how a posting ended it is looked for in the channel's history before it is posted
// again. It is known by the block_id of its first block, "card:ID:VERSION": that
// is part of what is drawn anyway, so nothing can be there without it, and reading
// the history is a right the app has for its threads already.
//
// A channel is read by many, so a private matter has no words there, nor place,
// nor resident: only "1件保密事项" and its number. Numbers of residents are masked
// everywhere. The drawing functions (look.go) are pure and hold Slack's limits for
// whatever they are given.
//
// # What comes in
//
// The Hook takes in what is pressed, typed and told, over HTTP (signed, at most five
// minutes old) or a socket, and answers within three seconds whatever else is slow. A
// press or a form is an act of the staff member whose account it is, asked of the desk
// with her rights, before the answer: nothing that looked accepted is lost. Its key is
// made of what Slack says of it (user, message and time; or the form), so that however
// often it comes, and to whichever node, it counts once. What needs longer, as a picture
// does, says that it is on its way, and then that it is done.
//
// What people write in channels and threads reaches a listener that knows neither the
// desk nor the outbox: no word of it can get to a resident. A question goes to her
// only by its form, after a preview of the very text and a press of Send.
//
// Slack may be away: cards wait in the database, texts go on by SMS.
package slack
