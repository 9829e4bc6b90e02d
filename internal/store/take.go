package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sanshi/internal/channel"
	"sanshi/internal/message"
)

// take is a text on its way into a group.
type take struct {
	in    message.Inbound
	media string
	taken channel.Taken
	err   error
	done  chan struct{}
}

// Take keeps a text and returns after the commit. Without a village it is kept
// under message.Unrouted; without an id or an external id it gets its own. The
// error is channel.ErrUnavailable with the cause; after a cancelled context the
// text may have been kept all the same.
func (s *Store) Take(ctx context.Context, in message.Inbound) (channel.Taken, error) {
	k := &take{in: in, done: make(chan struct{})}
	if err := s.complete(k); err != nil {
		return channel.Taken{}, err
	}
	if err := handOver(ctx, &s.committer, s.takes, k); err != nil {
		return channel.Taken{}, err
	}
	select {
	case <-k.done:
		return k.taken, k.err
	case <-ctx.Done():
		return channel.Taken{}, away(ctx.Err())
	}
}

func (s *Store) complete(k *take) error {
	in := &k.in
	if in.ID == "" {
		in.ID = s.newID()
	}
	if in.ExternalID == "" {
		in.ExternalID = in.ID
	}
	if in.Village == "" {
		in.Village = message.Unrouted
	}
	if in.At.IsZero() {
		in.At = s.now()
	}
	for _, f := range []*string{&in.ID, &in.Village, &in.Channel, &in.ExternalID, (*string)(&in.From), &in.To, &in.Text} {
		*f = clean(*f)
	}
	if len(in.Media) > 0 {
		b, err := json.Marshal(in.Media)
		if err != nil {
			return fmt.Errorf("store: media: %w", err)
		}
		k.media = string(b)
	}
	return nil
}

// clean makes text that both databases take: Postgres refuses NUL, and one
// member's bad bytes must not cost the others of its group.
func clean(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// takeAll inserts the texts of a group, village by village, in the order in
// which they came.
func (t *tx) takeAll(all []*take) error {
	byVillage := map[string][]*take{}
	for _, k := range all {
		k.taken, k.err = channel.Taken{}, nil
		byVillage[k.in.Village] = append(byVillage[k.in.Village], k)
	}
	for _, id := range slices.Sorted(maps.Keys(byVillage)) {
		if err := t.takeIn(id, byVillage[id]); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) takeIn(village string, all []*take) error {
	first, twins := unique(all)
	seq, err := t.seq(village, int64(len(first)))
	if err != nil {
		return err
	}
	for i, k := range first {
		k.in.Seq = seq + int64(i)
	}
	var some []*take // of the statements that met texts already kept
	for rest := first; len(rest) > 0; {
		n := chunk(len(rest))
		if err := t.insert(rest[:n], &some); err != nil {
			return err
		}
		rest = rest[n:]
	}
	if err := t.settle(); err != nil {
		return err
	}
	for _, k := range some {
		if err := t.lookUp(k); err != nil {
			return err
		}
	}
	for _, k := range all {
		if of, ok := twins[k]; ok {
			k.taken = channel.Taken{ID: of.taken.ID, Duplicate: true}
		}
	}
	return nil
}

// unique separates the texts of a group that are the same three again.
func unique(all []*take) (first []*take, twins map[*take]*take) {
	seen := make(map[[2]string]*take, len(all))
	for _, k := range all {
		key := [2]string{k.in.Channel, k.in.ExternalID}
		if of, ok := seen[key]; ok {
			if twins == nil {
				twins = map[*take]*take{}
			}
			twins[k] = of
			continue
		}
		seen[key] = k
		first = append(first, k)
	}
	return first, twins
}

// chunk is the largest power of two that fits, at most 64: so that few
// statements have to be prepared.
func chunk(n int) int {
	c := 64
	for c > n {
		c /= 2
	}
	return c
}

const takeColumns = 11

// insert writes texts in one statement. When it met texts already kept, all of
// them are noted in some, to be looked up.
func (t *tx) insert(part []*take, some *[]*take) error {
	args := make([]any, 0, takeColumns*len(part))
	for _, k := range part {
		in := &k.in
		args = append(args, in.Village, in.Seq, in.ID, in.Channel, in.ExternalID, string(in.From), in.To,
			in.Text, k.media, ms(in.At), in.Throttled)
		k.taken = channel.Taken{ID: in.ID}
	}
	return t.later(insertTakes(len(part)), func(n int64) error {
		t.of(part[0].in.Village).inbound += n
		if int(n) < len(part) {
			*some = append(*some, part...)
		}
		return nil
	}, args...)
}

// lookUp answers a text with the id under which the same three were first kept.
func (t *tx) lookUp(k *take) error {
	var id string
	var seq int64
	err := t.one(`SELECT id, seq FROM inbound WHERE village = $1 AND channel = $2 AND external_id = $3`,
		[]any{k.in.Village, k.in.Channel, k.in.ExternalID}, &id, &seq)
	if errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("a text was neither kept nor known: %s", k.in.ID)
	}
	k.taken = channel.Taken{ID: id, Duplicate: seq != k.in.Seq}
	return err
}

func insertTakes(rows int) string {
	if rows <= len(takeStatements) && takeStatements[rows-1] != "" {
		return takeStatements[rows-1]
	}
	return buildInsert(rows)
}

// takeStatements holds the texts of the statements for 1, 2, 4 … 64 rows.
var takeStatements = func() (all [64]string) {
	for n := 1; n <= len(all); n *= 2 {
		all[n-1] = buildInsert(n)
	}
	return all
}()

func buildInsert(rows int) string {
	var b strings.Builder
	b.WriteString(`INSERT INTO inbound (village, seq, id, channel, external_id, address, recipient, text, media, at, throttled) VALUES `)
	for r := range rows {
		if r > 0 {
			b.WriteString(", ")
		}
		b.WriteByte('(')
		for c := range takeColumns {
			if c > 0 {
				b.WriteString(", ")
			}
			fmt.Fprintf(&b, "$%d", r*takeColumns+c+1)
		}
		b.WriteByte(')')
	}
	b.WriteString(` ON CONFLICT (village, channel, external_id) DO NOTHING`)
	return b.String()
}
