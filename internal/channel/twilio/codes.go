package twilio

import (
	"net/http"
	"regexp"
	"strconv"
	"time"

	"sanshi/internal/channel"
	"sanshi/internal/message"
)

// verdict is what one of Twilio's error codes means for the text.
type verdict struct {
	permanent bool
	optedOut  bool
	text      string
}

// verdictOf knows the codes that Twilio answers when a message is created or
// reports when it could not be delivered (Twilio: Error and Warning Dictionary,
// www.twilio.com/docs/api/errors). Permanent is what lies in the number or the
// words. What lies in the account or the moment is tried again for a day: an
// administrator can mend it meanwhile, and then nothing was lost.
func verdictOf(code int) (verdict, bool) {
	switch code {
	case 21610:
		return verdict{true, true, "the person has opted out"}, true
	case 21211, 21217, 21401, 21421, 21604:
		return verdict{true, false, "the number is not valid"}, true
	case 21214, 21612, 21614, 21635, 30005, 30006:
		return verdict{true, false, "the number cannot receive texts"}, true
	case 21408:
		return verdict{true, false, "texts to this country are not enabled in the Twilio account"}, true
	case 21608, 21219:
		return verdict{true, false, "a trial account texts verified numbers only"}, true
	case 21602, 21605, 21617, 21619, 21620, 21623:
		return verdict{true, false, "the text or its media cannot be sent"}, true
	case 30004, 30007, 30034, 63016:
		return verdict{true, false, "blocked by the carrier"}, true
	case 21212, 21603, 21606, 21607, 21659, 21660, 21661, 21703, 21705:
		return verdict{text: "the sender's number or messaging service cannot send; check it in the Twilio console"}, true
	case 20001, 20002, 20003, 20005, 20006, 20403, 20404, 30002:
		return verdict{text: "the Twilio account or token is not accepted"}, true
	case 20429, 14107, 21611, 30001, 30022, 30023, 63018:
		return verdict{text: "too many at once"}, true
	case 20500, 20503, 30003, 30008, 30009, 30017:
		return verdict{text: "a passing fault of Twilio, the carrier or the phone"}, true
	}
	return verdict{}, false
}

// problem turns a refusal into a Problem. An unknown code is judged by its HTTP
// status: of the 4xx only those that speak of the request itself are permanent.
func problem(status, code int, said string, after time.Duration) *channel.Problem {
	v, known := verdictOf(code)
	if !known {
		v.text = plain(said)
		switch status {
		case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusRequestTimeout, http.StatusTooManyRequests:
		default:
			v.permanent = status >= 400 && status < 500
		}
	}
	if v.text == "" {
		v.text = http.StatusText(status)
	}
	if code == 0 {
		code = status
	}
	return &channel.Problem{Code: strconv.Itoa(code), Text: v.text, Permanent: v.permanent, OptedOut: v.optedOut, After: after}
}

var digits = regexp.MustCompile(`\d[\d ()-]{4,}\d`)

// plain keeps numbers of people out of the log: Twilio repeats them in its words.
func plain(said string) string {
	said = digits.ReplaceAllString(said, "…")
	if r := []rune(said); len(r) > 160 {
		said = string(r[:160])
	}
	return said
}

// statusOf maps Twilio's message states to ours (Twilio: Messages resource,
// message status values). "" for those of received messages, and unknown ones.
func statusOf(s string) message.Status {
	switch s {
	case "accepted", "scheduled", "queued", "sending":
		return message.Accepted
	case "sent":
		return message.Sent
	case "delivered", "partially_delivered", "read":
		return message.Delivered
	case "undelivered":
		return message.Undelivered
	case "failed", "canceled":
		return message.Failed
	}
	return ""
}
