package main

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"sanshi/prompts"
)

// Who is erased is told so, by the carrier too, and afterwards her number stands
// nowhere: not even with the text that told her. Who stopped all texts is not told.
func TestErasedIsTold(t *testing.T) {
	for _, stop := range []bool{false, true} {
		t.Run(fmt.Sprint("stopped ", stop), func(t *testing.T) {
			const phone = "+12065550141"
			r, tw := twilioRig(t)
			send := func(id, words string) {
				t.Helper()
				if code, body := tw.Text(r.URL()+"/twilio/sms", webhook, id, phone, "+12065550100", words); code != 200 {
					t.Fatalf("%d %s", code, body)
				}
				r.settle()
			}
			send("SM1", "村口路灯坏了")
			if stop {
				send("SM2", "STOP")
			}
			before := len(tw.Messages())
			r.post("/api/v1/villages/xiangyang/residents/"+phone+"/erase", map[string]any{"by": "li"}, 200, nil)
			r.settle()
			told := ""
			for _, m := range tw.Messages()[before:] {
				if m.To == phone {
					told = m.Body
				}
			}
			if want := !stop; strings.Contains(told, "已经删了") != want {
				t.Errorf("she was told %q", told)
			}
			if left := r.holding(phone[2:]); left != "" {
				t.Errorf("her number is still in %s", left)
			}
			send("SM3", "你好")
			sent := tw.Messages()
			if last := sent[len(sent)-1]; last.To != phone || !strings.Contains(last.Body, "要删就回") {
				t.Errorf("she is new, and was not told who reads this: %q", last.Body)
			}
		})
	}
}

// holding names the first table that holds some words.
func (r *rig) holding(words string) string {
	r.t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(r.Config.Data, "sanshi.db")+"?_pragma=busy_timeout(5000)&mode=ro")
	if err != nil {
		r.t.Fatal(err)
	}
	defer db.Close()
	var tables []string
	rows, err := db.Query(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'`)
	if err != nil {
		r.t.Fatal(err)
	}
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			r.t.Fatal(err)
		}
		tables = append(tables, name)
	}
	if err := rows.Close(); err != nil || len(tables) < 15 {
		r.t.Fatalf("%d tables, %v", len(tables), err)
	}
	for _, name := range tables {
		if r.inTable(db, name, words) {
			return name
		}
	}
	return ""
}

func (r *rig) inTable(db *sql.DB, name, words string) bool {
	r.t.Helper()
	rows, err := db.Query(`SELECT * FROM ` + name)
	if err != nil {
		r.t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		r.t.Fatal(err)
	}
	for rows.Next() {
		values, dest := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			dest[i] = &values[i]
		}
		if err := rows.Scan(dest...); err != nil {
			r.t.Fatal(err)
		}
		for _, v := range values {
			if b, ok := v.([]byte); ok {
				v = string(b)
			}
			if strings.Contains(fmt.Sprint(v), words) {
				return true
			}
		}
	}
	return false
}

// The first answer says who reads this and how to have it deleted, once, in her
// language and on her channel (PIPL art. 17).
func TestFirstContact(t *testing.T) {
	k := newTalk(t)
	k.p = startRig(t, rigOptions{villages: "testdata/villages"})
	for lang, words := range map[string][2]string{
		"zh-Hans": {"村口路灯坏了", "办好没有"}, "zh-Hant": {"村口路燈壞了，請派人來修", "辦好沒有"}, "en": {"The street light at the gate is broken", "Is it done?"},
	} {
		for i, scheme := range []string{"sms:+861380000160%d", "wechat:o%d", "whatsapp:+861380000170%d", "sim:p%d"} {
			t.Run(lang+" "+scheme, func(t *testing.T) {
				who := fmt.Sprintf(scheme, len(lang)%5+i)
				who += map[string]string{"zh-Hans": "1", "zh-Hant": "2", "en": "3"}[lang]
				notice, first := prompts.Resident(lang).Say("first_contact", nil), ""
				for n, text := range words {
					k.p.clock.advance(1e9)
					k.p.post("/api/v1/villages/lijiawan/messages", map[string]any{"from": who, "text": text}, 202, nil)
					k.p.settle()
					var c struct{ Messages []line }
					k.p.get("/api/v1/villages/lijiawan/conversations/"+who, &c)
					last := c.Messages[len(c.Messages)-1]
					if n == 0 {
						first = last.Text
					}
					if last.Direction != "out" || strings.Contains(last.Text, notice) != (n == 0) {
						t.Errorf("text %d was answered %q", n+1, last.Text)
					}
				}
				if first == "" {
					t.Error("no answer")
				}
			})
		}
	}
	if _, err := k.p.Store.Residents(context.Background(), "lijiawan"); err != nil {
		t.Error(err)
	}
}
