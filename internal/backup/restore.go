package backup

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"filippo.io/age"

	"sanshi/internal/store"
)

// batch is how many rows are written at once.
const batch = 500

// Errors of a file. The caller's sentence says which file it is.
var (
	ErrKey    = errors.New("the key does not open it")
	ErrFormat = errors.New("it is no file of this program")
	ErrCut    = errors.New("it is cut short or was changed: use another backup")
)

// Contents is what a backup said of itself.
type Contents struct {
	At     time.Time
	Ledger store.Ledger
	Sums   []Sum
	Files  int
}

// Into is where a backup goes. Both may be nil: then it is only checked.
type Into struct {
	Store *store.Store
	File  func(path string, data []byte) error
}

// Read reads a backup to its end, writing what it holds. The database must be
// blank, of the version the backup is of or newer; the caller has marked it
// Unfinished and takes the mark away when all is well. An error leaves the mark.
func Read(ctx context.Context, r io.Reader, keys []age.Identity, into Into, told Progress) (c Contents, err error) {
	in, h, err := open(r, keys, format)
	if err != nil {
		return c, err
	}
	c.At, c.Ledger = h.At, h.Ledger
	if into.Store != nil {
		if _, want, err := into.Store.Versions(ctx); err != nil || h.Version > want {
			return c, errors.Join(err, fmt.Errorf("the backup is of a newer program (version %d, this one knows %d)", h.Version, want))
		}
	}
	f := &filling{into: into, tables: h.Tables, sums: make([]summing, len(h.Tables)), told: told}
	for {
		var l line
		if err := in.next(&l); err != nil {
			return c, err
		}
		switch {
		case l.End != nil:
			c.Sums, c.Files = l.End, f.files
			return c, errors.Join(f.flush(ctx), f.check(l.End), in.end())
		case l.File != "":
			err = f.file(l)
		default:
			err = f.row(ctx, l)
		}
		if err != nil {
			return c, err
		}
	}
}

// ReadLedger reads a ledger of erasures, of its own file or of a backup.
func ReadLedger(r io.Reader, keys []age.Identity) (store.Ledger, error) {
	_, h, err := open(r, keys, "")
	return h.Ledger, err
}

// lines reads what sealed wrote.
type lines struct{ *bufio.Scanner }

func open(r io.Reader, keys []age.Identity, want string) (in lines, h head, err error) {
	plain, err := age.Decrypt(r, keys...)
	var none *age.NoIdentityMatchError
	if errors.As(err, &none) {
		return in, h, ErrKey
	} else if err != nil {
		return in, h, ErrFormat
	}
	packed, err := gzip.NewReader(plain)
	if err != nil {
		return in, h, ErrCut
	}
	in = lines{bufio.NewScanner(packed)}
	in.Buffer(nil, largest)
	if err := in.next(&h); err != nil {
		return in, h, err
	}
	if h.Format != want && (want != "" || h.Format != format && h.Format != ledgerFormat) {
		return in, h, ErrFormat
	}
	return in, h, nil
}

func (l lines) next(into any) error {
	if !l.Scan() {
		return ErrCut
	}
	if err := json.Unmarshal(l.Bytes(), into); err != nil {
		return ErrCut
	}
	return nil
}

// end reads on to the end of the file, where the encryption proves the whole.
func (l lines) end() error {
	if l.Scan() || l.Err() != nil {
		return ErrCut
	}
	return nil
}

// filling is a restore on its way.
type filling struct {
	into   Into
	tables []store.Table
	sums   []summing
	files  int
	told   Progress

	at   int // the table of the rows
	rows []store.Row
}

func (f *filling) row(ctx context.Context, l line) error {
	if l.Table < 0 || l.Table >= len(f.tables) || len(l.Row) != len(f.tables[l.Table].Columns) {
		return ErrCut
	}
	if l.Table != f.at || len(f.rows) == batch {
		if err := f.flush(ctx); err != nil {
			return err
		}
	}
	f.at = l.Table
	t := f.tables[l.Table]
	row := make(store.Row, len(l.Row))
	for i, c := range t.Columns {
		v, err := value(c, l.Row[i])
		if err != nil {
			return ErrCut
		}
		row[i] = v
	}
	canonical, err := json.Marshal(row)
	if err != nil {
		return ErrCut
	}
	f.sums[l.Table].add(canonical)
	f.rows = append(f.rows, row)
	return nil
}

// value turns what stands in a line into what the column holds.
func value(c store.Column, raw json.RawMessage) (any, error) {
	if bytes.Equal(raw, []byte("null")) {
		return nil, nil
	}
	switch c.Type {
	case "TEXT":
		return as[string](raw)
	case "BIGINT":
		return as[int64](raw)
	case "BOOLEAN":
		return as[bool](raw)
	case "BYTEA":
		return as[[]byte](raw)
	}
	return nil, fmt.Errorf("type %q", c.Type)
}

func as[T any](raw json.RawMessage) (any, error) {
	var v T
	err := json.Unmarshal(raw, &v)
	return v, err
}

func (f *filling) flush(ctx context.Context) error {
	if len(f.rows) == 0 {
		return nil
	}
	t := f.tables[f.at]
	if f.into.Store != nil {
		if err := f.into.Store.Load(ctx, t, f.rows); err != nil {
			return err
		}
	}
	if f.told != nil {
		f.told(t.Name, f.sums[f.at].rows)
	}
	f.rows = f.rows[:0]
	return nil
}

func (f *filling) file(l line) error {
	if !filepath.IsLocal(l.File) {
		return ErrCut
	}
	f.files++
	if f.into.File == nil {
		return nil
	}
	return f.into.File(l.File, l.Data)
}

func (f *filling) check(want []Sum) error {
	if len(want) != len(f.tables) {
		return ErrCut
	}
	for i, t := range f.tables {
		if f.sums[i].sum(t.Name) != want[i] {
			return ErrCut
		}
	}
	return nil
}
