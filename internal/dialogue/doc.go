// Package dialogue decides what the bot makes of a text and what it says: pure,
// without reading or writing.
//
// A text is held up to a list of listeners, one after the other: is it a stop
// word, a danger, a digit, the answer to the open question, a correction, thanks,
// a question about progress, something about a matter she already raised, a new
// matter? The first that recognises it makes the plan: which matters to open,
// which events to ask for, what to say. The desk carries the plan out and hands
// the matters back, and Reply puts the plan's sayings into one text of at most
// two segments. Tell does the same for news that comes from staff or the clock.
//
// What is remembered between texts is State: held words that have no subject yet,
// the matter last spoken of, the last question answered. A question opens when
// its text was sent, so it is read from the outbox (see Turn.Ask), not from here.
//
// A text from a phone of the staff is first read as orders (HearStaff): digits of the
// list that was sent last, or a matter's number, with a verb. What is no order is
// heard as a resident's, for every member of staff is one too. LookInto makes the
// lists that go out by themselves. A digit keeps its meaning while its list is in
// sight: what comes later goes on counting.
package dialogue
