package main

import (
	"bytes"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// The pages of a rehearsal are those of the program, below another path: what
// leads from one to the other is rewritten, so that no link or form of a rehearsal
// ends at the real village, and no cookie of one is read by the other.

// ServeHTTP answers below /rehearsal/.
func (all *rehearsals) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	token, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, rehearsalPath), "/")
	run, ok := all.find(rehearsalPath + token)
	switch {
	case !ok:
		http.Error(w, "这次演练已经结束。 This rehearsal is over.", http.StatusNotFound)
		return
	case rest == "end":
		all.ended(w, r, run)
		return
	case !rehearsed(rest):
		http.NotFound(w, r)
		return
	}
	inner := r.Clone(r.Context())
	inner.URL.Path, inner.URL.RawPath = "/"+rest, ""
	inner.RequestURI = inner.URL.RequestURI()
	got := &answer{header: http.Header{}, code: http.StatusOK}
	run.pages.ServeHTTP(got, inner)
	run.pass(w, got)
}

// rehearsed are the pages that a rehearsal has: no API and no webhook.
func rehearsed(path string) bool {
	for _, p := range []string{"sim", "console", "board", "assets"} {
		if path == p || strings.HasPrefix(path, p+"/") {
			return true
		}
	}
	return false
}

// ended ends it, by a button only.
func (all *rehearsals) ended(w http.ResponseWriter, r *http.Request, run *rehearsal) {
	if err := http.NewCrossOriginProtection().Check(r); r.Method != http.MethodPost || err != nil {
		http.Error(w, "only by the button", http.StatusMethodNotAllowed)
		return
	}
	if err := all.end(r.Context(), func(x *rehearsal) bool { return x == run }); err != nil {
		all.real.Options.Log.Error("a rehearsal did not end well", "cause", err)
	}
	http.Redirect(w, r, "/console/", http.StatusSeeOther)
}

// answer is one that is held until it is rewritten. Pages are small.
type answer struct {
	header http.Header
	code   int
	body   bytes.Buffer
}

func (a *answer) Header() http.Header         { return a.header }
func (a *answer) WriteHeader(code int)        { a.code = code }
func (a *answer) Write(b []byte) (int, error) { return a.body.Write(b) }

// inside finds what leads to another page, in the markup of our own templates;
// what people wrote never stands there unescaped.
var inside = regexp.MustCompile(`\b(href|action|src|hx-get|hx-post)="/(sim|console|board|assets)`)

// pass hands an answer on, with its links led back below the rehearsal's path.
func (r *rehearsal) pass(w http.ResponseWriter, got *answer) {
	h := w.Header()
	for k, values := range got.header {
		for _, v := range values {
			switch {
			case (k == "Location" || k == "Hx-Redirect") && strings.HasPrefix(v, "/"):
				v = r.path + v
			case k == "Set-Cookie":
				v = strings.Replace(v, "Path=/", "Path="+r.path+"/", 1)
			}
			h.Add(k, v)
		}
	}
	body := got.body.Bytes()
	if strings.HasPrefix(h.Get("Content-Type"), "text/html") {
		body = inside.ReplaceAll(body, []byte(`$1="`+r.path+`/$2`))
		body = bytes.Replace(body, []byte("<main "), append([]byte(r.banner()), "<main "...), 1)
		h.Set("Content-Length", strconv.Itoa(len(body)))
		h.Set("Cache-Control", "no-store")
	}
	w.WriteHeader(got.code)
	_, _ = w.Write(body)
}

// banner stands on every page of a rehearsal.
func (r *rehearsal) banner() string {
	left := max(1, int(r.until.Sub(r.Options.Now()).Round(time.Minute)/time.Minute))
	return `<div class="container"><div class="flash bad" role="status"><b>演练：短信、电话、消息都不会发出去。</b> Rehearsal: nothing leaves. ` +
		strconv.Itoa(left) + ` min <a href="` + r.path + `/sim/">手机 phones</a>` +
		`<form method="post" action="` + r.path + `/end"><button class="plain">结束，全部删掉 End and delete everything</button></form></div></div>`
}
