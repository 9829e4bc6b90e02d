// Command bot is Sanshi (三事): an old woman texts her village in her own words,
// the village secretary approves what is to be done, volunteers, the committee or
// a department do it by a date, she is told, and rates it with one digit.
//
// # From a text message to its answer
//
// A text comes in through a channel (internal/channel): Twilio's webhook, the
// simulated phone, the API. The driver checks that it is genuine, makes a
// message.Inbound of it and hands it to the store, which keeps it in a commit that
// many texts share. Only then is it acknowledged. One provider's id is kept once:
// that is the only dedupe there is.
//
// The queue (internal/queue) is told of the lane, which is one person's texts to
// one village, and works on each lane one text at a time. Whatever it is not told
// of, it finds by looking every two seconds: the database is the ledger.
//
// The desk (internal/desk) reads one scene: the village, the resident, what was
// said lately, her open matters, the question put to her last. The classifier
// (internal/classify) says what the words are about, by rules first and a linear
// model second. The dialogue (internal/dialogue) holds the text up to a list of
// listeners (a stop word? a danger? a digit? an answer? a new matter?) and makes a
// plan: which matters to open, which events to ask for, what to say. The workflow of
// the matter's queue (internal/matter, handlers) is a table of steps: it finds the
// row, checks the right and the state, and makes the event. All of this is pure.
//
// A text from a phone of the staff is an order first: "1好" approves the first of the
// list she was sent, by the same acts and rights as a tap in the console. What is no
// order is heard as anybody's.
//
// What comes out is one change: matters, events, what is remembered of the talk,
// replies. The store (internal/store) commits it whole, if nothing it was decided
// from has changed; else all is read and decided again. The same commit marks the
// text as handled, so it can never have two effects.
//
// When rules and model are in doubt, the change also leaves a question for a
// language model, if the village allows one. It is put in the background (refiner.go,
// internal/llm), and its answer is one more event: a proposal to the secretary.
//
// What no text can do a person does: she asked for one, gets no texts, or could not
// be told. Such a call (internal/call) is promised for a time that is said to her, is
// somebody's task, and climbs when it is overdue.
//
// A reply is a row of the outbox in that commit. The sender (internal/channel) takes
// it out at the pace of its number, until it is through or dead-lettered.
//
// A secretary's tap in the console (internal/web/console), an officer's call of the
// API (internal/web/api) and the passing of time go the same way: read, decide,
// commit once. Nothing else changes a matter.
//
// # Where to change what
//
//   - what the bot says: prompts/resident/*.toml and prompts/staff/*.toml
//   - what it recognises: internal/dialogue/words.go; what words are about:
//     internal/classify/examples, then bot train
//   - what may happen to a matter, and who may do it: handlers, internal/matter/shared.go
//   - services, departments, deadlines: internal/catalog/services.tsv
//   - a new way in or out: a channel.Driver, listed in wire.go
//
// The conversations in testdata/dialogues run against the real program and are the
// first thing to add for a new behaviour. A test holds the arrows between packages.
//
// # Rehearsal
//
// A rehearsal is a second Program beside the real one, made of a village's settings,
// a database that is deleted and drivers that reach the simulated phone only; see
// rehearsal.go. The real program hands it nothing but the settings.
//
// # This package
//
// main.go reads the command line, config.go the configuration, run.go starts and
// stops the service as a value (Program), wire.go connects its parts. Each command
// stands in a file of its own.
package main
