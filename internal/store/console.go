package store

import (
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"sanshi/internal/catalog"
	"sanshi/internal/desk"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

// mostLines is how much of a conversation is shown, the newest.
const mostLines = 500

// Matter reads a matter by id or number; desk.ErrNotFound when there is none.
func (s *Store) Matter(ctx context.Context, village, idOrNumber string) (matter.Matter, error) {
	if idOrNumber == "" {
		return matter.Matter{}, desk.ErrNotFound
	}
	all, err := s.matters(ctx, `SELECT `+matterColumns+` FROM `+matterTables+`
		WHERE m.village = $1 AND (m.id = $2 OR (m.number = $2 AND m.number <> '')) LIMIT 1`, village, idOrNumber)
	if err == nil && len(all) == 0 {
		err = desk.ErrNotFound
	}
	if err != nil {
		return matter.Matter{}, err
	}
	return all[0], nil
}

// ErrCursor is returned for a cursor that Matters did not give.
var ErrCursor error = matter.Refuse(matter.Invalid, "cursor", "this is no cursor of a page before")

// Matters lists matters of a village, newest first. A search looks at summary,
// text, place and number; of private matters at the number only, so that nobody
// finds out by guessing what is in them.
func (s *Store) Matters(ctx context.Context, f matter.Filter) (page matter.Page, err error) {
	limit := f.Limit
	if limit <= 0 {
		limit = 50
	}
	limit = min(limit, 500)
	var w where
	w.add(`m.village = %s`, f.Village)
	w.in(`m.kind`, texts(f.Kinds))
	w.in(`m.state`, texts(f.States))
	w.in(`m.code`, f.Codes)
	w.in(`m.area`, f.Areas)
	if f.Assignee != "" {
		w.add(`m.assignee = %s`, f.Assignee)
	}
	if !f.Late.IsZero() {
		w.add(`m.open AND m.state <> 'done' AND m.due_at > 0 AND m.due_at < %s`, ms(f.Late))
	}
	if q := strings.TrimSpace(f.Query); q != "" {
		like := "%" + escapeLike(clean(q)) + "%"
		w.add(`((NOT m.private AND LOWER(c.text) LIKE LOWER(%s) ESCAPE '\') OR m.number LIKE %s ESCAPE '\')`, like, like)
	}
	if f.Cursor != "" {
		raised, id, err := readCursor(f.Cursor)
		if err != nil {
			return page, err
		}
		w.add(`(m.raised_at < %s OR (m.raised_at = %s AND m.id < %s))`, raised, raised, id)
	}
	err = s.listOnce(ctx, func(r scanner) error {
		m, err := scanMatter(r)
		page.Matters = append(page.Matters, m)
		return err
	}, `SELECT `+matterColumns+` FROM `+matterTables+` WHERE `+strings.Join(w.terms, " AND ")+
		` ORDER BY m.raised_at DESC, m.id DESC LIMIT `+strconv.Itoa(limit+1), w.args...)
	if err == nil && len(page.Matters) > limit {
		page.Matters = page.Matters[:limit]
		page.Next = cursor(page.Matters[limit-1])
	}
	return page, err
}

// where gathers the terms of a query.
type where struct {
	terms []string
	args  []any
}

func (w *where) add(term string, args ...any) {
	marks := make([]any, len(args))
	for i, a := range args {
		w.args = append(w.args, a)
		marks[i] = "$" + strconv.Itoa(len(w.args))
	}
	w.terms = append(w.terms, fmt.Sprintf(term, marks...))
}

func (w *where) in(column string, values []string) {
	if len(values) == 0 {
		return
	}
	marks := strings.TrimSuffix(strings.Repeat("%s, ", len(values)), ", ")
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = v
	}
	w.add(column+` IN (`+marks+`)`, args...)
}

func texts[T ~string](all []T) []string {
	out := make([]string, len(all))
	for i, x := range all {
		out[i] = string(x)
	}
	return out
}

// escapeLike makes text safe inside a LIKE pattern with ESCAPE '\'.
func escapeLike(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}

func cursor(m matter.Matter) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(ms(m.RaisedAt), 10) + " " + m.ID))
}

func readCursor(c string) (raised int64, id string, err error) {
	b, err := base64.RawURLEncoding.DecodeString(c)
	if err != nil {
		return 0, "", ErrCursor
	}
	when, id, ok := strings.Cut(string(b), " ")
	raised, err = strconv.ParseInt(when, 10, 64)
	if err != nil || !ok || strings.ContainsRune(id, 0) {
		return 0, "", ErrCursor
	}
	return raised, id, nil
}

// Events reads the record of a matter, oldest first, with the words that are
// still there. id may be a number.
func (s *Store) Events(ctx context.Context, village, id string) (all []matter.Event, err error) {
	m, err := s.Matter(ctx, village, id)
	if err != nil {
		return nil, err
	}
	err = s.list(ctx, func(r scanner) error {
		var body, text string
		if err := r.Scan(&body, &text); err != nil {
			return err
		}
		e, err := readEvent(body, text)
		all = append(all, e)
		return err
	}, `SELECT e.body, COALESCE(c.text, '') FROM event e LEFT JOIN content c
		ON c.village = e.village AND c.id = e.matter AND c.subject = CAST(e.seq AS TEXT)
		WHERE e.village = $1 AND e.matter = $2 ORDER BY e.seq`, village, m.ID)
	return all, err
}

const (
	inLine = `i.id, 'in', i.text, CASE WHEN i.dead THEN 'dead' WHEN i.handled_at IS NULL THEN 'received' ELSE 'handled' END,
		i.at, i.seq, '', ''`
	outLine = `o.id, 'out', o.text, o.status, o.created_at, o.n, o.matter, o.staff`
)

// Messages lists the texts that a matter came of and those sent about it, and
// those of the matters merged into it, oldest first.
func (s *Store) Messages(ctx context.Context, village, matterID string) ([]message.Line, error) {
	const these = `IN (SELECT id FROM matter WHERE village = $1 AND (id = $2 OR (merged_into = $2 AND merged_into <> '')))`
	return s.lines(ctx, `SELECT `+inLine+` FROM inbound i WHERE i.village = $1 AND i.seq IN
			(SELECT seq FROM about WHERE village = $1 AND matter `+these+`)
		UNION ALL SELECT `+outLine+` FROM outbox o WHERE o.village = $1 AND o.matter <> '' AND o.matter `+these+`
		ORDER BY 5 DESC, 6 DESC LIMIT $3`, village, matterID, mostLines)
}

// Conversation lists the newest texts between an address and a village, oldest first.
func (s *Store) Conversation(ctx context.Context, village string, a message.Address) ([]message.Line, error) {
	return s.conversation(ctx, village, a, mostLines)
}

func (s *Store) conversation(ctx context.Context, village string, a message.Address, limit int) ([]message.Line, error) {
	return s.lines(ctx, `SELECT * FROM (SELECT `+inLine+` FROM inbound i WHERE i.village = $1 AND i.address = $2
			ORDER BY i.seq DESC LIMIT $3) a
		UNION ALL SELECT * FROM (SELECT `+outLine+` FROM outbox o WHERE o.village = $1 AND o.address = $2
			ORDER BY o.n DESC LIMIT $3) b
		ORDER BY 5 DESC, 6 DESC LIMIT $3`, village, string(a), limit)
}

func (s *Store) lines(ctx context.Context, q string, args ...any) (all []message.Line, err error) {
	err = s.list(ctx, func(r scanner) error {
		var l message.Line
		var when, order int64
		err := r.Scan(&l.ID, &l.Direction, &l.Text, &l.Status, &when, &order, &l.Matter, &l.Staff)
		l.At, l.Segments = at(when), message.Segments(l.Text)
		all = append(all, l)
		return err
	}, q, args...)
	slices.Reverse(all)
	return all, err
}

// LastLine is a conversation by its newest text.
type LastLine struct {
	Address message.Address
	Last    message.Line
}

// Talks lists the conversations of those who wrote last, newest first.
func (s *Store) Talks(ctx context.Context, village string, limit int) (all []LastLine, err error) {
	seen := map[message.Address]bool{}
	err = s.list(ctx, func(r scanner) error {
		var a message.Address
		err := r.Scan((*string)(&a))
		if err == nil && !seen[a] && len(all) < limit {
			seen[a] = true
			all = append(all, LastLine{Address: a})
		}
		return err
	}, `SELECT address FROM inbound WHERE village = $1 ORDER BY seq DESC LIMIT $2`, village, 20*limit)
	for i := range all {
		if err != nil {
			return nil, err
		}
		var lines []message.Line
		lines, err = s.conversation(ctx, village, all[i].Address, 1)
		if len(lines) == 1 {
			all[i].Last = lines[0]
		}
	}
	return all, err
}

// Stats counts a village: texts from counters, matters from an index.
func (s *Store) Stats(ctx context.Context, village string) (st matter.Stats, err error) {
	err = s.one(ctx, `SELECT inbound, handled, queued, sent, failed FROM counter WHERE village = $1`, []any{village},
		&st.Inbound, &st.Handled, &st.Outbound.Queued, &st.Outbound.Sent, &st.Outbound.Failed)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return st, err
	}
	st.Matters = map[catalog.Kind]map[matter.State]int{}
	for _, k := range catalog.Kinds() {
		st.Matters[k] = map[matter.State]int{}
	}
	err = s.list(ctx, func(r scanner) error {
		var kind catalog.Kind
		var state matter.State
		var n int
		if err := r.Scan((*string)(&kind), (*string)(&state), &n); err != nil {
			return err
		}
		if st.Matters[kind] == nil {
			st.Matters[kind] = map[matter.State]int{}
		}
		st.Matters[kind][state] = n
		return nil
	}, `SELECT kind, state, COUNT(*) FROM matter WHERE village = $1 GROUP BY state, kind`, village)
	if err != nil {
		return st, err
	}
	var sum sql.NullFloat64
	if err = s.one(ctx, `SELECT COUNT(*), AVG(CAST(rating AS DOUBLE PRECISION)) FROM matter WHERE village = $1 AND rating > 0`,
		[]any{village}, &st.Ratings.N, &sum); err != nil {
		return st, err
	}
	st.Ratings.Mean = sum.Float64
	if err = s.one(ctx, `SELECT COUNT(*) FROM matter WHERE village = $1 AND open AND state <> 'done' AND due_at > 0
		AND due_at < $2`, []any{village, ms(s.now())}, &st.Late); err != nil {
		return st, err
	}
	st.Calls, err = s.callCounts(ctx, village)
	return st, err
}
