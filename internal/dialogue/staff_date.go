package dialogue

import (
	"strconv"
	"strings"
	"time"
)

// date is a day as somebody says it who means a day and no other. told: the words
// also say that she goes, or will be done by then.
type date struct {
	days       int // from today, when month and weekday are 0 and day is 0
	month, day int
	weekday    int // 1 Monday to 7 Sunday
	next       bool
	told       bool
}

var (
	dayWords   = []string{"今天", "今日", "明天", "明日", "后天", "大后天"}
	dayNumbers = map[string]int{"今天": 0, "今日": 0, "明天": 1, "明日": 1, "后天": 2, "大后天": 3}
	weekWords  = []string{"下星期", "下礼拜", "下周", "这周", "本周", "星期", "礼拜", "周"}
	weekDays   = map[string]int{"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "日": 7, "天": 7}
	// dateTails say what happens on the day. Longer ones first.
	dateTails = []string{"之前办好", "以前办好", "前办好", "之前弄好", "前弄好", "前修好", "之前", "以前", "前", "再去", "过去", "去修", "去看", "去办", "去弄", "去", "来修", "来", "办好", "办", "修", "弄", "到"}
)

// dateIn reads a folded word that is wholly a date: 明天去, 28号前, 12月3日前, 下周二去.
func dateIn(s string) (d date, ok bool) {
	for _, t := range dateTails {
		if head, cut := strings.CutSuffix(s, t); cut && head != "" {
			s, d.told = head, true
			break
		}
	}
	for _, part := range []string{"上午", "下午", "晚上", "早上"} {
		s = strings.TrimSuffix(s, part)
	}
	for _, w := range dayWords {
		if s == w {
			d.days = dayNumbers[w]
			return d, true
		}
	}
	for _, w := range weekWords {
		if rest, cut := strings.CutPrefix(s, w); cut {
			d.weekday, d.next = weekDays[rest], strings.HasPrefix(w, "下")
			return d, d.weekday > 0
		}
	}
	return d.numbered(s)
}

// numbered reads 28号, 12月3日, 3天内.
func (d date) numbered(s string) (date, bool) {
	if n, ok := before(s, "天内"); ok {
		d.days, d.told = n, true
		return d, n > 0 && n <= 60
	}
	if month, rest, cut := strings.Cut(s, "月"); cut {
		m, err := strconv.Atoi(month)
		if err != nil || m < 1 || m > 12 {
			return d, false
		}
		d.month, s = m, rest
	}
	for _, unit := range []string{"号", "日"} {
		if n, ok := before(s, unit); ok {
			d.day = n
			return d, n >= 1 && n <= 31
		}
	}
	return d, false
}

func before(s, unit string) (int, bool) {
	head, cut := strings.CutSuffix(s, unit)
	n, err := strconv.Atoi(head)
	return n, cut && err == nil
}

// on is 18:00 of the day meant, seen from now; ok is false when there is no such
// day, or it is not certain which is meant.
func (d date) on(now time.Time, loc *time.Location) (time.Time, bool) {
	y, m, day := now.In(loc).Date()
	at := func(y int, m time.Month, day int) time.Time { return time.Date(y, m, day, 18, 0, 0, 0, loc) }
	var t time.Time
	switch {
	case d.weekday > 0:
		monday := day - (int(now.In(loc).Weekday())+6)%7
		t = at(y, m, monday+d.weekday-1)
		if d.next {
			t = t.AddDate(0, 0, 7)
		}
	case d.month > 0:
		if t = at(y, time.Month(d.month), d.day); t.Before(now) {
			t = at(y+1, time.Month(d.month), d.day)
		}
		return t, t.Day() == d.day
	case d.day > 0:
		if t = at(y, m, d.day); t.Before(now) {
			t = at(y, m+1, d.day)
		}
		return t, t.Day() == d.day
	default:
		t = at(y, m, day+d.days)
	}
	return t, t.After(now)
}
