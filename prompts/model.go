package prompts

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"text/template"
)

//go:embed model/*.tmpl
var modelFiles embed.FS

// ModelPrompt is what a language model is told: a template with the parts
// "system" and "user".
type ModelPrompt struct {
	// Version names the words of the file: it changes when one of them does, so
	// that a decision can always be traced to what was asked.
	Version string
	parts   *template.Template
}

var refine = mustParse("model/refine.tmpl")

// Refine asks what a resident's text is about.
func Refine() ModelPrompt { return refine }

// Fill gives both parts with data filled in.
func (p ModelPrompt) Fill(data any) (system, user string, err error) {
	var s, u bytes.Buffer
	if err := p.parts.ExecuteTemplate(&s, "system", data); err != nil {
		return "", "", err
	}
	if err := p.parts.ExecuteTemplate(&u, "user", data); err != nil {
		return "", "", err
	}
	return s.String(), u.String(), nil
}

// mustParse panics on a broken file: the files are part of the program.
func mustParse(name string) ModelPrompt {
	text, err := modelFiles.ReadFile(name)
	if err != nil {
		panic(err)
	}
	sum := sha256.Sum256(text)
	return ModelPrompt{
		Version: hex.EncodeToString(sum[:4]),
		parts:   template.Must(template.New(name).Option("missingkey=error").Parse(string(text))),
	}
}
