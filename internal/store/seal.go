package store

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"slices"
	"time"
)

// Seal closes the record up to a moment: a Merkle root over the heads of all
// matters that moved since the seal before, chained to that one. Whoever knows a
// seal can later prove that nothing before it was changed.
type Seal struct {
	N      int64
	At     time.Time
	Leaves int    // matters whose head moved
	Hash   string // hexadecimal
}

// Short is what is published: enough to be copied by hand, too much to be forged.
func (s Seal) Short() string { return s.Hash[:min(16, len(s.Hash))] }

// mostLeaves bounds one seal, so that it never holds up the texts for long; the
// rest follows at once in the next one.
const mostLeaves = 2000

// leafRow is the head of one matter's chain: the seq-th event and its hash.
type leafRow struct {
	village, matter string
	seq             int64
	hash            []byte
}

// sealRow is a seal as it is stored.
type sealRow struct {
	n, at, leaves    int64
	prev, root, hash []byte
}

func (r sealRow) seal() Seal {
	return Seal{N: r.n, At: at(r.at), Leaves: int(r.leaves), Hash: hex.EncodeToString(r.hash)}
}

// sum is the hash that chains a seal to the one before.
func (r sealRow) sum() []byte {
	h := sha256.New()
	h.Write([]byte("seal\x00"))
	for _, n := range []int64{r.n, r.at, r.leaves} {
		_ = binary.Write(h, binary.BigEndian, n) // a hash never fails
	}
	h.Write(r.prev)
	h.Write(r.root)
	return h.Sum(nil)
}

// sum is a leaf's hash; fields are cut off by NUL, which no id holds.
func (l leafRow) sum() []byte {
	h := sha256.New()
	h.Write([]byte{0})
	h.Write([]byte(l.village + "\x00" + l.matter + "\x00"))
	_ = binary.Write(h, binary.BigEndian, l.seq)
	h.Write(l.hash)
	return h.Sum(nil)
}

// merkle is the root of a tree over leaves as RFC 6962 (2.1) builds it: the left
// half is the largest power of two smaller than the whole.
func merkle(leaves [][]byte) []byte {
	switch len(leaves) {
	case 0:
		h := sha256.Sum256(nil)
		return h[:]
	case 1:
		return leaves[0]
	}
	k := 1
	for k*2 < len(leaves) {
		k *= 2
	}
	h := sha256.New()
	h.Write([]byte{1})
	h.Write(merkle(leaves[:k]))
	h.Write(merkle(leaves[k:]))
	return h.Sum(nil)
}

// rootOf sorts the leaves by village and matter, byte by byte: a database's own
// order depends on its locale.
func rootOf(leaves []leafRow) []byte {
	slices.SortFunc(leaves, func(a, b leafRow) int {
		return cmp.Or(cmp.Compare(a.village, b.village), cmp.Compare(a.matter, b.matter))
	})
	sums := make([][]byte, len(leaves))
	for i, l := range leaves {
		sums[i] = l.sum()
	}
	return merkle(sums)
}

// Seal seals what moved since the last seal and gives the newest one. When
// nothing moved that is the last; the zero Seal when there is none yet.
func (s *Store) Seal(ctx context.Context) (last Seal, err error) {
	for more := true; more && err == nil; {
		err = s.do(ctx, func(t *tx) error {
			last, more, err = t.seal()
			return err
		})
	}
	return last, err
}

// LastSeal gives the newest seal; the zero Seal when there is none yet.
func (s *Store) LastSeal(ctx context.Context) (Seal, error) {
	var r sealRow
	err := s.one(ctx, `SELECT n, at, leaves, hash FROM seal ORDER BY n DESC LIMIT 1`, nil, &r.n, &r.at, &r.leaves, &r.hash)
	if errors.Is(err, sql.ErrNoRows) {
		return Seal{}, nil
	}
	return r.seal(), err
}

func (t *tx) seal() (last Seal, more bool, err error) {
	if err := t.lock("seal"); err != nil {
		return last, false, err
	}
	var r sealRow
	err = t.one(`SELECT n, at, leaves, hash FROM seal ORDER BY n DESC LIMIT 1`, nil, &r.n, &r.at, &r.leaves, &r.hash)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return last, false, err
	}
	leaves, err := t.moved()
	if err != nil || len(leaves) == 0 {
		return r.seal(), false, err
	}
	r = sealRow{n: r.n + 1, at: ms(t.now), leaves: int64(len(leaves)), prev: bytes.Clone(r.hash), root: rootOf(leaves)}
	if r.prev == nil {
		r.prev = []byte{}
	}
	r.hash = r.sum()
	if err := t.write(`INSERT INTO seal (n, at, leaves, prev, root, hash) VALUES ($1, $2, $3, $4, $5, $6)`,
		r.n, r.at, r.leaves, r.prev, r.root, r.hash); err != nil {
		return last, false, err
	}
	for _, l := range leaves {
		if err := t.sealLeaf(r.n, l); err != nil {
			return last, false, err
		}
	}
	return r.seal(), len(leaves) == mostLeaves, nil
}

func (t *tx) sealLeaf(n int64, l leafRow) error {
	if err := t.write(`INSERT INTO leaf (village, matter, seq, hash, seal) VALUES ($1, $2, $3, $4, $5)`,
		l.village, l.matter, l.seq, l.hash, n); err != nil {
		return err
	}
	err := t.write(`UPDATE matter SET sealed = $3 WHERE village = $1 AND id = $2`, l.village, l.matter, l.seq)
	return err
}

// moved lists the heads that no seal covers yet.
func (t *tx) moved() (leaves []leafRow, err error) {
	err = t.list(func(r scanner) error {
		var l leafRow
		err := r.Scan(&l.village, &l.matter, &l.seq, &l.hash)
		leaves = append(leaves, l)
		return err
	}, `SELECT m.village, m.id, e.seq, e.hash FROM matter m
		JOIN event e ON e.village = m.village AND e.matter = m.id AND e.seq = m.version
		WHERE m.version > m.sealed ORDER BY m.village, m.id LIMIT $1`, mostLeaves)
	return leaves, err
}
