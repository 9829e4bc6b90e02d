package linear

import (
	"runtime"
	"sync"
)

// parts are the two sorts of models whose scores are blended: vector machines
// and nets. They err differently.
const parts = 2

const (
	machines = iota
	nets
)

// solve finds the weights of every column, machines and nets apart, from the
// examples that are not left out. All of them are independent, so they are
// solved side by side and the outcome does not depend on the machine's cores.
func (b *bag) solve(leftOut []bool, o Options, t *ticker) (columns [parts][][]float32) {
	var jobs []func()
	learnt := make([]*net, o.Nets)
	for n := range learnt {
		jobs = append(jobs, func() { learnt[n] = b.net(leftOut, o, o.Seed+uint64(n)) })
	}
	for h, head := range b.heads {
		at := len(columns[machines])
		columns[machines] = append(columns[machines], make([][]float32, len(head.Labels))...)
		for l := range head.Labels {
			jobs = append(jobs, func() {
				columns[machines][at+l] = b.machine(h, int32(l), leftOut, o, o.Seed+uint64(at+l))
			})
		}
	}
	atOnce(jobs, t)
	columns[nets] = make([][]float32, len(columns[machines]))
	for c := range columns[nets] {
		columns[nets][c] = make([]float32, len(b.buckets))
	}
	for _, n := range learnt {
		n.addTo(columns[nets], 1/float32(o.Nets))
	}
	return columns
}

// atOnce does jobs side by side.
func atOnce(jobs []func(), t *ticker) {
	todo := make(chan func())
	var wg sync.WaitGroup
	var mu sync.Mutex
	for range min(runtime.GOMAXPROCS(0), len(jobs)) {
		wg.Go(func() {
			for job := range todo {
				job()
				mu.Lock()
				t.tick()
				mu.Unlock()
			}
		})
	}
	for _, j := range jobs {
		todo <- j
	}
	close(todo)
	wg.Wait()
}

// freeze turns columns of weights into the rows of the model.
func (m *Model) freeze(b *bag, columns [][]float32) {
	m.rare = b.rare
	m.rows = make([]int32, 1<<m.shape.Bits)
	for i := range m.rows {
		m.rows[i] = -1
	}
	weights := make([]float32, m.width)
	n := int32(0)
	for id, bucket := range b.buckets {
		for c := range columns {
			weights[c] = columns[c][id] * b.idf[id]
		}
		table, ok := quantise(m.table, weights, b.idf[id])
		if ok {
			m.table, m.rows[bucket] = table, n
			n++
		}
	}
}
