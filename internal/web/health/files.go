package health

import (
	"embed"
	"net/http"
)

// What a Prometheus and a Grafana need to watch this service, beside its
// metrics so that they cannot drift apart: a test compares them.
//
//go:embed files
var watching embed.FS

// files gives them out: /files/dashboard.json and /files/alerts.yml.
func files() http.Handler { return http.FileServerFS(watching) }
