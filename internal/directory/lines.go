package directory

import (
	"fmt"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// lineIndex tells in which line of a TOML document each key stands, by its path:
// "sms", "policy.H4", "area[0]", "area[0].lead". The decoder keeps no positions
// of what it accepts, and most faults of a village file are in what it accepts.
func lineIndex(data []byte) map[string]int {
	lines := map[string]int{}
	tables := map[string]int{}
	prefix := ""
	var p unstable.Parser
	p.Reset(data)
	for p.NextExpression() {
		e := p.Expression()
		path, line := keyPath(&p, e)
		switch e.Kind {
		case unstable.ArrayTable:
			n := tables[path]
			tables[path]++
			path = fmt.Sprintf("%s[%d]", path, n)
			prefix = path + "."
			lines[path] = line
		case unstable.Table:
			prefix = path + "."
			lines[path] = line
		case unstable.KeyValue:
			lines[prefix+path] = line
		}
	}
	return lines
}

func keyPath(p *unstable.Parser, e *unstable.Node) (path string, line int) {
	var parts []string
	for it := e.Key(); it.Next(); {
		if line == 0 {
			line = p.Shape(it.Node().Raw).Start.Line
		}
		parts = append(parts, string(it.Node().Data))
	}
	return strings.Join(parts, "."), line
}
