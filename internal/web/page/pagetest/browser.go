// Package pagetest shows our pages to a real browser: the chromium of the
// system. What a handler test cannot see is seen here: that the style sheet is
// allowed by the policy, that nothing is wider than a phone, that htmx works.
package pagetest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Sizes of a window in CSS pixels: an ordinary small phone, and a desk.
var (
	Handset = Size{360, 740, 2, true}
	Desktop = Size{1280, 860, 1, false}
)

// Size is a window: width, height, pixels a CSS pixel, and whether it is touched.
type Size struct {
	Width, Height int64
	Scale         float64
	Touch         bool
}

// Browser is one tab.
type Browser struct {
	t    *testing.T
	ctx  context.Context
	base string
	dir  string // where pictures go, or ""

	mu     sync.Mutex
	faults []string // what the browser's console complained of
}

// Open starts a browser on the pages at base, such as the URL of a test server.
// Pictures are written to dir unless it is "". A missing browser fails the test:
// one that is silently not run proves nothing.
func Open(t *testing.T, base, dir string) *Browser {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("this test needs a browser: install the packages chromium and fonts-noto-cjk (apt-get install chromium fonts-noto-cjk)")
	}
	opts := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.NoDefaultBrowserCheck, chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("hide-scrollbars", true),
		chromedp.WSURLReadTimeout(60 * time.Second),
	}
	alloc, stop := chromedp.NewExecAllocator(context.Background(), opts...) // makes and removes its own data folder
	ctx, done := chromedp.NewContext(alloc)
	ctx, late := context.WithTimeout(ctx, 3*time.Minute)
	t.Cleanup(func() { late(); done(); stop() })
	b := &Browser{t: t, ctx: ctx, base: base, dir: dir}
	if err := chromedp.Listen(ctx, b.listen); err != nil {
		t.Fatal(err)
	}
	return b
}

// listen gathers complaints: a blocked style, a script that threw.
func (b *Browser) listen(ev any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch ev := ev.(type) {
	case *log.EventEntryAdded:
		if ev.Entry.Level == log.EntryLevelError && !strings.Contains(ev.Entry.Text, "status of 4") {
			b.faults = append(b.faults, ev.Entry.Text)
		}
	case *runtime.EventExceptionThrown:
		b.faults = append(b.faults, ev.ExceptionDetails.Text)
	}
}

// do runs steps and fails the test at the first that does not work, with what
// the page said at that moment.
func (b *Browser) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, stepTime)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		now, cancel := context.WithTimeout(b.ctx, 5*time.Second)
		defer cancel()
		text, _ := chromedp.Run(now, chromedp.Evaluate[string]("document.body.innerText"))
		b.t.Fatalf("browser: %v\nthe page says:\n%s", err, text)
	}
}

// stepTime is how long one step may take on a busy machine.
const stepTime = 30 * time.Second

// Eval runs a script in the page and gives its value.
func Eval[T any](b *Browser, script string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](script))
	if err != nil {
		b.t.Fatalf("browser: %s: %v", script, err)
	}
	return v
}

// Click presses the first element that a CSS selector finds, once it can be seen.
func (b *Browser) Click(css string) {
	b.t.Helper()
	b.do(chromedp.Click(chromedp.CSS(css), chromedp.NodeVisible))
}

// Type writes into a field.
func (b *Browser) Type(css, text string) {
	b.t.Helper()
	b.do(chromedp.SendKeys(chromedp.CSS(css), text, chromedp.NodeVisible))
}

// Choose sets a select as a person would, so that the page hears of it.
func (b *Browser) Choose(css, value string) {
	b.t.Helper()
	Eval[bool](b, fmt.Sprintf(`(() => { const s = document.querySelector(%q); s.value = %q;
		return s.dispatchEvent(new Event("change", {bubbles: true})) })()`, css, value))
}

// Resize makes the window a phone's or a desk's.
func (b *Browser) Resize(s Size) {
	b.t.Helper()
	opts := []chromedp.EmulateViewportOption{chromedp.EmulateScale(s.Scale)}
	if s.Touch {
		opts = append(opts, chromedp.EmulateMobile, chromedp.EmulateTouch, chromedp.EmulatePortrait)
	}
	b.do(chromedp.EmulateViewport(s.Width, s.Height, opts...))
}

// Go opens a path and waits until it is there.
func (b *Browser) Go(path string) {
	b.t.Helper()
	b.do(chromedp.Navigate(b.base+path), chromedp.WaitReady(chromedp.CSS("#main")))
}

// See waits until the page shows a text.
func (b *Browser) See(text string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 15*time.Second)
	defer cancel()
	for {
		body, err := chromedp.Run(ctx, chromedp.Evaluate[string]("document.body ? document.body.innerText : ''"))
		if err == nil && strings.Contains(body, text) {
			return
		}
		select {
		case <-ctx.Done():
			b.t.Fatalf("browser: %q never appeared; the page says:\n%s", text, body)
		case <-time.After(50 * time.Millisecond): // polls another process, which has no clock of ours
		}
	}
}

// Fits fails if the page is wider than its window.
func (b *Browser) Fits(what string) {
	b.t.Helper()
	if over := Eval[float64](b, "document.documentElement.scrollWidth - window.innerWidth"); over > 0 {
		b.t.Errorf("%s is %v pixels wider than the window", what, over)
	}
}

// Picture writes the page as it is seen, or whole, to NAME.png.
func (b *Browser) Picture(name string, whole bool) {
	b.t.Helper()
	if b.dir == "" {
		return
	}
	shot := chromedp.CaptureScreenshot()
	if whole {
		shot = chromedp.FullScreenshot(100)
	}
	png, err := chromedp.Run(b.ctx, shot)
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(b.dir, name+".png"), png, 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// Quiet fails if the browser complained of anything since it was opened, but for
// what holds one of the expected texts.
func (b *Browser) Quiet(expected ...string) {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, f := range b.faults {
		if !slices.ContainsFunc(expected, func(e string) bool { return strings.Contains(f, e) }) {
			b.t.Errorf("the browser complains: %s", f)
		}
	}
}

// Heard counts the complaints so far.
func (b *Browser) Heard() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.faults)
}
