package main

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"time"

	"sanshi/internal/matter"
)

// sheet is one list, written as NAME.csv and NAME.jsonl at once. The files have
// their names only when all of it is written.
type sheet[row any] struct {
	rows  int
	files []*os.File
	bufs  []*bufio.Writer
	csv   *csv.Writer
	json  *json.Encoder
}

// byteOrderMark tells Excel that a CSV file is UTF-8; without it Chinese text is
// read as GBK. Who reads the files by program has the JSON lines.
const byteOrderMark = "\ufeff"

func newSheet[row any](dir, name string) (*sheet[row], error) {
	s := &sheet[row]{}
	for _, kind := range []string{".csv", ".jsonl"} {
		f, err := os.OpenFile(filepath.Join(dir, name+kind+".part"), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
		if err != nil {
			return nil, errors.Join(err, s.discard())
		}
		s.files, s.bufs = append(s.files, f), append(s.bufs, bufio.NewWriter(f))
	}
	s.csv, s.json = csv.NewWriter(s.bufs[0]), json.NewEncoder(s.bufs[1])
	s.csv.UseCRLF = true
	s.json.SetEscapeHTML(false)
	if _, err := s.bufs[0].WriteString(byteOrderMark); err != nil {
		return nil, errors.Join(err, s.discard())
	}
	return s, s.csv.Write(columnNames(reflect.TypeFor[row]()))
}

func (s *sheet[row]) write(r row) error {
	s.rows++
	return errors.Join(s.csv.Write(cells(reflect.ValueOf(r))), s.json.Encode(r))
}

func (s *sheet[row]) close() error {
	s.csv.Flush()
	err := s.csv.Error()
	for i, f := range s.files {
		err = errors.Join(err, s.bufs[i].Flush(), f.Sync(), f.Close())
		if err == nil {
			err = os.Rename(f.Name(), strings.TrimSuffix(f.Name(), ".part"))
		}
	}
	return err
}

func (s *sheet[row]) discard() (err error) {
	for _, f := range s.files {
		err = errors.Join(err, f.Close(), os.Remove(f.Name()))
	}
	return err
}

func columnNames(t reflect.Type) []string {
	var out []string
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		out = append(out, name)
	}
	return out
}

// cells are a row's fields as text: times in RFC 3339, lists with spaces between,
// a detail as JSON.
func cells(v reflect.Value) []string {
	var out []string
	for i := range v.NumField() {
		var text string
		switch x := v.Field(i).Interface().(type) {
		case string:
			text = x
		case []string:
			text = strings.Join(x, " ")
		case time.Time:
			if !x.IsZero() {
				text = x.Format(time.RFC3339)
			}
		case matter.Detail:
			if b, err := json.Marshal(x); err == nil && string(b) != "{}" {
				text = string(b)
			}
		default:
			text = fmt.Sprint(x)
		}
		out = append(out, harmless(text))
	}
	return out
}

// harmless puts an apostrophe before what a spreadsheet would run as a formula
// (OWASP, CSV injection): a resident's text is data wherever it is opened.
func harmless(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r＝＋－＠", []rune(s)[0]) {
		return "'" + s
	}
	return s
}
