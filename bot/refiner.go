package main

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"sanshi/internal/catalog"
	"sanshi/internal/classify"
	"sanshi/internal/desk"
	"sanshi/internal/directory"
	"sanshi/internal/llm"
	"sanshi/internal/matter"
	"sanshi/internal/message"
	"sanshi/internal/store"
)

// refiner puts the questions that the desk queued to the model, in the background,
// and brings back what it says as a suggestion. Without it, or while it fails,
// nothing waits: the secretary sees what nobody is sure of first.
type refiner struct {
	model   llm.Refiner
	store   *store.Store
	desk    *desk.Desk
	now     func() time.Time
	log     *slog.Logger
	observe func(source string)
}

const (
	refineAbove = 4 // questions at once
	firstPutOff = 30 * time.Second
)

// askModel wires the model that the configuration names, if it names one.
func (p *Program) askModel() {
	o := p.Config.OpenAI
	if o.Model == "" {
		return
	}
	p.refiner = &refiner{
		model: llm.New(llm.Config{APIKey: o.APIKey, BaseURL: o.BaseURL, Model: o.Model, Now: p.Options.Now, Observe: p.Metrics.LLM}),
		store: p.Store, desk: p.Desk, now: p.Options.Now, log: p.Options.Log, observe: p.Metrics.Classified,
	}
	p.Desk.Doubtful = doubtful
}

// doubtful says whether a model is asked about a matter: the village allows it, and
// what rules and the linear model found is in doubt.
func doubtful(v *directory.Village, m matter.Matter, r classify.Result) bool {
	return v.Model.On && (!m.Private || v.Model.Private) && !m.Quiet() && r.Doubtful()
}

// run puts all questions that are due.
func (r *refiner) run(ctx context.Context) error {
	for {
		due, err := r.store.Doubts(ctx, refineAbove)
		if err != nil || len(due) == 0 {
			return err
		}
		var g errgroup.Group
		for _, d := range due {
			g.Go(func() error { return r.one(ctx, d) })
		}
		if err := g.Wait(); err != nil {
			return err
		}
	}
}

// one puts one question. What fails is put off; an error is the database's.
func (r *refiner) one(ctx context.Context, d desk.Doubt) error {
	v, m, ok, err := r.still(ctx, d)
	if err != nil {
		return err
	}
	if !ok {
		return r.store.DoubtOver(ctx, d)
	}
	q, err := r.question(ctx, v, m)
	if err != nil {
		return err
	}
	a, err := r.model.Refine(ctx, q)
	if err != nil {
		return r.without(ctx, d, v, err)
	}
	taken, err := r.desk.Suggest(ctx, suggestion(m, a))
	switch {
	case errors.Is(err, desk.ErrNotFound):
		return r.store.DoubtOver(ctx, d)
	case err != nil:
		return err
	case taken:
		r.observe("llm")
	}
	return nil
}

// still reads the matter and says whether there is still something to ask: the
// village may have changed its mind, a person may have been faster, the words may
// have been erased.
func (r *refiner) still(ctx context.Context, d desk.Doubt) (v *directory.Village, m matter.Matter, ok bool, err error) {
	v, err = r.store.Village(ctx, d.Village)
	if err == nil {
		m, err = r.store.Matter(ctx, d.Village, d.Matter)
	}
	if errors.Is(err, desk.ErrNotFound) {
		return v, m, false, nil
	}
	ok = err == nil && v.Model.On && (!m.Private || v.Model.Private) && m.State == matter.Sorting && !m.Touched && m.Text != ""
	return v, m, ok, err
}

func (r *refiner) question(ctx context.Context, v *directory.Village, m matter.Matter) (llm.Question, error) {
	q := llm.Question{Village: v.ID, Text: m.Text, Purse: &purse{r.store, v, v.ID, r.now().In(v.Location).Format(time.DateOnly)}}
	names, err := r.store.NamesIn(ctx, v.ID, m.Text+"\n"+message.Fold(m.Text))
	if err != nil {
		return q, err
	}
	q.Names = append(names, m.Name)
	for _, s := range v.Staff {
		q.Names = append(q.Names, s.Name)
	}
	for _, a := range v.Areas {
		q.Areas = append(q.Areas, llm.Area{ID: a.ID, Name: a.Name, Places: a.Places})
	}
	lessons, err := r.store.Lessons(ctx, v.ID)
	for _, l := range lessons {
		if l.ID != m.ID && l.Text != "" {
			q.Examples = append(q.Examples, llm.Example{Text: l.Text, Code: l.Code, Urgency: string(l.Urgency)})
		}
	}
	return q, err
}

// without decides what becomes of a question that brought no answer.
func (r *refiner) without(ctx context.Context, d desk.Doubt, v *directory.Village, cause error) error {
	var resting *llm.Resting
	switch {
	case ctx.Err() != nil: // stopping: it is no failure of the model
		return r.store.DoubtWaits(context.WithoutCancel(ctx), d, r.now())
	case errors.As(cause, &resting):
		return r.store.DoubtWaits(ctx, d, resting.Until)
	case errors.Is(cause, llm.ErrBudget):
		return r.store.DoubtWaits(ctx, d, midnight(r.now().In(v.Location)))
	case errors.Is(cause, llm.ErrRefused):
		return r.store.DoubtOver(ctx, d)
	}
	dead, err := r.store.DoubtFailed(ctx, d, r.now().Add(firstPutOff<<(2*(d.Tries-1))), cause.Error())
	if dead {
		r.log.Warn("the model was asked in vain; the matter waits for the secretary as it is", "matter", d.Matter, "cause", cause)
	}
	return err
}

// midnight is when the next local day begins, and with it the next day's budget.
func midnight(local time.Time) time.Time {
	return time.Date(local.Year(), local.Month(), local.Day()+1, 0, 0, 0, 0, local.Location())
}

// purse is a village's budget of one day.
type purse struct {
	store   *store.Store
	village *directory.Village
	id, day string
}

func (p *purse) Spend(ctx context.Context, tokens int) error {
	paid, err := p.store.SpendModel(ctx, p.id, p.day, tokens, p.village.Model)
	if err == nil && !paid {
		return llm.ErrBudget
	}
	return err
}

func (p *purse) Settle(ctx context.Context, paid, used int) error {
	return p.store.SettleModel(ctx, p.id, p.day, used-paid)
}

// How sure a sorting is that a model gave: it hangs on whether the linear model,
// which knows nothing of it, found the same. What a model says of its own
// certainty is worth little.
const (
	sameCode = 0.9
	sameKind = 0.75
	itsOwn   = 0.55 // a person looks at it first
)

func sureness(k catalog.Kind, code string, a llm.Answer) float64 {
	switch {
	case a.Code == code:
		return sameCode
	case a.Kind == k:
		return sameKind
	}
	return itsOwn
}

// suggestion is what the desk is told of an answer. One that the text is no
// request changes nothing but the reason: a person declines, never a machine.
func suggestion(m matter.Matter, a llm.Answer) desk.Suggestion {
	s := desk.Suggestion{Village: m.Village, Matter: m.ID, Version: m.Version,
		Detail: matter.Detail{Source: "llm", Model: a.By}, Words: matter.Words{Summary: a.Summary}}
	if a.Kind == catalog.None {
		s.Detail.Confidence, s.Words.Summary = m.Confidence, ""
		s.Words.Reason = "语言模型也看了：不像要办的事，请看一眼"
		return s
	}
	d := &s.Detail
	d.Kind, d.Code, d.Urgency, d.Danger, d.Area = a.Kind, a.Code, a.Urgency, a.Danger, a.Area
	if m.Area != "" {
		d.Area = "" // the village's own list found it
	}
	d.Confidence = sureness(m.Kind, m.Code, a)
	s.Words.Reason = reason(m, a)
	return s
}

// reason is the sentence that the secretary reads, in our words: the model's own
// could say anything.
func reason(m matter.Matter, a llm.Answer) string {
	text := "语言模型看过，像" + named(a.Code)
	if a.Code != m.Code {
		text += "；机器原先以为是" + named(m.Code)
	}
	if a.Urgency == catalog.Emergency {
		text += "；模型觉得情况紧急"
	}
	var more []string
	for _, p := range a.Parts {
		more = append(more, named(p))
	}
	if len(more) > 0 {
		text += "；文中可能还有" + strings.Join(more, "、")
	}
	return text
}

func named(code string) string {
	s, ok := catalog.Lookup(code)
	if !ok {
		return "不用办的话"
	}
	kind := map[catalog.Kind]string{catalog.Household: "民事", catalog.VillageRun: "村事", catalog.Government: "政事"}[s.Kind]
	return kind + "·" + s.Zh
}
