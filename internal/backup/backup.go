// Package backup copies everything that is kept into one encrypted file and
// back, and from one database into another.
//
// A backup is one moment of the database, table by table as the database itself
// describes them, with the pictures of the data folder. It is written for a
// public key (age): the machine that writes it cannot read it again. It ends
// with the number of rows and a sum over them for each table, so that a file cut
// short or changed is found before anything is trusted.
//
// Whom was erased after a backup must not come back with it. So the ledger of
// erasures, which holds keyed hashes and no numbers, is written apart, and a
// restored database is not served before it has been replayed.
package backup

import (
	"bufio"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"

	"filippo.io/age"

	"sanshi/internal/store"
)

const (
	format       = "sanshi backup 1"
	ledgerFormat = "sanshi erasures 1"
	// Unfinished marks a database into which something is still being copied.
	Unfinished = "copy:unfinished"
	largest    = 64 << 20 // of one line
)

// head is the first line of a file.
type head struct {
	Format  string        `json:"format"`
	Version int64         `json:"version,omitempty"` // of the database's shape
	At      time.Time     `json:"at"`
	Tables  []store.Table `json:"tables,omitempty"`
	Ledger  store.Ledger  `json:"ledger"` // as it was at that moment
}

// line is any other line: a row, a file, or the end.
type line struct {
	Table int               `json:"t"`
	Row   []json.RawMessage `json:"r,omitempty"`
	File  string            `json:"file,omitempty"`
	Data  []byte            `json:"data,omitempty"`
	End   []Sum             `json:"end,omitempty"`
}

// Sum is what a table must come to.
type Sum struct {
	Table string `json:"table"`
	Rows  int64  `json:"rows"`
	Hash  string `json:"hash"` // the exclusive or of the rows' SHA-256: no order counts
}

// summing adds rows up.
type summing struct {
	rows int64
	hash [sha256.Size]byte
}

func (s *summing) add(row []byte) {
	s.rows++
	h := sha256.Sum256(row)
	for i := range h {
		s.hash[i] ^= h[i]
	}
}

func (s *summing) sum(table string) Sum {
	return Sum{Table: table, Rows: s.rows, Hash: hex.EncodeToString(s.hash[:])}
}

// Progress is told after each batch how many rows of a table have been copied.
type Progress func(table string, rows int64)

// Write writes a backup of s and of the pictures in files (nil: none) to w, for
// whoever holds a key of the recipients. It gives the sums of all tables.
func Write(ctx context.Context, w io.Writer, to []age.Recipient, s *store.Store, files fs.FS, told Progress) (sums []Sum, err error) {
	sn, err := s.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, sn.Close()) }()
	tables, err := sn.Tables(ctx)
	if err != nil {
		return nil, err
	}
	version, _, err := s.Versions(ctx)
	if err != nil {
		return nil, err
	}
	ledger, err := s.Ledger(ctx)
	if err != nil {
		return nil, err
	}
	err = sealed(w, to, func(out *json.Encoder) error {
		if err := out.Encode(head{Format: format, Version: version, At: ledger.At, Tables: tables, Ledger: ledger}); err != nil {
			return err
		}
		for i, t := range tables {
			sum, err := writeTable(ctx, out, sn, i, t, told)
			if err != nil {
				return err
			}
			sums = append(sums, sum)
		}
		if err := writeFiles(out, files); err != nil {
			return err
		}
		return out.Encode(line{End: sums})
	})
	return sums, err
}

// WriteLedger writes the ledger of erasures alone: small, and to be kept apart
// from the backups, as often as one likes.
func WriteLedger(ctx context.Context, w io.Writer, to []age.Recipient, s *store.Store) (int, error) {
	l, err := s.Ledger(ctx)
	if err != nil {
		return 0, err
	}
	return len(l.Erasures), sealed(w, to, func(out *json.Encoder) error {
		return out.Encode(head{Format: ledgerFormat, At: l.At, Ledger: l})
	})
}

// sealed writes lines, compressed and encrypted.
func sealed(w io.Writer, to []age.Recipient, write func(*json.Encoder) error) error {
	locked, err := age.Encrypt(w, to...)
	if err != nil {
		return err
	}
	packed := gzip.NewWriter(locked)
	buffered := bufio.NewWriterSize(packed, 64<<10)
	if err := write(json.NewEncoder(buffered)); err != nil {
		return err
	}
	return errors.Join(buffered.Flush(), packed.Close(), locked.Close())
}

func writeTable(ctx context.Context, out *json.Encoder, sn *store.Snapshot, i int, t store.Table, told Progress) (Sum, error) {
	var s summing
	err := sn.Rows(ctx, t, nil, func(r store.Row) error {
		if ours(t, r) {
			return nil
		}
		row, err := json.Marshal(r)
		if err != nil {
			return err
		}
		s.add(row)
		if told != nil && s.rows%batch == 0 {
			told(t.Name, s.rows)
		}
		l := line{Table: i}
		if err := json.Unmarshal(row, &l.Row); err != nil {
			return err
		}
		return out.Encode(l)
	})
	if told != nil {
		told(t.Name, s.rows)
	}
	return s.sum(t.Name), err
}

// ours reports a row that speaks of a copy, and not of the village.
func ours(t store.Table, r store.Row) bool {
	name, _ := r[0].(string)
	return t.Name == "meta" && strings.HasPrefix(name, "copy:")
}

func writeFiles(out *json.Encoder, files fs.FS) error {
	if files == nil {
		return nil
	}
	return fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // no pictures yet, or erased meanwhile
		}
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(files, path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("a picture cannot be read: %w", err)
		}
		return out.Encode(line{File: path, Data: b})
	})
}
