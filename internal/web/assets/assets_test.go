package assets

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestEveryFileIsServedUnderItsHash(t *testing.T) {
	f := New()
	for _, name := range []string{"htmx.min.js", "pico.min.css", "sanshi.css", "htmx.LICENSE.txt", "pico.LICENSE.txt"} {
		p := f.Path(name)
		if !strings.HasPrefix(p, Prefix) || !strings.HasSuffix(p, "/"+name) {
			t.Fatalf("path of %s is %q", name, p)
		}
		w := httptest.NewRecorder()
		f.ServeHTTP(w, httptest.NewRequest(http.MethodGet, p, nil))
		if w.Code != http.StatusOK || w.Body.Len() < 100 {
			t.Errorf("%s: status %d, %d bytes", name, w.Code, w.Body.Len())
		}
		if got := w.Header().Get("Cache-Control"); !strings.Contains(got, "immutable") {
			t.Errorf("%s: Cache-Control %q", name, got)
		}
	}
}

func TestWhatIsNotAnAsset(t *testing.T) {
	f := New()
	for _, tc := range []struct {
		method, path string
		want         int
	}{
		{http.MethodGet, "/assets/", http.StatusNotFound},
		{http.MethodGet, "/assets/htmx.min.js", http.StatusNotFound},
		{http.MethodGet, "/assets/000000000000/htmx.min.js", http.StatusNotFound},
		{http.MethodGet, "/assets/../assets.go", http.StatusNotFound},
		{http.MethodPost, f.Path("htmx.min.js"), http.StatusMethodNotAllowed},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Method, r.URL.Path = tc.method, tc.path
		w := httptest.NewRecorder()
		f.ServeHTTP(w, r)
		if w.Code != tc.want {
			t.Errorf("%s %s: %d, want %d", tc.method, tc.path, w.Code, tc.want)
		}
	}
}
