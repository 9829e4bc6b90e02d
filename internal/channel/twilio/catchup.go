package twilio

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	openapi "github.com/twilio/twilio-go/rest/api/v2010"

	"sanshi/internal/message"
)

const (
	pageSize = 200
	// mostPages bounds one catching up to 10,000 messages, sent ones included.
	mostPages = 50
)

// CatchUp takes in what Twilio received for us since then, oldest first, and
// returns how many of those texts we did not have. Twilio's webhook is tried once
// or twice and then given up (Twilio: Webhooks, connection overrides), so an
// outage of ours would lose texts; its list still has them.
func (h *Webhook) CatchUp(ctx context.Context, d *Driver, since time.Time) (missed int, err error) {
	list, err := d.received(ctx, since)
	if err != nil {
		return 0, err
	}
	for _, m := range slices.Backward(list) {
		w := wire{sid: value(m.Sid), from: value(m.From), to: value(m.To), service: value(m.MessagingServiceSid), body: value(m.Body)}
		if n := value(m.NumMedia); n != "" && n != "0" {
			if w.media, err = d.mediaOf(ctx, w.sid); err != nil {
				return missed, err
			}
		}
		in, err := h.inbound(w)
		if err != nil {
			continue // no number or no id: nothing that could be kept
		}
		taken, err := h.Intake.Take(ctx, in)
		if err != nil {
			return missed, err
		}
		if !taken.Duplicate {
			missed++
		}
	}
	return missed, nil
}

// received lists the messages that came in since then, newest first.
func (d *Driver) received(ctx context.Context, since time.Time) (all []openapi.ApiV2010Message, err error) {
	params := &openapi.ListMessageParams{}
	params.SetPageSize(pageSize).SetDateSentAfter(since.UTC().Truncate(24 * time.Hour))
	token, page := "", ""
	for range mostPages {
		x := d.exchange(ctx)
		list, err := x.service().PageMessage(params, token, page)
		if err != nil || x.status/100 != 2 {
			return nil, x.judge(err)
		}
		for _, m := range list.Messages {
			sent, err := time.Parse(time.RFC1123Z, value(m.DateSent))
			if err == nil && sent.Before(since.Truncate(time.Second)) {
				return all, nil // the list is sorted by it
			}
			if value(m.Direction) == "inbound" {
				all = append(all, m)
			}
		}
		next, err := url.Parse(value(list.NextPageUri))
		if err != nil || list.NextPageUri == nil {
			return all, nil
		}
		token, page = next.Query().Get("PageToken"), next.Query().Get("Page")
	}
	return all, nil
}

// mediaOf lists the pictures of a message as its webhook would have named them.
func (d *Driver) mediaOf(ctx context.Context, sid string) (all []message.Media, err error) {
	x := d.exchange(ctx)
	list, err := x.service().PageMedia(sid, &openapi.ListMediaParams{}, "", "")
	if err != nil || x.status/100 != 2 {
		return nil, x.judge(err)
	}
	for _, m := range list.MediaList {
		all = append(all, message.Media{
			URL:  d.api.Scheme + "://" + d.api.Host + strings.TrimSuffix(value(m.Uri), ".json"),
			Type: value(m.ContentType),
		})
	}
	return all, nil
}
