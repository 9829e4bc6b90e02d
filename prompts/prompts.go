// Package prompts holds every sentence the service says: to residents, to staff
// and to a language model.
//
// Sentences live in files that a villager can read and change, one file a
// language: resident/*.toml, staff/*.toml and model/*.tmpl. What stands in braces
// is filled in when the sentence is said. A test holds each resident's sentence
// against its budget (two SMS segments) at the longest values, and every language
// against the same list of keys.
package prompts

import (
	"embed"
	"fmt"
	"sort"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

//go:embed resident/*.toml staff/*.toml
var files embed.FS

// Languages lists those that residents and staff are answered in; the first is
// the one used when another is asked for.
func Languages() []string { return []string{"zh-Hans", "zh-Hant", "en"} }

// Book is all sentences for one group of people in one language.
type Book struct {
	Language  string
	sentences map[string]string
}

var (
	residents = mustLoad("resident", Languages())
	staff     = mustLoad("staff", []string{"zh-Hans", "en"})
)

// Resident is the book of what residents are told, in a language or the first one.
func Resident(language string) Book { return pick(residents, language) }

// Staff is the book of what staff are told.
func Staff(language string) Book { return pick(staff, language) }

func pick(books map[string]Book, language string) Book {
	if b, ok := books[language]; ok {
		return b
	}
	return books[Languages()[0]]
}

// Has reports whether the book holds a sentence.
func (b Book) Has(key string) bool { _, ok := b.sentences[key]; return ok }

// Keys lists the sentences of the book in order.
func (b Book) Keys() []string {
	keys := make([]string, 0, len(b.sentences))
	for k := range b.sentences {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// Values fill the braces of a sentence.
type Values map[string]string

// Say fills a sentence. A key that no book has is a fault of the program: the
// key itself is said, and a test of the callers finds it.
func (b Book) Say(key string, v Values) string {
	s, ok := b.sentences[key]
	if !ok {
		return key
	}
	if len(v) == 0 || !strings.Contains(s, "{") {
		return s
	}
	pairs := make([]string, 0, 2*len(v))
	for k, x := range v {
		pairs = append(pairs, "{"+k+"}", x)
	}
	return strings.NewReplacer(pairs...).Replace(s)
}

// Blanks lists the names in braces of a sentence.
func (b Book) Blanks(key string) []string {
	var out []string
	rest := b.sentences[key]
	for {
		_, after, ok := strings.Cut(rest, "{")
		if !ok {
			return out
		}
		name, tail, ok := strings.Cut(after, "}")
		if !ok {
			return out
		}
		out, rest = append(out, name), tail
	}
}

// mustLoad panics on a broken file: the files are part of the program.
func mustLoad(group string, languages []string) map[string]Book {
	books := map[string]Book{}
	for _, lang := range languages {
		data, err := files.ReadFile(group + "/" + lang + ".toml")
		if err != nil {
			panic(err)
		}
		var m map[string]string
		if err := toml.Unmarshal(data, &m); err != nil {
			panic(fmt.Sprintf("prompts: %s/%s.toml: %v", group, lang, err))
		}
		books[lang] = Book{Language: lang, sentences: m}
	}
	return books
}
