package store

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"sanshi/internal/matter"
)

// Report is what Verify found. When Break is nil the record is whole.
type Report struct {
	Matters  int
	Events   int
	Words    int // contents that are there and match their commitment
	Erased   int // contents that an erase event took away
	Seals    int
	Unsealed int   // events that no seal covers yet: their change could not be found
	UpTo     *Seal // the seal that was asked for, when it is in the database
	Break    *Break
}

// Break is the first place where the record is not what it was.
type Break struct {
	Village, Matter string // the matter's number, or its id when the number is gone
	Seq             int    // the event's, 0 when it is not one event
	What            string
}

func (b *Break) Error() string {
	where := "the seals"
	if b.Matter != "" {
		where = fmt.Sprintf("village %s, matter %s", b.Village, b.Matter)
	}
	if b.Seq > 0 {
		where += fmt.Sprintf(", event %d", b.Seq)
	}
	return where + ": " + b.What
}

// shortest is how much of a published seal must be given: fewer characters
// could be met by chance.
const shortest = 16

// verifyPage is how many rows are read at once: long readers would keep the
// write-ahead log from being folded back.
const verifyPage = 500

// verifier works through the record in the order of its keys.
type verifier struct {
	s      *Store
	ctx    context.Context
	seals  []sealRow
	leaves map[int64][]leafRow            // by seal
	heads  map[[2]string]map[int64][]byte // sealed heads by village and matter
	report Report
}

// Verify recomputes the record of a village ("" for all): every chain, every
// commitment to words that are still there, every seal. With the published seal
// (its first 16 characters) it proves that nothing before that was changed; else
// it finds any change but a wholesale forgery of all seals. The error is of the
// reading; what is wrong with the record is in the Report.
func (s *Store) Verify(ctx context.Context, village, seal string) (Report, error) {
	v := &verifier{s: s, ctx: ctx, leaves: map[int64][]leafRow{}, heads: map[[2]string]map[int64][]byte{}}
	steps := []func() error{v.readRecordOfSeals, func() error { return v.checkSeals(seal) },
		func() error { return v.chains(village) }, func() error { return v.missing(village) }}
	for _, step := range steps {
		if err := step(); err != nil || v.report.Break != nil {
			return v.report, err
		}
	}
	return v.report, nil
}

func (v *verifier) broken(b Break) { v.report.Break = &b }

// pages calls list with ever higher keys until it reads fewer rows than a page.
func pages(list func() (rows int, err error)) error {
	for {
		n, err := list()
		if err != nil || n < verifyPage {
			return err
		}
	}
}

// readRecordOfSeals reads seals and leaves again when the service has sealed
// between the two: they must belong together.
func (v *verifier) readRecordOfSeals() error {
	for {
		v.seals = nil
		clear(v.leaves)
		clear(v.heads)
		if err := v.readSeals(); err != nil {
			return err
		}
		if err := v.readLeaves(); err != nil {
			return err
		}
		var now int64
		if err := v.s.one(v.ctx, `SELECT COUNT(*) FROM seal`, nil, &now); err != nil || int(now) == len(v.seals) {
			return err
		}
	}
}

func (v *verifier) readSeals() error {
	var last int64 = -1 << 62
	return pages(func() (n int, err error) {
		err = v.s.list(v.ctx, func(r scanner) error {
			var row sealRow
			err := r.Scan(&row.n, &row.at, &row.leaves, &row.prev, &row.root, &row.hash)
			v.seals = append(v.seals, row)
			last, n = row.n, n+1
			return err
		}, `SELECT n, at, leaves, prev, root, hash FROM seal WHERE n > $1 ORDER BY n LIMIT $2`, last, verifyPage)
		return n, err
	})
}

func (v *verifier) readLeaves() error {
	var last leafRow
	return pages(func() (n int, err error) {
		err = v.s.list(v.ctx, func(r scanner) error {
			var l leafRow
			var seal int64
			if err := r.Scan(&l.village, &l.matter, &l.seq, &l.hash, &seal); err != nil {
				return err
			}
			v.leaves[seal] = append(v.leaves[seal], l)
			key := [2]string{l.village, l.matter}
			if v.heads[key] == nil {
				v.heads[key] = map[int64][]byte{}
			}
			v.heads[key][l.seq] = l.hash
			last, n = l, n+1
			return nil
		}, `SELECT village, matter, seq, hash, seal FROM leaf WHERE (village, matter, seq) > ($1, $2, $3)
			ORDER BY village, matter, seq LIMIT $4`, last.village, last.matter, last.seq, verifyPage)
		return n, err
	})
}

// checkSeals recomputes the chain of seals and looks for the published one.
func (v *verifier) checkSeals(published string) error {
	prev, n := []byte{}, int64(0)
	for _, r := range v.seals {
		n++
		switch {
		case r.n != n:
			v.broken(Break{What: fmt.Sprintf("seal %d is missing", n)})
		case !bytes.Equal(r.prev, prev):
			v.broken(Break{What: fmt.Sprintf("seal %d does not follow on the one before", n)})
		case int(r.leaves) != len(v.leaves[n]) || !bytes.Equal(r.root, rootOf(v.leaves[n])):
			v.broken(Break{What: fmt.Sprintf("what seal %d covers was changed", n)})
		case !bytes.Equal(r.hash, r.sum()):
			v.broken(Break{What: fmt.Sprintf("seal %d was changed", n)})
		}
		if v.report.Break != nil {
			return nil
		}
		v.report.Seals++
		delete(v.leaves, n)
		if prev = r.hash; matches(r.hash, published) {
			seal := r.seal()
			v.report.UpTo = &seal
		}
	}
	for n := range v.leaves {
		v.broken(Break{What: fmt.Sprintf("leaves of a seal %d that is not there", n)})
	}
	if published != "" && v.report.UpTo == nil {
		v.broken(Break{What: "the published seal " + published + " is not among them: the record is not the one that was sealed"})
	}
	return nil
}

func matches(hash []byte, published string) bool {
	p := strings.ToLower(strings.TrimSpace(published))
	return len(p) >= shortest && strings.HasPrefix(hex.EncodeToString(hash), p)
}

// link is one event as Verify reads it.
type linkRow struct {
	village, matter string
	seq             int
	body, text      string
	hash, salt      []byte
	kept            bool // its content is there
}

// chain is how far one matter's record was followed.
type chainState struct {
	village, matter string
	seq             int
	hash            []byte
	gone            []int // events whose words are missing
	erased          int   // seq of the last erase event
	sealed          int
}

func (v *verifier) chains(village string) error {
	var c *chainState
	from, id, seq := "", "", 0
	err := pages(func() (n int, err error) {
		err = v.s.list(v.ctx, func(r scanner) error {
			l, err := scanLink(r)
			n++
			if err != nil || v.report.Break != nil {
				return err
			}
			from, id, seq = l.village, l.matter, l.seq
			if c == nil || c.village != l.village || c.matter != l.matter {
				v.end(c)
				c = &chainState{village: l.village, matter: l.matter}
				v.report.Matters++
			}
			v.follow(c, l)
			return nil
		}, `SELECT e.village, e.matter, e.seq, e.body, e.hash, COALESCE(c.text, ''), c.salt, c.village IS NOT NULL
			FROM event e LEFT JOIN content c ON c.village = e.village AND c.id = e.matter AND c.subject = CAST(e.seq AS TEXT)
			WHERE (e.village, e.matter, e.seq) > ($1, $2, $3) AND ($4 = '' OR e.village = $4)
			ORDER BY e.village, e.matter, e.seq LIMIT $5`, from, id, seq, village, verifyPage)
		if v.report.Break != nil {
			n = 0
		}
		return n, err
	})
	if err == nil && v.report.Break == nil {
		v.end(c)
	}
	return err
}

func scanLink(r scanner) (l linkRow, err error) {
	err = r.Scan(&l.village, &l.matter, &l.seq, &l.body, &l.hash, &l.text, &l.salt, &l.kept)
	return l, err
}

// follow checks one event against the one before it, its words and its seal.
func (v *verifier) follow(c *chainState, l linkRow) {
	var b entry
	switch {
	case l.seq != c.seq+1:
		v.at(c, c.seq+1, "is missing")
		return
	case !bytes.Equal(l.hash, link(c.hash, l.body)):
		v.at(c, l.seq, "was changed, or what came before it")
		return
	case json.Unmarshal([]byte(l.body), &b) != nil, b.Village != l.village, b.Matter != l.matter, b.Seq != l.seq:
		v.at(c, l.seq, "belongs to another place")
		return
	}
	v.words(c, l, b.Words)
	if b.Kind == matter.Erase {
		c.erased = l.seq
	}
	key := [2]string{l.village, l.matter}
	if head, ok := v.heads[key][int64(l.seq)]; ok {
		if !bytes.Equal(head, l.hash) {
			v.at(c, l.seq, "is not the one that was sealed")
			return
		}
		delete(v.heads[key], int64(l.seq))
		c.sealed = l.seq
	}
	c.seq, c.hash = l.seq, l.hash
	v.report.Events++
}

// words checks the content of an event against the commitment in the record.
func (v *verifier) words(c *chainState, l linkRow, commit string) {
	switch {
	case commit == "" && l.kept:
		v.at(c, l.seq, "was given words that it did not have")
	case commit == "":
	case !l.kept:
		c.gone = append(c.gone, l.seq)
	case commit != hex.EncodeToString(commitment(l.salt, l.text)):
		v.at(c, l.seq, "has other words than it had")
	default:
		v.report.Words++
	}
}

func (v *verifier) at(c *chainState, seq int, what string) {
	if v.report.Break == nil {
		v.broken(Break{Village: c.village, Matter: v.number(c.village, c.matter), Seq: seq, What: what})
	}
}

// end closes a matter's chain: words may be missing only where an erasure is
// recorded, and the matter's row must stand at its last event.
func (v *verifier) end(c *chainState) {
	if c == nil || v.report.Break != nil {
		return
	}
	for _, seq := range c.gone {
		if seq > c.erased {
			v.at(c, seq, "has lost its words without an erasure")
			return
		}
	}
	v.report.Erased += len(c.gone)
	v.report.Unsealed += c.seq - c.sealed
	var version int
	err := v.s.one(v.ctx, `SELECT version FROM matter WHERE village = $1 AND id = $2`, []any{c.village, c.matter}, &version)
	if err != nil || version != c.seq {
		// Between the two reads an event may have been added; then it is more.
		if err != nil || version < c.seq {
			v.at(c, 0, fmt.Sprintf("its row stands at event %d, its record at %d", version, c.seq))
		}
	}
}

func (v *verifier) number(village, id string) string {
	number := ""
	_ = v.s.one(v.ctx, `SELECT number FROM matter WHERE village = $1 AND id = $2`, []any{village, id}, &number)
	if number == "" {
		return id
	}
	return number
}

// missing names what was sealed and is not there: a head that no event met.
func (v *verifier) missing(village string) error {
	for key, heads := range v.heads {
		for seq := range heads {
			if village == "" || village == key[0] {
				v.broken(Break{Village: key[0], Matter: v.number(key[0], key[1]), Seq: int(seq), What: "was sealed and is gone"})
			}
		}
	}
	if v.report.Break != nil {
		return nil
	}
	// A row whose whole record is gone, sealed or not.
	return v.s.list(v.ctx, func(r scanner) error {
		var b Break
		err := r.Scan(&b.Village, &b.Matter)
		b.What = "its record is shorter than its row says"
		if v.report.Break == nil {
			v.broken(b)
		}
		return err
	}, `SELECT m.village, m.number FROM matter m WHERE ($1 = '' OR m.village = $1) AND m.version > 0 AND NOT EXISTS
		(SELECT 1 FROM event e WHERE e.village = m.village AND e.matter = m.id AND e.seq = m.version) LIMIT 1`, village)
}
