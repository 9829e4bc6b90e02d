package main

import (
	"fmt"
	"strings"
	"time"
)

// plot draws the samples of a day as SVG: what came in and what was handled, what
// waited, and the memory.
func plot(samples []sample) string {
	const width, height, left, top = 900, 170, 70, 34
	type curve struct {
		name, colour string
		value        func(i int) float64
	}
	perMinute := func(count func(sample) int64) func(int) float64 {
		return func(i int) float64 {
			if i == 0 {
				return 0
			}
			minutes := (samples[i].at - samples[i-1].at).Minutes()
			if minutes <= 0 {
				return 0
			}
			return float64(count(samples[i])-count(samples[i-1])) / minutes
		}
	}
	charts := []struct {
		title  string
		curves []curve
	}{
		{"texts a minute of the day", []curve{
			{"kept", "#3366cc", perMinute(func(x sample) int64 { return x.kept })},
			{"handled", "#33aa55", perMinute(func(x sample) int64 { return x.handled })},
		}},
		{"waiting to be handled", []curve{{"texts", "#cc5533", func(i int) float64 { return float64(samples[i].waiting) }}}},
		{"memory, MB", []curve{{"resident", "#775599", func(i int) float64 { return float64(samples[i].memory) / 1e6 }}}},
	}
	last := 24 * time.Hour
	if n := len(samples); n > 0 {
		last = max(last, samples[n-1].at)
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="12">`+"\n",
		width+left+30, len(charts)*(height+60)+10)
	b.WriteString(`<rect width="100%" height="100%" fill="white"/>` + "\n")
	for n, c := range charts {
		y := top + n*(height+60)
		most := 1.0
		for _, k := range c.curves {
			for i := range samples {
				most = max(most, k.value(i))
			}
		}
		fmt.Fprintf(&b, `<text x="%d" y="%d" font-weight="bold">%s</text><text x="%d" y="%d" text-anchor="end">%.0f</text><text x="%d" y="%d" text-anchor="end">0</text>`+"\n",
			left, y-8, c.title, left-6, y+10, most, left-6, y+height)
		fmt.Fprintf(&b, `<rect x="%d" y="%d" width="%d" height="%d" fill="none" stroke="#bbb"/>`+"\n", left, y, width, height)
		for h := 0; h <= 24; h += 3 {
			x := left + int(float64(width)*float64(h)*float64(time.Hour)/float64(last))
			fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="middle">%d:00</text>`+"\n", x, y+height+16, h)
		}
		for j, k := range c.curves {
			fmt.Fprintf(&b, `<text x="%d" y="%d" fill="%s">%s</text><polyline fill="none" stroke="%s" stroke-width="1.5" points="`,
				left+200+90*j, y-8, k.colour, k.name, k.colour)
			for i, x := range samples {
				fmt.Fprintf(&b, "%.1f,%.1f ", float64(left)+float64(width)*float64(x.at)/float64(last), float64(y+height)-float64(height)*k.value(i)/most)
			}
			b.WriteString(`"/>` + "\n")
		}
	}
	b.WriteString("</svg>\n")
	return b.String()
}
