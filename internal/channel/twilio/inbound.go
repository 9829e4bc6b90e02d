package twilio

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"sanshi/internal/message"
)

// wire is a received message in Twilio's terms.
type wire struct {
	sid, from, to, service, body string
	media                        []message.Media
}

// wireOf reads the parameters of a received message (Twilio: Messaging webhooks).
func (h *Webhook) wireOf(f *form) wire {
	return wire{
		sid: f.get("MessageSid"), from: f.get("From"), to: f.get("To"), service: f.get("MessagingServiceSid"),
		body: f.get("Body"), media: h.pictures(f),
	}
}

// inbound turns a received message into one of ours.
func (h *Webhook) inbound(w wire) (message.Inbound, error) {
	if w.sid == "" || w.from == "" {
		return message.Inbound{}, &refusal{http.StatusBadRequest, "MessageSid and From are needed"}
	}
	to := number(w.to)
	in := message.Inbound{
		Village:    h.village(to, w.service),
		Channel:    "sms",
		ExternalID: message.Clean(w.sid),
		To:         message.Clean(to),
		Text:       message.Clean(decoded(w.body)),
		Media:      w.media,
		At:         h.Now(),
	}
	var err error
	if in.From, err = message.ParseAddress(w.from); err != nil {
		// A short code or a name: nobody who could be answered. It is kept, so that
		// nothing is lost, where people see it and no dialogue answers it.
		in.Village, in.From = message.Unrouted, message.Address("sms:"+strings.Join(strings.Fields(message.Clean(w.from)), "_"))
	}
	return in, nil
}

func (h *Webhook) village(to, service string) string {
	if v := h.Village(to, service); v != "" {
		return v
	}
	return message.Unrouted
}

// number is a number as Twilio writes it, without the channel before it.
func number(s string) string { return strings.TrimPrefix(s, "whatsapp:") }

// pictures lists the media. Only those at Twilio's own API are taken: they will
// be fetched with our credentials, and any other address would be a forgery.
func (h *Webhook) pictures(f *form) []message.Media {
	n, err := strconv.Atoi(f.get("NumMedia"))
	if err != nil || n <= 0 {
		return nil
	}
	var out []message.Media
	for i := range min(n, 10) {
		k := strconv.Itoa(i)
		u, err := url.Parse(f.get("MediaUrl" + k))
		if err != nil || u.User != nil || u.Scheme+"://"+u.Host != h.media {
			continue
		}
		out = append(out, message.Media{URL: u.String(), Type: message.Clean(f.get("MediaContentType" + k))})
	}
	return out
}

// decoded undoes the base64 in which Twilio has been seen to deliver some long
// bodies in other scripts. It is taken for that only when it is one unbroken run of at
// least 20 characters, in both cases, that decodes to readable text.
func decoded(body string) string {
	s := strings.TrimSpace(body)
	if len(s) < 20 || strings.IndexByte(s, ' ') >= 0 || s[0] >= utf8.RuneSelf {
		return body // what nearly every text is
	}
	s = strings.NewReplacer("\r", "", "\n", "").Replace(s)
	if len(s)%4 != 0 || strings.ToLower(s) == s || strings.ToUpper(s) == s {
		return body
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(s)
	if err != nil || !utf8.Valid(raw) {
		return body
	}
	for _, r := range string(raw) {
		if !unicode.IsPrint(r) && r != '\n' && r != '\r' && r != '\t' {
			return body
		}
	}
	return string(raw)
}
