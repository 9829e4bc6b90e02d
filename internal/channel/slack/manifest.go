package slack

import (
	_ "embed"
	"slices"
	"strings"
)

//go:embed manifest.yaml
var manifest string

// Manifest describes the app to Slack, to be pasted where a new app is made: with
// the address that Slack calls, or for Socket Mode with none.
func Manifest(publicURL string, socket bool) string {
	var out []string
	for line := range strings.Lines(manifest) {
		switch {
		case socket && strings.Contains(line, "PUBLIC_URL"):
			continue
		case socket:
			line = strings.Replace(line, "socket_mode_enabled: false", "socket_mode_enabled: true", 1)
		}
		out = append(out, strings.Replace(line, "PUBLIC_URL", strings.TrimSuffix(publicURL, "/"), 1))
	}
	return strings.Join(out, "")
}

// Missing lists the scopes of the manifest that a token does not have.
func Missing(scopes []string) (missing []string) {
	_, after, _ := strings.Cut(manifest, "    bot:\n")
	for line := range strings.Lines(after) {
		scope, is := strings.CutPrefix(strings.TrimSpace(line), "- ")
		if !is {
			break
		}
		if !slices.Contains(scopes, scope) {
			missing = append(missing, scope)
		}
	}
	return missing
}
