// Package county makes up a county from a seed: villages with their grids, staff
// and residents, and what these text through an ordinary day or a storm. The same
// seed gives the same county and the same texts.
//
// It is for measuring: no name, number or sentence in it is anybody's.
package county

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// Plan says how large a county is and what happens.
type Plan struct {
	Seed      uint64
	Villages  int
	Residents int  // of all villages together
	Texts     int  // in all
	Storm     bool // a night in which a third of the villages texts at once
}

// Village is one of the county.
type Village struct {
	ID        string
	File      string // its village file (TOML)
	Number    string // what its residents text
	Secretary string // staff ids
	Lead      string
	Residents int
	struck    bool // by the storm
}

// Text is one text of a resident.
type Text struct {
	At      time.Duration // since midnight
	Village int
	From    string // an address
	Words   string
}

var (
	given  = []string{"东", "西", "南", "北", "上", "下", "新", "老", "大", "小"}
	family = []string{"李", "王", "张", "陈", "周", "何", "罗", "杨", "黄", "彭"}
	kinds  = []string{"湾", "坪", "冲", "塘", "桥", "坡", "岭", "园", "铺", "洲"}
	places = []string{"村口", "桥头", "祠堂", "水塘", "晒谷场", "老粮站", "活动中心", "泵房", "小学", "卫生室", "渡口", "土地庙"}
)

// County makes the villages. Their sizes differ as those of real ones do: many
// small, some large.
func (p Plan) County() []Village {
	rng := rand.New(rand.NewPCG(p.Seed, 1))
	all := make([]Village, p.Villages)
	weights, sum := make([]float64, p.Villages), 0.0
	for i := range weights {
		weights[i] = math.Exp(rng.NormFloat64() * .6)
		sum += weights[i]
	}
	for i := range all {
		name := family[i/10%10] + given[i%10] + kinds[i/100%10] + "村"
		v := Village{
			ID: fmt.Sprintf("v%04d", i), Number: fmt.Sprintf("+1206%07d", i), Secretary: "li", Lead: "wang",
			Residents: max(1, int(float64(p.Residents)*weights[i]/sum)), struck: rng.IntN(3) == 0,
		}
		v.File = file(v, name, rng)
		all[i] = v
	}
	return all
}

func file(v Village, name string, rng *rand.Rand) string {
	var b strings.Builder
	fmt.Fprintf(&b, "id = %q\nname = %q\nlanguage = \"zh-Hans\"\ncountry = \"CN\"\ntimezone = \"Asia/Shanghai\"\nsms = [%q]\nquiet = \"\"\n",
		v.ID, name, v.Number)
	b.WriteString("\n[policy]\nhousehold = 0.95\n")
	spots := slices.Clone(places)
	rng.Shuffle(len(spots), func(i, j int) { spots[i], spots[j] = spots[j], spots[i] })
	for g := range 3 {
		fmt.Fprintf(&b, "\n[[area]]\nid = \"g%d\"\nkind = \"grid\"\nname = \"%s组\"\nplaces = [%q, %q, %q]\nlead = %q\n",
			g+1, []string{"一", "二", "三"}[g], spots[3*g], spots[3*g+1], spots[3*g+2], v.Lead)
	}
	b.WriteString("\n[[staff]]\nid = \"li\"\nname = \"李书记\"\nrole = \"secretary\"\n\n[[staff]]\nid = \"wang\"\nname = \"王组长\"\nrole = \"lead\"\n")
	b.WriteString("\n[[staff]]\nid = \"zhen\"\nname = \"镇政府\"\nrole = \"officer\"\n")
	return b.String()
}

// hours is how the texts of an ordinary day spread over its hours: few at night,
// most after breakfast and in the evening.
var hours = [24]float64{1, 1, 1, 1, 2, 6, 14, 22, 24, 20, 17, 15, 14, 12, 13, 14, 15, 17, 20, 22, 18, 10, 5, 2}

// at draws a time of the day. A storm comes at seven in the evening and is worst
// half an hour later.
func (p Plan) at(rng *rand.Rand, storm bool) time.Duration {
	if storm {
		d := 19*time.Hour + 30*time.Minute + time.Duration(rng.NormFloat64()*float64(20*time.Minute))
		return max(0, min(d, 24*time.Hour-time.Second))
	}
	sum := 0.0
	for _, w := range hours {
		sum += w
	}
	x := rng.Float64() * sum
	for h, w := range hours {
		if x < w {
			return time.Duration((float64(h) + x/w) * float64(time.Hour))
		}
		x -= w
	}
	return 24*time.Hour - time.Second
}

// Day makes the texts of the day, in the order of their times.
func (p Plan) Day(all []Village) []Text {
	rng := rand.New(rand.NewPCG(p.Seed, 2))
	total := 0
	ends := make([]int, len(all))
	for i, v := range all {
		total += v.Residents
		ends[i] = total
	}
	texts := make([]Text, 0, p.Texts)
	for len(texts) < p.Texts {
		storm := p.Storm && rng.IntN(10) < 8
		village, _ := slices.BinarySearch(ends, rng.IntN(total)+1)
		if storm && !all[village].struck {
			continue
		}
		from := fmt.Sprintf("sms:+8613%04d%05d", village, rng.IntN(all[village].Residents))
		at := p.at(rng, storm)
		texts = append(texts, Text{At: at, Village: village, From: from, Words: words(rng, storm)})
		for rng.IntN(4) == 0 && len(texts) < p.Texts { // who has texted texts again
			at += time.Duration(rng.ExpFloat64() * float64(40*time.Minute))
			if at >= 24*time.Hour {
				break
			}
			texts = append(texts, Text{At: at, Village: village, From: from, Words: again(rng)})
		}
	}
	slices.SortStableFunc(texts, func(a, b Text) int { return int(a.At - b.At) })
	return texts
}

var (
	needs = []string{
		"%s的路灯坏了三天了", "%s垃圾桶满了没人收", "%s水沟堵了，臭得很", "家里水龙头漏水，来个人看看", "养老金这个月没到账",
		"低保怎么申请，要带什么", "医保卡丢了怎么补", "邻居的树压到我家屋顶了", "%s的路坑坑洼洼，摩托都骑不过去", "我一个人扛不动米，谁帮忙送一下",
		"隔壁天天放音响，吵得睡不着", "宅基地想翻盖，找谁批", "自来水停了两天了，%s这边", "%s的井盖松了，怕小孩掉下去", "网上缴费不会弄，来教教我",
		"工地欠我两个月工资", "村里的账什么时候公布", "想学电商，有没有培训", "残疾证到期了怎么换", "喂 那个", "谢谢", "%s那边有人乱倒垃圾",
	}
	stormy = []string{
		"%s进水了", "断电了，%s这边全黑", "树倒了，压在%s的路上", "水进屋了，到膝盖了", "%s的桥过不去了", "电线掉下来了，在%s冒火花",
		"我妈一个人在家，电话打不通", "房顶漏得厉害，要塌了", "%s后面山上滑下来泥巴", "什么时候来电", "鱼塘的坝要冲垮了", "路断了出不去，老人要吃药",
	}
	after = []string{"办好没有", "怎么样了", "谢谢", "在%s旁边", "有人来吗", "好", "1", "5", "急得很", "不用了，自己弄好了"}
)

func again(rng *rand.Rand) string {
	return strings.ReplaceAll(after[rng.IntN(len(after))], "%s", places[rng.IntN(len(places))])
}

func words(rng *rand.Rand, storm bool) string {
	from := needs
	if storm {
		from = stormy
	}
	return strings.ReplaceAll(from[rng.IntN(len(from))], "%s", places[rng.IntN(len(places))])
}
