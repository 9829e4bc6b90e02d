package classify

import (
	"fmt"
	"strings"

	"sanshi/internal/catalog"
	"sanshi/internal/classify/linear"
)

var kindNames = map[catalog.Kind]string{
	catalog.Household: "民事", catalog.VillageRun: "村事", catalog.Government: "政事", catalog.None: "不用办的话",
}

// why says in a sentence for the secretary what spoke for the answer.
func (c *Classifier) why(t words, r *Result, code linear.Answer, rule ruling) string {
	var b strings.Builder
	if found := c.model.Evidence(modelText(t.folded), 0, r.Code, 2); len(found) > 0 {
		b.WriteString("写到“" + strings.Join(found, "”“") + "”，")
	}
	b.WriteString("像" + kindNames[r.Kind])
	if s, ok := catalog.Lookup(r.Code); ok {
		b.WriteString("·" + s.Zh)
	}
	if rule.why != "" {
		b.WriteString("；" + rule.why)
	}
	if other, p := c.second(code.Probs, r.Code); p >= 0.2 {
		if s, ok := catalog.Lookup(other); ok {
			fmt.Fprintf(&b, "；也可能是%s·%s", kindNames[s.Kind], s.Zh)
		}
	}
	if r.Confidence < 0.5 {
		b.WriteString("；把握不大，请看一眼")
	}
	return b.String()
}

func (c *Classifier) second(probs []float64, first string) (string, float64) {
	best, p := "", 0.0
	for i, code := range c.codes {
		if code != first && probs[i] > p {
			best, p = code, probs[i]
		}
	}
	return best, p
}
