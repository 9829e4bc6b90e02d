package page

import (
	"embed"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"path"
	"strings"

	"sanshi/internal/web/assets"
)

//go:embed templates/*.html
var shared embed.FS

type pageTemplate struct {
	set *template.Template
}

// NewViews parses the templates of a site. Every file in dir that is not named
// with a leading "_" is a page: it defines "main" and is shown in the shared
// layout, or, when its name ends in "_part", alone. Files with "_" hold pieces
// that all pages may use.
func NewViews(site fs.FS, dir string, files *assets.Files) (*Views, error) {
	base := template.New("base").Funcs(template.FuncMap{
		"asset": files.Path,
		"dict":  dict,
	})
	if _, err := base.ParseFS(shared, "templates/_*.html"); err != nil {
		return nil, err
	}
	v := &Views{pages: map[string]*pageTemplate{}}
	if err := v.add(base, shared, "templates"); err != nil {
		return nil, err
	}
	if site == nil {
		return v, nil
	}
	if pieces, err := fs.Glob(site, path.Join(dir, "_*.html")); err == nil && len(pieces) > 0 {
		if _, err := base.ParseFS(site, pieces...); err != nil {
			return nil, err
		}
	}
	return v, v.add(base, site, dir)
}

func (v *Views) add(base *template.Template, site fs.FS, dir string) error {
	names, err := fs.Glob(site, path.Join(dir, "*.html"))
	if err != nil {
		return err
	}
	for _, n := range names {
		name := strings.TrimSuffix(path.Base(n), ".html")
		if strings.HasPrefix(name, "_") {
			continue
		}
		set, err := base.Clone()
		if err != nil {
			return err
		}
		if set, err = set.ParseFS(site, n); err != nil {
			return fmt.Errorf("page: %s: %w", n, err)
		}
		v.pages[name] = &pageTemplate{set: set}
	}
	return nil
}

func (v *Views) execute(w io.Writer, name string, data any) error {
	p, ok := v.pages[name]
	if !ok {
		return fmt.Errorf("page: there is no template %q", name)
	}
	top := "layout"
	if strings.HasSuffix(name, "_part") {
		top = "main"
	}
	return p.set.ExecuteTemplate(w, top, data)
}

// dict hands several named values to a piece of a page.
func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("page: dict wants pairs")
	}
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		k, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("page: dict key %d is no string", i)
		}
		m[k] = pairs[i+1]
	}
	return m, nil
}
