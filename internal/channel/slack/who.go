package slack

import (
	"context"
	"errors"
	"unicode"
	"unicode/utf8"

	"sanshi/internal/desk"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/prompts"
)

// person is a Slack account as one village knows it. One account may be staff of
// several villages; it acts in these and in no other.
type person struct {
	slack   string
	village *directory.Village
	staff   directory.Staff
}

// book is what she is told in; of nobody it is the first language.
func (p person) book() prompts.Book {
	if p.village == nil {
		return prompts.Staff("")
	}
	return prompts.Staff(p.village.Language)
}

// errStranger: no village knows the account.
var errStranger = errors.New("slack: nobody's account")

// people lists who an account is, at least one; errStranger when it is nobody.
func (h *Hook) people(ctx context.Context, slack string) ([]person, error) {
	if slack == "" {
		return nil, errStranger
	}
	all, err := h.Store.Villages(ctx)
	if err != nil {
		return nil, err
	}
	var out []person
	for _, v := range all {
		for _, s := range v.Staff {
			if s.Slack == slack {
				out = append(out, person{slack, v, s})
			}
		}
	}
	if len(out) == 0 {
		return nil, errStranger
	}
	return out, nil
}

// find gives the matter with this id or number and who the account is in its
// village. What belongs to a village that does not know the account is not found.
func (h *Hook) find(ctx context.Context, slack, idOrNumber string) (person, matter.Matter, error) {
	people, err := h.people(ctx, slack)
	if err != nil {
		return person{}, matter.Matter{}, err
	}
	if !idLike(idOrNumber) {
		return people[0], matter.Matter{}, desk.ErrNotFound
	}
	for _, p := range people {
		m, err := h.Store.Matter(ctx, p.village.ID, idOrNumber)
		if errors.Is(err, desk.ErrNotFound) {
			continue
		}
		return p, m, err
	}
	return people[0], matter.Matter{}, desk.ErrNotFound
}

// idLike keeps what no id can be away from the database.
func idLike(s string) bool {
	if s == "" || len(s) > 64 || !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if unicode.IsControl(r) {
			return false
		}
	}
	return true
}

// in gives who the account is in one village.
func (h *Hook) in(ctx context.Context, slack, village string) (person, error) {
	people, err := h.people(ctx, slack)
	if err != nil {
		return person{}, err
	}
	for _, p := range people {
		if p.village.ID == village {
			return p, nil
		}
	}
	return people[0], desk.ErrNotFound
}

// reads: she may read the words of this matter now.
func (p person) reads(m matter.Matter) bool { return matter.MaySeeWords(p.village, m, p.staff) }
