package linear

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
)

const magic = "SANSHI linear 2\n"

// ErrFile is returned for bytes that are no model, or a damaged one: train again.
var ErrFile = errors.New("linear: not a model file, or a damaged one")

type header struct {
	Shape Shape   `json:"shape"`
	Heads []Head  `json:"heads"`
	Rare  float32 `json:"rare"`
	Rows  int     `json:"rows"`
	Note  string  `json:"note,omitempty"`
}

// Bytes writes a model: the magic line, a header in JSON after its length, the
// bucket numbers of the rows as differences (varints), the rows, a CRC-32.
func (m *Model) Bytes() []byte {
	h, err := json.Marshal(header{m.shape, m.heads, m.rare, len(m.table) / (rowHead + m.width), m.note})
	if err != nil {
		panic(err) // numbers and strings only
	}
	out := append([]byte(magic), binary.AppendUvarint(nil, uint64(len(h)))...)
	out = append(out, h...)
	last := 0
	for b, r := range m.rows {
		if r >= 0 {
			out = binary.AppendUvarint(out, uint64(b-last))
			last = b
		}
	}
	out = append(out, m.table...)
	return binary.LittleEndian.AppendUint32(out, crc32.ChecksumIEEE(out))
}

// Parse reads what Bytes wrote. The model keeps data: do not change it.
func Parse(data []byte) (*Model, error) {
	if len(data) < len(magic)+4 || !bytes.HasPrefix(data, []byte(magic)) {
		return nil, ErrFile
	}
	body, sum := data[:len(data)-4], data[len(data)-4:]
	if crc32.ChecksumIEEE(body) != binary.LittleEndian.Uint32(sum) {
		return nil, ErrFile
	}
	body = body[len(magic):]
	n, used := binary.Uvarint(body)
	if used <= 0 || n > uint64(len(body)-used) {
		return nil, ErrFile
	}
	var h header
	if err := json.Unmarshal(body[used:used+int(n)], &h); err != nil {
		return nil, fmt.Errorf("%w: %v", ErrFile, err)
	}
	m := &Model{shape: h.Shape, heads: h.Heads, rare: h.Rare, note: h.Note}
	if err := m.check(h); err != nil {
		return nil, err
	}
	return m, m.readRows(body[used+int(n):], h.Rows)
}

func (m *Model) check(h header) error {
	if h.Shape.Bits < 4 || h.Shape.Bits > 24 || h.Shape.MaxN < 1 || h.Shape.MaxN > 8 || h.Shape.Sound < 0 || h.Shape.Sound > 8 ||
		h.Shape.Runes < 1 || h.Rows < 0 || len(h.Heads) == 0 {
		return ErrFile
	}
	for _, head := range h.Heads {
		if len(head.Labels) == 0 || len(head.Bias) != len(head.Labels) {
			return ErrFile
		}
		m.width += len(head.Labels)
	}
	return nil
}

func (m *Model) readRows(body []byte, rows int) error {
	m.rows = make([]int32, 1<<m.shape.Bits)
	for i := range m.rows {
		m.rows[i] = -1
	}
	bucket := uint64(0)
	for r := range rows {
		d, used := binary.Uvarint(body)
		bucket += d
		if used <= 0 || bucket >= uint64(len(m.rows)) {
			return ErrFile
		}
		m.rows[bucket] = int32(r)
		body = body[used:]
	}
	if len(body) != rows*(rowHead+m.width) {
		return ErrFile
	}
	m.table = body
	return nil
}

// quantise makes a row of one bucket: weights (already times idf) as signed
// bytes of a common scale. ok is false when all of them are nothing.
func quantise(out []byte, weights []float32, idf float32) (_ []byte, ok bool) {
	top := float32(0)
	for _, w := range weights {
		top = max(top, float32(math.Abs(float64(w))))
	}
	if top < 1e-6 {
		return out, false
	}
	scale := top / 127
	out = binary.LittleEndian.AppendUint32(out, math.Float32bits(scale))
	out = binary.LittleEndian.AppendUint32(out, math.Float32bits(idf))
	for _, w := range weights {
		out = append(out, byte(int8(math.Round(float64(w/scale)))))
	}
	return out, true
}
