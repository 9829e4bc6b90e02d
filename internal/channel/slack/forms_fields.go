package slack

import (
	"strconv"
	"strings"
	"time"

	slackgo "github.com/slack-go/slack"

	"sanshi/internal/catalog"
	"sanshi/internal/matter"
	"sanshi/prompts"
)

const (
	mostSelect = 100 // options of a select, and of a group of one
	mostNote   = 1000
	mostAsk    = 300 // characters of a question: a text holds less, the preview shows what
)

// drawing draws the fields of a form. Each is a block whose id is the name of the
// field, so that an error can stand at it.
type drawing struct {
	h      *Hook
	who    person
	matter matter.Matter
	book   prompts.Book
	words  string // what the note begins with
}

// headline says which matter the form is about; of a private one nothing but that.
func (d drawing) headline() slackgo.Block { return small(safe(d.title(d.matter))) }

// title is one line about a matter.
func (d drawing) title(m matter.Matter) string {
	if m.Private {
		return m.Number + " " + d.book.Say("private_matter", nil)
	}
	return m.Number + " " + Masked(firstOf(m.Summary, d.service(m.Code)))
}

func (d drawing) service(code string) string {
	s, _ := catalog.Lookup(code)
	return service(d.book, s)
}

// field draws one field; nil when it is not for her.
func (d drawing) field(name string) slackgo.Block {
	name, optional := strings.CutSuffix(name, "?")
	label, id := name, name
	var element slackgo.BlockElement
	switch name {
	case "code":
		element = d.codes(optional)
	case "area":
		element = d.areas()
	case "urgency":
		element = d.choice(name, string(d.matter.Urgency), string(catalog.Normal), string(catalog.Urgent), string(catalog.Emergency))
	case "approve":
		if d.matter.State != matter.Sorting || !d.h.MayApprove(d.who.village, d.matter, d.who.staff) {
			return nil
		}
		element, optional = slackgo.NewCheckboxGroupsBlockElement(name, d.option("yes", d.book.Say("form_approve", nil))), true
	case "outcome":
		element = d.radio(name, "outcome_", matter.Solved, matter.Outcomes()...)
	case "resolution":
		id, element = "outcome", d.radio("outcome", "form_resolution_", string(matter.Handling), string(matter.Handling), string(matter.Declined))
	case "for":
		element = d.radio(name, "form_for_", matter.ForResident, matter.ForResident, matter.ForThird)
	case "into":
		least := 0
		x := slackgo.NewOptionsSelectBlockElement(slackgo.OptTypeExternal, plainText(d.book.Say("form_search", nil), mostButton), name)
		x.MinQueryLength = &least
		element = x
	case "assignee":
		element = d.holders()
	case "date":
		x := slackgo.NewDatePickerBlockElement(name)
		x.InitialDate = d.h.Now().In(d.zone()).AddDate(0, 0, 1).Format(time.DateOnly)
		element = x
	case "photo":
		element = slackgo.NewFileInputBlockElement(name).WithFileTypes("jpg", "jpeg", "png", "heic").WithMaxFiles(1)
	default: // words: note, reason, question, remark, proof
		id, element = "note", d.text(name)
	}
	if element == nil {
		return nil
	}
	b := slackgo.NewInputBlock(id, plainText(d.book.Say("form_f_"+label, nil), mostButton), nil, element)
	b.Optional = optional
	return b
}

func (d drawing) zone() *time.Location {
	if d.who.village.Location == nil {
		return time.UTC
	}
	return d.who.village.Location
}

func (d drawing) text(name string) slackgo.BlockElement {
	most := mostNote
	if name == "question" {
		most = mostAsk
	}
	x := slackgo.NewPlainTextInputBlockElement(nil, "note")
	x.Multiline, x.MaxLength, x.InitialValue = true, most, cut(d.words, most)
	return x
}

func (d drawing) option(value, text string) *slackgo.OptionBlockObject {
	return slackgo.NewOptionBlockObject(value, plainText(text, mostButton), nil)
}

// choice is a menu of words of ours: form_NAME_VALUE.
func (d drawing) choice(name, now string, values ...string) slackgo.BlockElement {
	var options []*slackgo.OptionBlockObject
	x := slackgo.NewOptionsSelectBlockElement(slackgo.OptTypeStatic, nil, name)
	for _, v := range values {
		o := d.option(v, d.book.Say("form_"+name+"_"+v, nil))
		options = append(options, o)
		if v == now {
			x.InitialOption = o
		}
	}
	x.Options = options
	return x
}

// radio is a choice of a few: the words are those of prefix and value.
func (d drawing) radio(name, prefix, now string, values ...string) slackgo.BlockElement {
	x := slackgo.NewRadioButtonsBlockElement(name)
	for _, v := range values {
		o := d.option(v, d.book.Say(prefix+v, nil))
		x.Options = append(x.Options, o)
		if v == now {
			x.InitialOption = o
		}
	}
	return x
}

// codes is the catalogue, a group a kind, beginning with what the matter is now.
func (d drawing) codes(empty bool) slackgo.BlockElement {
	x := slackgo.NewOptionsGroupSelectBlockElement(slackgo.OptTypeStatic, plainText(d.book.Say("form_choose", nil), mostButton), "code")
	for _, k := range catalog.Kinds() {
		var options []*slackgo.OptionBlockObject
		for _, s := range catalog.All() {
			if s.Kind != k || len(options) == mostSelect {
				continue
			}
			o := d.option(s.Code, s.Code+" "+d.service(s.Code))
			options = append(options, o)
			if s.Code == d.matter.Code && !empty {
				x.InitialOption = o
			}
		}
		x.OptionGroups = append(x.OptionGroups, slackgo.NewOptionGroupBlockElement(plainText(d.book.Say("kind_"+string(k), nil), mostButton), options...))
	}
	return x
}

func (d drawing) areas() slackgo.BlockElement {
	all := d.who.village.Areas
	if len(all) == 0 {
		return nil
	}
	x := slackgo.NewOptionsSelectBlockElement(slackgo.OptTypeStatic, plainText(d.book.Say("form_choose", nil), mostButton), "area")
	for _, a := range all[:min(len(all), mostSelect)] {
		o := d.option(a.ID, a.Name)
		x.Options = append(x.Options, o)
		if a.ID == d.matter.Area {
			x.InitialOption = o
		}
	}
	return x
}

// holders are the staff to whom the matter may be given.
func (d drawing) holders() slackgo.BlockElement {
	x := slackgo.NewOptionsSelectBlockElement(slackgo.OptTypeStatic, plainText(d.book.Say("form_choose", nil), mostButton), "assignee")
	for _, s := range d.who.village.Staff {
		if matter.MayHold(d.who.village, d.matter, s) && len(x.Options) < mostSelect {
			x.Options = append(x.Options, d.option(s.ID, s.Name))
		}
	}
	if len(x.Options) == 0 {
		return nil
	}
	return x
}

func itoa(n int) string { return strconv.Itoa(n) }
