package slack

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	slackgo "github.com/slack-go/slack"

	"sanshi/internal/channel"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

// Name is the channel of direct messages to staff; an address there is "slack:U0…".
// No resident has one: nothing comes in as a text from here.
const Name = "slack"

// oneTap is what one tap in a direct message is the answer to.
var oneTap = []matter.EventKind{matter.Approve, matter.Claim, matter.Finish}

// Driver sends the texts that staff must read as direct messages. Below the words
// stand the buttons of the matter, as far as the reader may press them.
type Driver struct {
	Client *Client
	// View is the matter with what its reader may do; nil draws no buttons. When it
	// fails the text leaves without them: the words matter more.
	View func(ctx context.Context, village, matterID, staff string) (CardView, error)
}

// Name is the driver's name in the database and the metrics.
func (d Driver) Name() string { return Name }

// Send writes a direct message.
func (d Driver) Send(ctx context.Context, out message.Outbound) (channel.Receipt, error) {
	text := Masked(out.Text)
	blocks := []slackgo.Block{section(outBlock(out), plainText(text, mostSection))}
	if d.View != nil && out.Matter != "" {
		if v, err := d.View(ctx, out.Village, out.Matter, out.Staff); err == nil {
			blocks = v.withButtons(v.book(), blocks, oneTap)
		}
	}
	posted, err := d.Client.Post(ctx, out.To.User(), text, blocks)
	if err != nil {
		return channel.Receipt{}, problem(err)
	}
	return receipt(posted), nil
}

// Find looks for a text in the direct messages with its reader. It is known by its
// id and words in the block_id of its first block: Slack may write the words
// themselves a little differently.
func (d Driver) Find(ctx context.Context, out message.Outbound, since time.Time) (r channel.Receipt, ok bool, err error) {
	direct, err := d.Client.Direct(ctx, out.To.User())
	if err != nil {
		return r, false, err
	}
	want := outBlock(out)
	ok, err = d.Client.Search(ctx, direct, since, func(m slackgo.Message) bool {
		for _, b := range m.Blocks.BlockSet {
			if b.ID() == want {
				r = receipt(Posted{direct, m.Timestamp})
				return true
			}
		}
		return false
	})
	return r, ok, err
}

func outBlock(out message.Outbound) string {
	sum := sha256.Sum256([]byte(out.Text))
	return "out:" + out.ID + ":" + hex.EncodeToString(sum[:4])
}

// receipt: Slack has no later word about a message. Posted is delivered.
func receipt(p Posted) channel.Receipt {
	return channel.Receipt{ProviderID: p.Channel + ":" + p.TS, Status: message.Delivered}
}

// problem says whether trying again can help. What the village's administrator can
// put right (a token, a scope) is tried again.
func problem(err error) error {
	var r *Refusal
	if !errors.As(err, &r) {
		return err
	}
	p := &channel.Problem{Code: r.Code, Text: r.Error(), After: r.After}
	switch r.Code {
	case "channel_not_found", "user_not_found", "user_disabled", "user_not_visible", "cannot_dm_bot", "is_archived",
		"messages_tab_disabled", "invalid_blocks", "invalid_blocks_format", "msg_too_long", "no_text":
		p.Permanent = true
	}
	return p
}
