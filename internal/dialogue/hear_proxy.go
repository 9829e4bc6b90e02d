package dialogue

import (
	"regexp"
	"strings"

	"sanshi/internal/catalog"
	"sanshi/internal/classify"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

// What is heard of others: a number of somebody for whom she writes, whose matter
// it is, and that somebody never asked for what another raised for her.

var (
	// theirs name somebody else; numberWords say that what follows is a number.
	theirs = []string{"我妈", "我爸", "我娘", "我爹", "老人", "婆婆", "公公", "奶奶", "爷爷", "外婆", "外公", "老伴", "老头", "邻居", "阿姨", "大爷", "大娘",
		"她", "他", "本人", "mother", "father", "her", "his", "mum", "neighbour"}
	numberWords = []string{"电话", "号码", "手机", "号是", "打", "联系", "phone", "number", "call", "tel"}

	// notMine: she never asked for it.
	notMine = []string{"没叫你们", "没让你们", "没喊你们", "没请你们", "没有叫你们", "没有让你们", "不是我报", "不是我说的", "我没报", "我没有报", "没报过", "谁报的", "哪个报的", "没得这回事", "没有这回事", "没这回事",
		"ididnotask", "ididntask", "wasntme", "whoreported"}

	phoneNumber = regexp.MustCompile(`\+?\d[\d -]{8,16}\d`)
	whose       = regexp.MustCompile(`^(?:那|这|刚才|刚刚|上面|那件|这件|那个|这个|件|个|事|情|不是我的)*是(?:我|俺|咱)?(?:们|家|屋里)*(老伴|老公|老婆|老头|老头子|老太婆|男人|妈|爸|娘|爹|老妈|老爸|儿子|女儿|媳妇|孙子|孙女|婆婆|公公|哥|姐|弟|妹)的(?:事|事情|那件)?$`)
)

// mostBrought is how many others a matter may have by her text: nobody's number is
// handed on to a crowd.
const mostBrought = 2

// otherNumber finds the number of somebody else in what she says, when she says
// that it is one.
func (h *hearing) otherNumber() (message.Address, bool) {
	if !hasAny(h.bare, theirs) || !hasAny(h.bare, numberWords) {
		return "", false
	}
	for _, found := range phoneNumber.FindAllString(h.fold, -1) {
		n, err := directory.Normalize(h.Village.Country, found)
		if err != nil {
			continue
		}
		a := message.Address("sms:" + n)
		if a.User() != h.In.From.User() && !h.ours(n) {
			return a, true
		}
	}
	return "", false
}

// ours reports a number of the village itself.
func (h *hearing) ours(number string) bool {
	for _, n := range h.Village.SMS {
		if n == number {
			return true
		}
	}
	return false
}

// proxy takes the number of whom she writes for: the answer is to reach both.
func (h *hearing) proxy() bool {
	a, ok := h.otherNumber()
	if !ok || len(h.subjects()) > 0 && h.anotherNeed() {
		return false
	}
	m, ok := h.lately(recent)
	if !ok || m.Resident != h.In.From || m.State == matter.Done || m.Quiet() {
		return false
	}
	h.act(m.ID, matter.Answer, matter.Detail{}, h.In.Text, h.addWords(m, classify.Result{}))
	h.say("added", m.ID)
	h.bring(m.ID, m.Private, len(m.Parties), a)
	h.dropHeld()
	return true
}

// bring lets somebody join for whom a matter was raised. Of what only few may know
// no text is sent to another phone: a person decides whether to ring.
func (h *hearing) bring(id string, private bool, already int, a message.Address) {
	if private || already >= mostBrought {
		c := directory.Callback{ID: h.NewID(), Village: h.In.Village, Address: a, Reason: directory.CallProxy, Matter: id, At: h.Now,
			NextAt: h.Now, Private: private}
		h.plan.Callbacks = append(h.plan.Callbacks, c)
		return
	}
	h.plan.Moves = append(h.plan.Moves, Move{Matter: id, Act: matter.Act{
		Kind: matter.Join, By: matter.ResidentActor(h.In.From), Via: viaOf(h.In.Channel), At: h.Now, Detail: matter.Detail{Party: a},
	}})
	h.say("proxy_both")
}

// bringTo adds whom she names to a matter just raised.
func (h *hearing) bringTo(id string, r classify.Result) {
	a, ok := h.otherNumber()
	if !ok {
		return
	}
	s, _ := catalog.Lookup(r.Code)
	h.bring(id, r.Asked || s.Private, 0, a)
}

// belongs takes down whose matter it is: two people write from one phone.
func (h *hearing) belongs() bool {
	found := whose.FindStringSubmatch(h.bare)
	m, ok := h.lately(recent)
	if found == nil || !ok || m.Quiet() || m.Resident != h.In.From {
		return false
	}
	w := h.addWords(m, classify.Result{})
	w.Name = found[1]
	h.act(m.ID, matter.Answer, matter.Detail{}, h.In.Text, w)
	h.say("belongs", m.ID).Values["name"] = found[1]
	return true
}

// denies: somebody says that she never asked for it. Neither she nor whoever
// raised it settles that by a text: a person asks both.
func (h *hearing) denies() bool {
	if !hasAny(h.bare, notMine) || length(h.bare) > 30 || h.anotherNeed() {
		return false
	}
	m, ok := h.lately(60 * recent)
	if open := withoutQuiet(h.unsettled()); !ok && len(open) == 1 {
		m, ok = open[0], true
	}
	if !ok || m.Quiet() || m.State == matter.Done {
		return false
	}
	h.contradict(m)
	return true
}

// contradict keeps her words with the matter, has whoever is on the way wait, and
// promises a call. Who raised it hears only that it is being looked at.
func (h *hearing) contradict(m matter.Matter) {
	h.act(m.ID, matter.Answer, matter.Detail{}, strings.TrimSpace(h.In.Text), nil)
	h.plan.Alerts = append(h.plan.Alerts, Alert{Matter: m.ID, Notice: matter.Notice{To: matter.ToSecretary, Key: "contradicted"}})
	if m.Assignee != "" {
		h.plan.Alerts = append(h.plan.Alerts, Alert{Matter: m.ID, Notice: matter.Notice{To: matter.ToAssignee, Key: "contradicted", Staff: m.Assignee}})
	}
	if m.Resident != h.In.From {
		h.plan.Alerts = append(h.plan.Alerts, Alert{Matter: m.ID, Notice: matter.Notice{To: matter.ToRaiser, Key: "sorted_again"}})
	}
	by := h.callback(directory.CallPerson, m.ID, h.In.Text)
	h.sayCall("contradicted", by)
	h.dropHeld()
}
