package slacktest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// The limits are those of Slack's Block Kit reference, in characters.

// mostInAll is what a message may hold in all: beyond about 13,200 characters Slack refuses it.
const mostInAll = 13200

// object is a block, an element or a text as it came.
type object map[string]any

func (o object) text(key string) string { s, _ := o[key].(string); return s }

func (o object) part(key string) object {
	m, _ := o[key].(map[string]any)
	return m
}

func (o object) parts(key string) (all []object) {
	list, _ := o[key].([]any)
	for _, x := range list {
		m, _ := x.(map[string]any)
		all = append(all, m)
	}
	return all
}

// CheckMessage gives Slack's error for the blocks of a message: invalid_blocks,
// msg_too_long, or "".
func CheckMessage(blocks json.RawMessage) string {
	list, err := readBlocks(blocks)
	switch {
	case err != nil:
		return "invalid_blocks_format"
	case len(list) > 50 || Explain(list) != "":
		return "invalid_blocks"
	case inAll(list) > mostInAll:
		return "msg_too_long"
	}
	return ""
}

// ExplainMessage says which block of a message breaks which limit.
func ExplainMessage(blocks json.RawMessage) string {
	list, err := readBlocks(blocks)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%s (%d blocks, %d characters)", Explain(list), len(list), inAll(list))
}

// CheckView gives Slack's error for a form or a home page: invalid_arguments or "".
func CheckView(view json.RawMessage) string {
	var v object
	if json.Unmarshal(view, &v) != nil {
		return "invalid_arguments"
	}
	if Explain(v.parts("blocks")) != "" || len(v.parts("blocks")) > 100 || len(view) > 250<<10 {
		return "invalid_arguments"
	}
	switch v.text("type") {
	case "home":
		return ""
	case "modal":
		for _, key := range []string{"title", "submit", "close"} {
			if t := v.part(key); t != nil && textFault(t, 24, true) != "" {
				return "invalid_arguments"
			}
		}
		if v.part("title") == nil || long(v.text("private_metadata"), 3000) || long(v.text("callback_id"), 255) {
			return "invalid_arguments"
		}
		return ""
	}
	return "invalid_arguments"
}

func readBlocks(data json.RawMessage) (list []object, err error) {
	d := json.NewDecoder(bytes.NewReader(data))
	return list, d.Decode(&list)
}

func long(s string, most int) bool { return utf8.RuneCountInString(s) > most }

// inAll counts the characters of everything written.
func inAll(x any) (n int) {
	switch x := x.(type) {
	case string:
		return utf8.RuneCountInString(x)
	case []object:
		for _, v := range x {
			n += inAll(map[string]any(v))
		}
	case []any:
		for _, v := range x {
			n += inAll(v)
		}
	case map[string]any:
		for _, v := range x {
			n += inAll(v)
		}
	}
	return n
}

// Explain says which block breaks which limit, "" when none does.
func Explain(blocks []object) string {
	ids, actions := map[string]bool{}, map[string]bool{}
	for i, b := range blocks {
		fault := blockFault(b)
		id := b.text("block_id")
		switch {
		case fault != "":
		case long(id, 255):
			fault = "block_id over 255"
		case id != "" && ids[id]:
			fault = "block_id twice: " + id
		}
		for _, e := range append(b.parts("elements"), b.part("element"), b.part("accessory")) {
			key := id + "\x00" + e.text("action_id")
			if e.text("action_id") != "" && actions[key] && id != "" {
				fault = "action_id twice in a block"
			}
			actions[key] = true
		}
		ids[id] = true
		if fault != "" {
			return fmt.Sprintf("block %d (%s): %s", i, b.text("type"), fault)
		}
	}
	return ""
}

func blockFault(b object) string {
	switch b.text("type") {
	case "section":
		return sectionFault(b)
	case "header":
		return textFault(b.part("text"), 150, true)
	case "divider":
		return ""
	case "context":
		return contextFault(b)
	case "actions":
		return each(b.parts("elements"), 1, 25, elementFault)
	case "input":
		if f := textFault(b.part("label"), 2000, true); f != "" {
			return "label: " + f
		}
		if hint := b.part("hint"); hint != nil && textFault(hint, 2000, true) != "" {
			return "hint"
		}
		return elementFault(b.part("element"))
	case "image":
		if long(b.text("alt_text"), 2000) || long(b.text("image_url"), 3000) {
			return "too long"
		}
		return ""
	}
	return "unknown type"
}

func sectionFault(b object) string {
	text, fields := b.part("text"), b.parts("fields")
	if text == nil && len(fields) == 0 {
		return "empty"
	}
	if text != nil {
		if f := textFault(text, 3000, false); f != "" {
			return f
		}
	}
	if f := each(fields, 0, 10, func(o object) string { return textFault(o, 2000, false) }); f != "" {
		return f
	}
	if a := b.part("accessory"); a != nil {
		return elementFault(a)
	}
	return ""
}

func contextFault(b object) string {
	return each(b.parts("elements"), 1, 10, func(o object) string {
		if o.text("type") == "image" {
			return ""
		}
		return textFault(o, 3000, false)
	})
}

func each(all []object, least, most int, check func(object) string) string {
	if len(all) < least || len(all) > most {
		return fmt.Sprintf("%d parts, %d to %d allowed", len(all), least, most)
	}
	for _, o := range all {
		if f := check(o); f != "" {
			return f
		}
	}
	return ""
}

func textFault(o object, most int, plain bool) string {
	kind, text := o.text("type"), o.text("text")
	switch {
	case kind != "plain_text" && (plain || kind != "mrkdwn"):
		return "text of type " + kind
	case text == "":
		return "empty text"
	case long(text, most):
		return fmt.Sprintf("text over %d", most)
	}
	return ""
}

// elementFault checks what can be pressed, picked or written into.
func elementFault(o object) string {
	if long(o.text("action_id"), 255) || o.text("action_id") == "" && o.text("type") != "image" {
		return "action_id"
	}
	if p := o.part("placeholder"); p != nil && textFault(p, 150, true) != "" {
		return "placeholder"
	}
	if c := o.part("confirm"); c != nil && (textFault(c.part("title"), 100, true) != "" || textFault(c.part("text"), 300, false) != "" ||
		textFault(c.part("confirm"), 30, true) != "" || textFault(c.part("deny"), 30, true) != "") {
		return "confirm"
	}
	switch o.text("type") {
	case "button":
		if long(o.text("value"), 2000) || long(o.text("url"), 3000) {
			return "value over 2000"
		}
		return textFault(o.part("text"), 75, true)
	case "checkboxes", "radio_buttons":
		return each(o.parts("options"), 1, 10, optionFault)
	case "overflow":
		return each(o.parts("options"), 1, 5, optionFault)
	case "static_select", "multi_static_select":
		if groups := o.parts("option_groups"); len(groups) > 0 {
			return each(groups, 1, 100, func(g object) string { return each(g.parts("options"), 1, 100, optionFault) })
		}
		return each(o.parts("options"), 1, 100, optionFault)
	case "external_select", "multi_external_select", "users_select", "datepicker", "timepicker", "plain_text_input", "file_input", "image", "conversations_select":
		return ""
	}
	return "unknown element " + o.text("type")
}

func optionFault(o object) string {
	if d := o.part("description"); d != nil && textFault(d, 75, true) != "" {
		return "description"
	}
	if long(o.text("value"), 150) {
		return "value over 150"
	}
	return textFault(o.part("text"), 75, false)
}
