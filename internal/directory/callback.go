package directory

import (
	"time"

	"sanshi/internal/message"
)

// Callback is somebody to be called by a person: she asked for it, cannot be
// texted, or could not be told. What may be done with it is in package call.
type Callback struct {
	ID      string
	Village string
	Address message.Address
	Reason  string // one of the Reasons
	Matter  string // id of the matter it is about, or ""
	Note    string // her words, when she asked
	At      time.Time

	DueAt   time.Time // by when she was promised to be called; zero until that is settled
	NextAt  time.Time // when the clock looks at it again; zero means never
	For     string    // staff id of who should do it
	TakenBy string    // staff id of who said that she does it, or tried last
	Tries   int       // how often nobody answered
	TriedAt time.Time // the first time somebody rang
	AgainAt time.Time // when she is to be tried again, if that was settled
	Told    int       // how far it has climbed since it is overdue: 0 nobody, then as call.Climb
	Result  string    // of one that is done: reached, wrong_number or erased
	Remark  string    // of whoever called
	DoneBy  string
	DoneAt  time.Time
	Version int // 0: not yet kept

	// Of its matter as that stands now; only read, never written.
	Number   string
	Private  bool
	Assignee string
}

// Why somebody is to be called.
const (
	CallPerson      = "person"      // she asked for a human being
	CallUnread      = "unread"      // she cannot read
	CallOptOut      = "opt_out"     // she gets no texts, and there is something she should know
	CallUndelivered = "undelivered" // a reply did not reach her
	CallClosing     = "closing"     // that her matter is done, or declined, did not reach her
	CallQuestion    = "question"    // somebody waits for an answer and could not ask her
	CallErase       = "erase"       // she wants to be forgotten
	CallCopy        = "copy"        // she wants to know what is kept of her
	CallThrottled   = "throttled"   // she wrote too fast to be read, and is in need
	CallProxy       = "proxy"       // somebody for whom another wrote is to be told
	CallOver        = "over"        // she says that the danger is over: ask once more
	CallUnclaimed   = "unclaimed"   // an emergency nobody took: the address is a staff member's
	CallFact        = "fact"        // she asked what nobody has written down
)

// CallReasons lists them all.
func CallReasons() []string {
	return []string{CallPerson, CallUnread, CallOptOut, CallUndelivered, CallClosing, CallQuestion, CallErase, CallCopy,
		CallThrottled, CallProxy, CallOver, CallUnclaimed, CallFact}
}

// Unasked reports whether a call for this reason is one that she did not ask for:
// nobody makes it to who is to be left in peace (QuietContact).
func Unasked(reason string) bool {
	switch reason {
	case CallOptOut, CallUndelivered, CallClosing, CallQuestion, CallThrottled, CallProxy, CallOver:
		return true
	}
	return false
}
