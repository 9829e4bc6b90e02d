// Package assets serves the few files that every page needs: a style sheet, our
// own additions to it, and htmx. They are part of the program, so a village
// without a way to the outside sees the same pages as any other.
//
// A file's path holds a part of its hash: browsers keep it for ever, and a new
// release never meets an old file.
package assets

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
)

// Prefix is where the handler is mounted.
const Prefix = "/assets/"

//go:embed files
var files embed.FS

// Files knows the path of each file. Its zero value is of no use: see New.
type Files struct {
	paths map[string]string // name → path with its hash
	byURL map[string]string // path with its hash → name
}

// New reads the embedded files and names each by its content.
func New() *Files {
	f := &Files{paths: map[string]string{}, byURL: map[string]string{}}
	entries, err := fs.ReadDir(files, "files")
	if err != nil {
		panic(err) // the files are part of the program
	}
	for _, e := range entries {
		body, err := files.ReadFile("files/" + e.Name())
		if err != nil {
			panic(err)
		}
		sum := sha256.Sum256(body)
		p := Prefix + hex.EncodeToString(sum[:6]) + "/" + e.Name()
		f.paths[e.Name()], f.byURL[p] = p, e.Name()
	}
	return f
}

// Path gives the path of a file, such as "sanshi.css"; "" when there is none.
func (f *Files) Path(name string) string { return f.paths[name] }

// ServeHTTP answers GET and HEAD for the paths that Path gives.
func (f *Files) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, ok := f.byURL[r.URL.Path]
	switch {
	case !ok:
		http.NotFound(w, r)
		return
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	w.Header().Set("Content-Type", contentType(name))
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	http.ServeFileFS(w, r, files, "files/"+name)
}

// contentType is fixed here because the system's own table differs between machines.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}
	return "text/plain; charset=utf-8"
}
