package store

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"sanshi/internal/matter"
	"sanshi/internal/message"
)

// present is the subject of a matter's words as they now stand, in content.
const present = "matter"

// splitter separates the words of a matter in their row, so that a search looks
// at words and never at names of fields.
const splitter = "\x1e"

// packWords makes the erasable part of a matter one text.
func packWords(m matter.Matter) (string, error) {
	photos := ""
	if len(m.Photos) > 0 {
		b, err := json.Marshal(m.Photos)
		if err != nil {
			return "", err
		}
		photos = string(b)
	}
	parts := []string{m.Summary, m.Place, m.Text, m.Name, m.Reason, photos}
	for i, p := range parts {
		parts[i] = strings.ReplaceAll(clean(p), splitter, " ")
	}
	return strings.Join(parts, splitter), nil
}

func unpackWords(text string, m *matter.Matter) error {
	if text == "" {
		return nil
	}
	p := strings.Split(text, splitter)
	if len(p) != 6 {
		return fmt.Errorf("the words of matter %s are damaged", m.ID)
	}
	m.Summary, m.Place, m.Text, m.Name, m.Reason = p[0], p[1], p[2], p[3], p[4]
	if p[5] == "" {
		return nil
	}
	return json.Unmarshal([]byte(p[5]), &m.Photos)
}

// packMatter makes all of a matter but its words and people one text. It holds
// every field, so that a new one is kept without a word here; the columns beside
// it are for finding rows.
func packMatter(m matter.Matter) (string, error) {
	m.Resident, m.Parties, m.Photos = "", nil, nil
	m.Summary, m.Place, m.Text, m.Name, m.Reason = "", "", "", "", ""
	for _, t := range []*time.Time{&m.WaitingAt, &m.RaisedAt, &m.StartedAt, &m.DueAt, &m.PagedAt, &m.DoneAt, &m.EndedAt, &m.ToldDue, &m.ToldAt} {
		*t = t.UTC()
	}
	b, err := json.Marshal(m)
	return clean(string(b)), err
}

// matterColumns and matterTables read a matter whole; see scanMatter.
const (
	matterColumns = `m.data, m.version, m.resident, COALESCE(c.text, ''),
		COALESCE((SELECT string_agg(p.address, ' ') FROM (SELECT DISTINCT address FROM party
			WHERE village = m.village AND matter = m.id) p), '')`
	matterTables = `matter m LEFT JOIN content c ON c.village = m.village AND c.id = m.id AND c.subject = 'matter'`
)

func scanMatter(r scanner) (m matter.Matter, err error) {
	var data, resident, words, parties string
	var version int
	if err := r.Scan(&data, &version, &resident, &words, &parties); err != nil {
		return m, err
	}
	if err := json.Unmarshal([]byte(data), &m); err != nil {
		return m, fmt.Errorf("a matter is damaged: %w", err)
	}
	m.Version, m.Resident = version, message.Address(resident)
	for _, a := range strings.Fields(parties) {
		if a != resident {
			m.Parties = append(m.Parties, message.Address(a))
		}
	}
	slices.Sort(m.Parties)
	return m, unpackWords(words, &m)
}
