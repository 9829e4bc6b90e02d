package linear

import (
	"math"
	"sync"
	"unicode"
)

// Shape says which features a text has. It is stored with the model: a text must
// be read as it was in training.
type Shape struct {
	Bits  int `json:"bits"`  // 2^Bits buckets
	MaxN  int `json:"max_n"` // longest run of characters
	Sound int `json:"sound"` // longest run of sounds, 2 or more; 0 for none
	Runes int `json:"runes"` // how much of a text is read
}

// DefaultShape is what was found best on messages and on titles.
func DefaultShape() Shape { return Shape{Bits: 18, MaxN: 4, Sound: 3, Runes: 600} }

const (
	seedChar  uint64 = 0x9E3779B97F4A7C15
	seedSound uint64 = 0xC2B2AE3D27D4EB4F
	always    uint64 = 0x1B873593 // the feature that every text has: what is likely before reading
	prime     uint64 = 0x100000001B3

	classShift = 24 // a bucket number is below that, the class of the feature above
	bucketMask = 1<<classShift - 1
	soundClass = 8
	edge       = rune(1) // stands at both ends of a text and for any run of punctuation
)

// scratch is the memory one text needs; it is reused.
type scratch struct {
	chars   []rune
	sounds  []uint32
	buckets []uint32
	stamp   []uint32
	now     uint32
	bits    int
	scores  []float32
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// read fills s.buckets with the features of a text, each once, in the order of
// the text.
func (sh Shape) read(s *scratch, text string) {
	s.chars = normalise(s.chars[:0], text, sh.Runes)
	s.begin(sh.Bits)
	s.add(always, 0)
	sh.runs(s, s.chars)
	if sh.Sound > 0 {
		s.sounds = sounds(s.sounds[:0], s.chars)
		sh.soundRuns(s)
	}
}

func bucketOf(h uint64, bits int) uint32 {
	h ^= h >> 32
	h *= 0xD6E8FEB86659FD93
	h ^= h >> 29
	return uint32(h) & (1<<bits - 1)
}

func (s *scratch) begin(bits int) {
	s.bits = bits
	if len(s.stamp) != 1<<bits || s.now == math.MaxUint32 {
		s.stamp, s.now = make([]uint32, 1<<bits), 0
	}
	s.now++
	s.buckets = s.buckets[:0]
}

// add notes a feature; class says what sort it is (the length of a run of
// characters, or soundClass and more for sounds).
func (s *scratch) add(h uint64, class uint32) {
	b := bucketOf(h, s.bits)
	if s.stamp[b] != s.now {
		s.stamp[b] = s.now
		s.buckets = append(s.buckets, b|class<<classShift)
	}
}

func (sh Shape) runs(s *scratch, chars []rune) {
	for i := range chars {
		h := seedChar
		for n := 0; n < sh.MaxN && i+n < len(chars); n++ {
			h = (h ^ uint64(chars[i+n])) * prime
			if n == 0 && chars[i] == edge {
				continue // an edge alone says nothing
			}
			s.add(h+uint64(n), uint32(n))
		}
	}
}

func (sh Shape) soundRuns(s *scratch) {
	for i := range s.sounds {
		h := seedSound
		for n := 0; n < sh.Sound && i+n < len(s.sounds) && s.sounds[i+n] != 0; n++ {
			h = (h ^ uint64(s.sounds[i+n])) * prime
			if n > 0 {
				s.add(h+uint64(n), soundClass+uint32(n))
			}
		}
	}
}

// normalise makes small what does not matter: case, the amount of punctuation,
// which number it is.
func normalise(out []rune, text string, limit int) []rune {
	out = append(out, edge)
	last := edge
	for _, r := range text {
		switch {
		case unicode.IsDigit(r):
			r = '0'
		case unicode.IsLetter(r):
			r = unicode.ToLower(r)
		default:
			r = edge
		}
		if (r == edge || r == '0') && r == last {
			continue
		}
		last = r
		out = append(out, r)
		if len(out) > limit {
			break
		}
	}
	if last != edge {
		out = append(out, edge)
	}
	return out
}
