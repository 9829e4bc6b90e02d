package main

import (
	"bytes"
	"strings"
	"testing"
)

// The manifest names every address that Slack calls, or for Socket Mode none.
func TestSlackManifest(t *testing.T) {
	print := func(args ...string) string {
		var out, bad bytes.Buffer
		code := run(t.Context(), append([]string{"slack", "manifest"}, args...), []string{"SANSHI_PUBLIC_URL=https://village.example/"}, nil, &out, &bad)
		if code != 0 {
			t.Fatalf("exit %d: %s", code, bad.String())
		}
		return out.String()
	}
	web, socket := print(), print("--socket")
	for _, path := range []string{"/slack/commands", "/slack/events", "/slack/interactions"} {
		if !strings.Contains(web, "https://village.example"+path) {
			t.Errorf("it does not name %s", path)
		}
	}
	if strings.Contains(web+socket, "PUBLIC_URL") || strings.Contains(socket, "https://") || !strings.Contains(socket, "socket_mode_enabled: true") {
		t.Errorf("%s\n%s", web, socket)
	}
	for _, needed := range []string{"chat:write", "commands", "files:read", "im:history", "use_photo", "note_it", "app_home_opened", "message.im", "app_uninstalled", "tokens_revoked"} {
		if !strings.Contains(web, needed) || !strings.Contains(socket, needed) {
			t.Errorf("it lacks %s", needed)
		}
	}
}
