package phone

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"sanshi/internal/directory"
	"sanshi/internal/message"
	"sanshi/internal/web/page"
)

// phones is how many stand side by side.
const phones = 2

// choice is which village and numbers the phones have. It is kept in a cookie,
// since numbers do not belong into a URL.
type choice struct {
	village string
	numbers [phones]message.Address
}

const cookieName = "sanshi_sim"

func readChoice(r *http.Request) choice {
	var ch choice
	c, err := r.Cookie(cookieName)
	if err != nil {
		return ch
	}
	raw, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil {
		return ch
	}
	q, err := url.ParseQuery(string(raw))
	if err != nil {
		return ch
	}
	ch.village = q.Get("v")
	for i := range ch.numbers {
		if a, err := message.ParseAddress(q.Get(strconv.Itoa(i + 1))); err == nil {
			ch.numbers[i] = a
		}
	}
	return ch
}

func (ch choice) write(w http.ResponseWriter) {
	q := url.Values{"v": {ch.village}}
	for i, a := range ch.numbers {
		q.Set(strconv.Itoa(i+1), string(a))
	}
	http.SetCookie(w, &http.Cookie{
		Name: cookieName, Value: base64.RawURLEncoding.EncodeToString([]byte(q.Encode())),
		Path: "/sim", HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

// open reads the choice and fills what is missing: the first village, and its
// first residents.
func (p *Phone) open(r *http.Request) (table, error) {
	all, err := p.Store.Villages(r.Context())
	if err != nil {
		return table{}, err
	}
	if len(all) == 0 {
		return table{}, page.NotFound()
	}
	v, ch := all[0], readChoice(r)
	if i := slices.IndexFunc(all, func(v *directory.Village) bool { return v.ID == ch.village }); i >= 0 {
		v = all[i]
	} else {
		ch = choice{village: v.ID}
	}
	known, err := p.Store.Residents(r.Context(), v.ID)
	if err != nil {
		return table{}, err
	}
	people := onPhones(known)
	for i := range ch.numbers {
		switch {
		case ch.numbers[i] != "":
		case i < len(people):
			ch.numbers[i] = people[i].Address
		default:
			ch.numbers[i] = message.Address("sms:+1206555019" + strconv.Itoa(i)) // never given to anybody: 555-01xx is for fiction
		}
	}
	return table{v, people, ch}, nil
}

// offered is how many residents a phone can be picked from; others are typed.
const offered = 50

// withPhones are the staff who can be texted.
func withPhones(v *directory.Village) []directory.Staff {
	return slices.DeleteFunc(slices.Clone(v.Staff), func(s directory.Staff) bool { return s.Phone == "" })
}

// onPhones are the residents who text.
func onPhones(all []directory.Resident) []directory.Resident {
	var out []directory.Resident
	for _, who := range all {
		if who.Address.Scheme() == "sms" && len(out) < offered {
			out = append(out, who)
		}
	}
	return out
}
