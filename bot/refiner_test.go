package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"sanshi/internal/channel/twilio/twiliotest"
	"sanshi/internal/directory"
	"sanshi/internal/llm/llmtest"
	"sanshi/internal/matter"
)

// doubtfulText is about something that the built-in model is not sure of.
const doubtfulText = "队里的磅秤不准，麻烦来看看"

// toAccounts is what the stand-in makes of it.
const toAccounts = `{"kind":"village","code":"V6","urgency":"normal","danger":"none","area":"","summary":"队里的磅秤不准","parts":[]}`

// asking starts the demo village with a stand-in for the model.
func asking(t *testing.T, more map[string]string) (*rig, *llmtest.Server) {
	t.Helper()
	server := llmtest.New(t)
	server.Answers(toAccounts)
	env := map[string]string{"OPENAI_BASE_URL": server.URL, "OPENAI_API_KEY": "test-key", "OPENAI_MODEL": "test-model"}
	for k, v := range more {
		env[k] = v
	}
	return startRig(t, rigOptions{env: env, villages: more["SANSHI_VILLAGES"]}), server
}

// says takes a text in, and gives the newest matter. Nobody asks the model yet.
func (r *rig) says(from, text string) matter.Matter {
	r.t.Helper()
	r.clock.advance(time.Second)
	r.post("/api/v1/villages/xiangyang/messages", map[string]any{"from": from, "text": text}, 202, nil)
	r.settle()
	return r.matters()[0]
}

// sentTo lists what a phone was sent.
func (r *rig) sentTo(phone string) (texts []string) {
	r.t.Helper()
	var c struct{ Messages []line }
	r.get("/api/v1/villages/xiangyang/conversations/sms:"+phone, &c)
	for _, l := range c.Messages {
		if l.Direction == "out" {
			texts = append(texts, l.Text)
		}
	}
	return texts
}

// She is answered before anybody asks the model; what it says is a proposal with
// the model and the words that asked it on the record.
func TestDoubtfulTextIsRefined(t *testing.T) {
	r, server := asking(t, nil)
	before := r.says("+8613800000001", doubtfulText)
	if len(r.sentTo("+8613800000001")) != 1 || len(server.Requests()) != 0 || before.Source == "llm" {
		t.Fatalf("she must be answered without the model: %d requests, %+v", len(server.Requests()), before)
	}
	r.refine()
	m := r.matters()[0]
	if m.Code != "V6" || m.State != matter.Sorting || m.Source != "llm" || m.Touched || m.ApprovedBy != "" {
		t.Errorf("after the model: %+v", m)
	}
	events, err := r.Store.Events(t.Context(), "xiangyang", m.ID)
	if err != nil || len(events) != 2 || events[1].Kind != matter.Suggest || events[1].By != "refiner" ||
		!strings.HasPrefix(events[1].Detail.Model, "test-model@") {
		t.Errorf("the record: %+v, %v", events, err)
	}
	if got := r.sentTo("+8613800000001"); len(got) != 1 {
		t.Errorf("nothing she was told has changed, and yet she hears %q", got[1:])
	}
	r.act(m.ID, "li", "approve")
	r.refine()
	if len(server.Requests()) != 1 {
		t.Errorf("asked %d times", len(server.Requests()))
	}
	if metrics := r.metrics(); !strings.Contains(metrics, `sanshi_classify_total{source="llm"} 1`) || !strings.Contains(metrics, "sanshi_llm_seconds_count 1") {
		t.Error("the metrics say nothing of the model")
	}
}

func (r *rig) metrics() string {
	r.t.Helper()
	res, err := http.Get(r.InternalURL() + "/metrics")
	if err != nil {
		r.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return string(text)
}

// Whatever a person did first stands, be it a note alone: before the model is asked
// it is not asked, and while it thinks its answer is dropped.
func TestSecretaryWasFaster(t *testing.T) {
	for name, act := range map[string]map[string]any{
		"approve": {"by": "li", "event": "approve"}, "correct": {"by": "li", "event": "correct", "code": "V8"},
		"note": {"by": "wang", "event": "note", "note": "我去看看"},
	} {
		t.Run(name, func(t *testing.T) {
			r, server := asking(t, nil)
			var kept []matter.Matter
			touch := func(m matter.Matter) {
				r.post("/api/v1/villages/xiangyang/matters/"+m.ID+"/events", act, 200, nil)
				after, err := r.Store.Matter(context.Background(), "xiangyang", m.ID)
				if err != nil {
					t.Error(err)
				}
				kept = append(kept, after)
			}
			touch(r.says("+8613800000001", doubtfulText))
			r.refine()
			if len(server.Requests()) != 0 {
				t.Error("the model was asked about what a person has in hand")
			}
			second := r.says("+8613800000002", doubtfulText)
			server.AnswersBy(func(llmtest.Request) string { touch(second); return toAccounts })
			r.refine()
			r.clock.advance(24 * time.Hour)
			r.refine()
			for _, want := range kept {
				now, err := r.Store.Matter(t.Context(), "xiangyang", want.ID)
				if err != nil || now.Version != want.Version || now.Code != want.Code || now.State != want.State || now.Source == "llm" {
					t.Errorf("%+v, %v", now, err)
				}
			}
			if n := len(server.Requests()); n != 1 || len(kept) != 2 {
				t.Errorf("asked %d times; the question is over", n)
			}
		})
	}
}

// A model that is away, or talks nonsense, changes nothing and is asked five times
// at most; she and the secretary notice nothing.
func TestModelAway(t *testing.T) {
	for name, play := range map[string]llmtest.Play{"500": llmtest.Fails(500, "down"), "page": llmtest.Page, "nonsense": llmtest.Says("什么？"), "cut": llmtest.Cut} {
		t.Run(name, func(t *testing.T) {
			r, server := asking(t, nil)
			m := r.says("+8613800000001", doubtfulText)
			for range 12 {
				server.Plays(play, play, play, play, play, play)
				r.refine()
				r.clock.advance(3 * time.Hour)
			}
			n := len(server.Requests())
			r.refine()
			if now := r.matters()[0]; now.Version != m.Version || now.State != matter.Sorting {
				t.Errorf("%+v", now)
			}
			if n < 5 || n > 15 || len(server.Requests()) != n {
				t.Errorf("asked %d times, then %d", n, len(server.Requests())-n)
			}
			r.act(m.ID, "li", "approve")
		})
	}
}

// A server that wants to be left alone costs no try, and the answer comes late.
func TestModelRests(t *testing.T) {
	r, server := asking(t, nil)
	r.says("+8613800000001", doubtfulText)
	for range 8 {
		server.Plays(llmtest.TooMany(600))
		r.refine()
		r.refine()
		r.clock.advance(10 * time.Minute)
	}
	r.clock.advance(24 * time.Hour)
	r.refine()
	if m := r.matters()[0]; m.Source != "llm" {
		t.Errorf("%+v after %d requests", m, len(server.Requests()))
	}
}

// Without the village's word nothing leaves.
func TestVillageDoesNotAllow(t *testing.T) {
	for name, change := range map[string]func(*directory.Village){
		"off":          func(v *directory.Village) { v.Model.On = false },
		"budget spent": func(v *directory.Village) { v.Model.Calls = 0 },
		"no tokens":    func(v *directory.Village) { v.Model.Tokens = 10 },
	} {
		t.Run(name, func(t *testing.T) {
			r, server := asking(t, nil)
			m := r.says("+8613800000001", doubtfulText) // queued while it was allowed
			v := *directory.Demo()
			change(&v)
			if err := r.Store.SaveVillage(t.Context(), &v, "changed"); err != nil {
				t.Fatal(err)
			}
			r.says("+8613800000002", "那个架子倒了挡着道，麻烦来人看一下")
			r.refine()
			if n := len(server.Requests()); n != 0 {
				t.Errorf("%d questions left", n)
			}
			if now, _ := r.Store.Matter(t.Context(), "xiangyang", m.ID); now.Version != m.Version {
				t.Errorf("%+v", now)
			}
		})
	}
}

// The budget of the next day lets what waited be asked.
func TestBudgetOfTheDay(t *testing.T) {
	r, server := asking(t, nil)
	v := *directory.Demo()
	v.Model.Calls = 2
	if err := r.Store.SaveVillage(t.Context(), &v, "changed"); err != nil {
		t.Fatal(err)
	}
	for i, text := range []string{doubtfulText, "那个架子倒了挡着道，麻烦来人看一下", "我家这个证过期了，请问怎么补"} {
		r.says(fmt.Sprintf("+861380000000%d", i+1), text)
	}
	r.refine()
	r.clock.advance(time.Hour)
	r.refine()
	if n := len(server.Requests()); n != 2 {
		t.Fatalf("%d calls, the village pays 2 a day", n)
	}
	r.clock.advance(15 * time.Hour) // past midnight
	r.refine()
	if n := len(server.Requests()); n != 3 {
		t.Errorf("%d calls after midnight, want 3", n)
	}
}

// Nothing that tells who she is reaches the model, in whatever it is asked; what it
// needs to see of it in the summary is put back.
func TestModelNeverSeesPeople(t *testing.T) {
	r, server := asking(t, nil)
	if err := r.Store.SaveResidents(t.Context(), "xiangyang", []directory.Resident{{Village: "xiangyang", Address: "sms:+8613800000009", Name: "欧阳翠花"}}); err != nil {
		t.Fatal(err)
	}
	secrets := []string{"13912345678", "139 1234 5678", "一三九一二三四五六七八", "330106195001011234", "6222021234567890123", "欧阳翠花", "歐陽翠花", "王组长", "18号", "501室", "13800000001"}
	lesson := r.says("+8613800000002", "那个架子倒了挡着道，麻烦来人看一下，欧阳翠花，电话13912345678")
	r.refine()
	r.post("/api/v1/villages/xiangyang/matters/"+lesson.ID+"/events", map[string]any{"by": "li", "event": "correct", "code": "V8"}, 200, nil)
	server.Answers(strings.Replace(toAccounts, "队里的磅秤不准", "〔姓名1〕看见架子倒了", 1))
	r.says("+8613800000001", "那个架子倒了挡着道，麻烦来人看一下，歐陽翠花和王组长都看见了，139 1234 5678或一三九一二三四五六七八，330106195001011234，6222021234567890123，住18号501室")
	r.refine()
	all := server.Requests()
	if len(all) != 2 {
		t.Fatalf("%d questions", len(all))
	}
	if !strings.Contains(all[1].System, "麻烦来人看一下，〔姓名1〕，电话〔电话1〕") {
		t.Error("the correction of a person did not go along")
	}
	for _, q := range all {
		for _, s := range secrets {
			if strings.Contains(string(q.Raw), s) || strings.Contains(q.System+q.User, s) {
				t.Errorf("the model saw %q", s)
			}
		}
	}
	if m := r.matters()[0]; m.Summary != "歐陽翠花看见架子倒了" {
		t.Errorf("the summary is %q", m.Summary)
	}
}

// Her words are gone before they were sent, and an answer on its way finds nothing.
func TestErasedBeforeTheModel(t *testing.T) {
	r, server := asking(t, nil)
	r.says("+8613800000001", doubtfulText)
	erase := func() {
		r.post("/api/v1/villages/xiangyang/residents/sms:+8613800000001/erase", map[string]any{"by": "li"}, 200, nil)
	}
	erase()
	r.refine()
	if n := len(server.Requests()); n != 0 {
		t.Errorf("%d questions about erased words", n)
	}
	m := r.says("+8613800000001", doubtfulText)
	server.AnswersBy(func(llmtest.Request) string { erase(); return toAccounts })
	r.refine()
	now, err := r.Store.Matter(context.Background(), "xiangyang", m.ID)
	if err != nil || now.Summary != "" || now.Reason != "" || now.Text != "" {
		t.Errorf("%+v, %v", now, err)
	}
}

// Killed with -9 between the model's answer and the commit: it is asked again, and
// its answer counts once.
func TestKilledWhileTheModelThinks(t *testing.T) {
	server, dir := llmtest.New(t), t.TempDir()
	file := binary(t)
	env := map[string]string{"OPENAI_BASE_URL": server.URL, "OPENAI_MODEL": "test-model"}
	server.Answers(toAccounts)
	server.Plays(server.Hangs())
	s := launch(t, file, dir, twiliotest.New(t).URL, "OPENAI_BASE_URL="+server.URL, "OPENAI_MODEL=test-model")
	s.text(t, "+8613800000001", doubtfulText)
	waitFor(t, "the question", func() bool { return len(server.Requests()) == 1 })
	s.kill()
	r := startRig(t, rigOptions{dir: dir, env: env}) // the same data, on a clock that is moved
	r.clock.set(time.Now().Add(3 * time.Minute))
	r.refine()
	r.clock.advance(time.Hour)
	r.refine()
	m := r.matters()[0]
	events, err := r.Store.Events(t.Context(), "xiangyang", m.ID)
	if err != nil || len(events) != 2 || m.Source != "llm" || len(server.Requests()) != 2 {
		t.Errorf("%d events, %d questions, %+v, %v", len(events), len(server.Requests()), m, err)
	}
}

// text sends one through the API.
func (s *service) text(t *testing.T, from, words string) {
	t.Helper()
	req, err := http.NewRequest("POST", s.url+"/api/v1/villages/xiangyang/messages", strings.NewReader(`{"from":"`+from+`","text":"`+words+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer crash-test-token")
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil || res.StatusCode != http.StatusAccepted {
		t.Fatalf("%v %v", res, err)
	}
	res.Body.Close()
}

func waitFor(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s did not come within 20 s", what)
		}
	}
}
