package store

import (
	"context"
	"sync"
)

// numberBlock is how many numbers of matters are drawn at once, so that not
// every matter costs a commit of its own. What is left over is given back at
// Close; after a crash it is a gap, which is allowed.
const numberBlock = 16

type numbers struct {
	mu     sync.Mutex
	blocks map[string]*block
}

type block struct{ used, last int64 }

// Number draws the next number of a village: 1, 2, 3 … with gaps.
func (s *Store) Number(ctx context.Context, village string) (int64, error) {
	n := &s.numbers
	n.mu.Lock()
	defer n.mu.Unlock()
	b, ok := n.blocks[village]
	if !ok || b.used == b.last {
		last, err := s.drawNumbers(ctx, village)
		if err != nil {
			return 0, err
		}
		b = &block{used: last - numberBlock, last: last}
		if n.blocks == nil {
			n.blocks = map[string]*block{}
		}
		n.blocks[village] = b
	}
	b.used++
	return b.used, nil
}

func (s *Store) drawNumbers(ctx context.Context, village string) (last int64, err error) {
	err = s.do(ctx, func(t *tx) error {
		return t.one(`INSERT INTO counter (village, number) VALUES ($1, $2)
			ON CONFLICT (village) DO UPDATE SET number = counter.number + excluded.number RETURNING number`,
			[]any{village, numberBlock}, &last)
	})
	return last, err
}

// giveBack returns what is left of each block, unless another node has drawn since.
func (n *numbers) giveBack(s *Store) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for village, b := range n.blocks {
		if b.used == b.last {
			continue
		}
		err := s.do(context.Background(), func(t *tx) error {
			_, err := t.exec(`UPDATE counter SET number = $2 WHERE village = $1 AND number = $3`, village, b.used, b.last)
			return err
		})
		if err != nil {
			s.log.Warn("numbers were not given back: there will be a gap", "village", village, "cause", err.Error())
		}
	}
	n.blocks = nil
}
