package directory

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// explain turns what the TOML decoder says into one line for each fault, in the
// words of somebody who never heard of TOML.
func explain(err error, data []byte, name string) error {
	var missing *toml.StrictMissingError
	var one *toml.DecodeError
	switch {
	case errors.As(err, &missing):
		var all []error
		for i := range missing.Errors {
			e := &missing.Errors[i]
			row, _ := e.Position()
			all = append(all, fmt.Errorf("%s line %d: unknown key %q: remove it or correct its spelling", name, row, strings.Join(e.Key(), ".")))
		}
		return errors.Join(all...)
	case errors.As(err, &one):
		row, _ := one.Position()
		key := strings.Join(one.Key(), ".")
		what := remedy(strings.TrimPrefix(one.Error(), "toml: "), key, lineOf(data, row))
		if key != "" {
			what = key + ": " + what
		}
		return fmt.Errorf("%s line %d: %s", name, row, what)
	}
	return fmt.Errorf("%s: %w", name, err)
}

func lineOf(data []byte, row int) string {
	lines := bytes.Split(data, []byte("\n"))
	if row < 1 || row > len(lines) {
		return ""
	}
	return string(lines[row-1])
}

// wrongType is what the decoder says of a value of the wrong type; the last word
// is Go's name of the right one.
var wrongType = regexp.MustCompile(`^cannot decode TOML \w+ into (?:struct field (\S+) of type )?(.+)$`)

// remedy says what to write instead.
func remedy(said, key, line string) string {
	if wrong, right := fullWidth(line); wrong != "" {
		if right == `"` || right == "'" {
			return fmt.Sprintf("write straight quotes %s instead of %s", right, wrong)
		}
		return fmt.Sprintf("write %s instead of %s", right, wrong)
	}
	switch m := wrongType.FindStringSubmatch(said); {
	case m != nil:
		return shape(key, m[2])
	case strings.HasSuffix(said, "at start of value"), strings.HasPrefix(said, "extra characters"):
		return `write text in quotes, such as name = "向阳村", and a number as 0.8`
	case strings.HasPrefix(said, "unterminated"), strings.HasSuffix(said, "cannot have new lines"):
		return "the closing quote is missing"
	case strings.HasPrefix(said, "expected newline"):
		return "something follows the value: begin each key on a line of its own, and a remark with #"
	case strings.HasSuffix(said, "already exists") && (key == "area" || key == "staff" || key == "duty"):
		return "write [[" + key + "]] with two brackets on each side"
	case strings.HasSuffix(said, "already exists"), strings.HasSuffix(said, "already defined"):
		return "stands twice: put both together"
	case strings.Contains(said, "array table in a map"):
		return "write [" + key + "] with one bracket on each side"
	}
	return said
}

// shape says how a value of a Go type is written.
func shape(key, goType string) string {
	short := key[strings.LastIndex(key, ".")+1:]
	switch {
	case strings.HasPrefix(goType, "[]directory."), strings.HasPrefix(goType, "directory."):
		return "write [[" + short + "]] on a line of its own and the keys of each under it"
	case strings.HasPrefix(goType, "[]"):
		return "write a list in brackets, such as " + short + " = " + example(short)
	case strings.HasPrefix(goType, "map["):
		return "write [" + short + "] on a line of its own and its keys under it"
	case example(short) != "":
		return "write each in quotes, such as " + short + " = " + example(short)
	}
	return "write it in quotes, such as " + short + ` = "…"`
}

// example is a list as it may stand behind a key, and "" where no list stands.
func example(key string) string {
	switch key {
	case "places":
		return `["村口", "老粮站"]`
	case "sms":
		return `["+8613800000001"]`
	case "areas":
		return `["g1", "g2"]`
	case "squad", "sensitive":
		return `["li"]`
	}
	return ""
}

// asciiOf maps what a Chinese keyboard types to what TOML reads.
var asciiOf = map[rune]string{
	'“': `"`, '”': `"`, '„': `"`, '＂': `"`, '‘': "'", '’': "'", '＇': "'",
	'＝': "=", '，': ",", '、': ",", '［': "[", '【': "[", '］': "]", '】': "]", '＃': "#", '。': ".",
}

// fullWidth finds the first character of a line that looks like one of TOML's
// own and is none, outside of quotes and remarks; a quote may also be what was
// meant to end a text. Both results are "" when there is none.
func fullWidth(line string) (wrong, right string) {
	var open rune // the quote of the text we are in
	var curly rune
	for _, r := range line {
		switch {
		case open != 0 && r == open:
			open, curly = 0, 0
		case open != 0:
			if a := asciiOf[r]; a == `"` || a == "'" {
				curly = r
			}
		case r == '#':
			return "", ""
		case r == '"' || r == '\'':
			open = r
		case asciiOf[r] != "":
			return string(r), asciiOf[r]
		}
	}
	if open != 0 && curly != 0 {
		return string(curly), asciiOf[curly]
	}
	return "", ""
}
