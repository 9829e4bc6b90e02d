// Package api is the door for other programs: JSON over HTTP under /api/v1/.
//
// Everything needs the administrator's token (Authorization: Bearer TOKEN). What
// is done to a matter is done in the name of a staff member (by), and her rights
// apply: the token opens the door, it grants nothing inside.
//
// # Routes
//
//	GET  /api/v1/villages
//	POST /api/v1/villages/{v}/messages                   {"from","text","external_id"?} → 202 {"id"}
//	GET  /api/v1/villages/{v}/matters                    ?kind= state= code= area= assignee= late= q= limit= cursor=
//	GET  /api/v1/villages/{v}/matters/{id}               id or number; with "events", "messages", "calls", "untold"
//	POST /api/v1/villages/{v}/matters/{id}/events        {"event","by",…} → the matter
//	GET  /api/v1/villages/{v}/conversations/{address}
//	GET  /api/v1/villages/{v}/stats
//	GET  /api/v1/villages/{v}/deadletters
//	POST /api/v1/villages/{v}/deadletters/{id}/retry     → 202 {"id"}
//	GET  /api/v1/villages/{v}/calls                      ?by= done= → {"calls":[…]}, whom a person should call
//	POST /api/v1/villages/{v}/calls/{id}                 {"by","do","note"?,"again"?} → the call
//	POST /api/v1/villages/{v}/residents/{address}/erase  {"by"} → {"erased":true}
//	POST /api/v1/villages/{v}/staff/{id}/link            → 201 {"link","expires_at"}, a sign-in link that works once
//	POST /api/v1/villages/{v}/staff/{id}/slack-code      → 201 {"code","expires_at"}, to send once as /sanshi link CODE
//
// An address is "sms:+E164", "whatsapp:+…", "wechat:openid" or "sim:…"; a bare
// "+…" means sms. In a path it may be written as it is or percent-encoded.
//
// # Messages
//
// A message is a resident's text: it comes in by the sim channel and is answered
// to her address. It is kept when 202 is answered. The same external_id again is
// the same text and gives the same id, whatever else the request says; without
// one each request is a text of its own. A text has at most 1,600 characters (the
// most an SMS can carry, says Twilio) and may be empty.
//
// # Matters
//
// The list is newest first, all kinds and states unless filtered. Filters repeat
// (state=queued&state=handling); limit is 1–500, 50 unless given; next is "" on
// the last page. assignee takes one staff id; late=true keeps what is past due.
// kind is household, village or government; the codes are those of
// internal/catalog/services.tsv. A state is one of
//
//	sorting       waits for the secretary
//	queued        approved, or an emergency: waits in its queue for somebody
//	deliberating  the group or the committees talk about it
//	handling      somebody has it (assignee)
//	waiting       for the resident or a third party (waiting_for)
//	done          settled, waits for the resident's rating
//	closed        rated, or 14 days after it was done
//	declined      not accepted; the resident was told why
//	merged        into another (merged_into)
//	cancelled     taken back by the resident
//
// and the first six are open. An unknown filter is refused, because a misspelt one would quietly give all.
//
// Of a private matter resident, place, parties, summary, text, photos and reason
// are empty, its events come without notes and its messages without text: the
// token belongs to a machine, and who reads such words must be on record. The
// answer to a reveal event (by a staff member who may, with a reason as note) has
// them. The conversation with one address is shown as it was, whatever it was about.
//
// # Events
//
// The members are event, by, version, key, note, kind, code, area, urgency,
// assignee, into, rating, outcome, photo, approve, and besides: party (of join), date (of plan:
// 2026-05-04, meaning 18:00 there, or a full time), for (of ask: resident or
// third). What staff may send, and what each takes (in brackets: may be left out):
//
//	approve
//	correct     one or more of kind, code, area, urgency; [approve]
//	decline     note: the reason
//	merge       into: an id or a number
//	split       code, note: the new matter in words
//	undo        within 60 s, by who did it
//	claim
//	assign      assignee
//	ask         note: the question; [for]
//	join        party: the number of somebody for whom another wrote; both are told
//	note        note
//	reveal      note: the reason; of a private matter
//	plan        date, [note]
//	deliberate  [note]
//	resolve     outcome: handling or declined; [assignee], note: the reason of a declined one
//	return      note: the reason
//	transfer    [code, note]
//	finish      outcome: solved, mediated, guided, not_solved; a note or a photo
//	reopen      [note]
//
// Besides these a matter's record has raise, answer, rate, cancel (the
// resident's), erase, and remind, escalate, expire, suggest (the service's own).
// urgency is emergency, urgent or normal.
//
// With a key the same request may be repeated for seven days; the same key with
// another request is a conflict. With a version the act is refused as stale if
// kind, code or urgency changed after that version.
//
// # Calls
//
// A call is promised for a time (due_at) and is somebody's task (for). do is take,
// reached, missed (tried again at again, a full time, or as soon as promised anew)
// or wrong_number. A matter whose end was not told to her (untold) is told when
// somebody reached her. Of a call about a private matter number and words are empty.
//
// # Errors
//
//	{"error":{"code","message","field"}}
//
// The checks come in this order: 405 method · 415 not JSON · 413 over 64 KB ·
// 400 bad JSON (code bad_json) or query · 401 token · 429 too many, with
// Retry-After · 404 no such village or matter · 403 right, which a by that is no
// staff member's id never has · 409 state or stale · 422 a value is missing,
// wrong, of the wrong type or unknown (an event that does not exist, too), and
// field names it. 503 with Retry-After means: nothing was kept, send it again.
//
// Times are RFC 3339 in UTC with milliseconds, null when unset. Lists are never
// null.
package api
