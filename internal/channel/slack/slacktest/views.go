package slacktest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

func (s *Server) openView(p url.Values) answer {
	trigger := p.Get("trigger_id")
	if trigger == "" {
		return refuse("invalid_trigger")
	}
	if wrong := CheckView(json.RawMessage(p.Get("view"))); wrong != "" {
		return refuse(wrong)
	}
	s.serial++
	return s.keepView(fmt.Sprintf("V%09d", s.serial), p.Get("view"))
}

func (s *Server) updateView(p url.Values) answer {
	id := p.Get("view_id")
	if _, ok := s.views[id]; !ok {
		return refuse("not_found")
	}
	if wrong := CheckView(json.RawMessage(p.Get("view"))); wrong != "" {
		return refuse(wrong)
	}
	return s.keepView(id, p.Get("view"))
}

func (s *Server) keepView(id, view string) answer {
	s.views[id] = json.RawMessage(view)
	return answer{"ok": true, "view": viewObject(id, view)}
}

func viewObject(id, view string) answer {
	a := answer{}
	_ = json.Unmarshal([]byte(view), &a) // it was checked
	a["id"], a["team_id"], a["hash"], a["app_id"], a["bot_id"] = id, Team, "1."+id, "A0SANSHI00", BotID
	return a
}

func (s *Server) publish(p url.Values) answer {
	user, view := p.Get("user_id"), json.RawMessage(p.Get("view"))
	if user == "" || s.gone[user] {
		return refuse("user_not_found")
	}
	if wrong := CheckView(view); wrong != "" {
		return refuse(wrong)
	}
	s.homes[user] = append(s.homes[user], view)
	return answer{"ok": true, "view": viewObject("V0HOME"+user, string(view))}
}

// file is one that somebody put into Slack.
type file struct {
	name, mime, user string
	data             []byte
}

// AddFile puts a file into Slack. Its address, on the stand-in, wants the bot's token.
func (s *Server) AddFile(id, name, mime, user string, data []byte) (address string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[id] = file{name, mime, user, data}
	return s.fileURL(id)
}

func (s *Server) fileURL(id string) string {
	return strings.TrimSuffix(s.URL, "/api/") + "/files/" + id
}

func (s *Server) fileInfo(p url.Values) answer {
	id := p.Get("file")
	f, ok := s.files[id]
	if !ok {
		return refuse("file_not_found")
	}
	return answer{"ok": true, "comments": []any{}, "file": answer{
		"id": id, "name": f.name, "title": f.name, "mimetype": f.mime, "filetype": strings.TrimPrefix(f.mime, "image/"), "user": f.user,
		"size": len(f.data), "mode": "hosted", "created": 1700000000, "timestamp": 1700000000, "is_external": false, "is_public": false,
		"url_private": s.fileURL(id), "url_private_download": s.fileURL(id),
	}}
}

// download serves a file. Slack answers a request without a token with its sign-in
// page and 200: a program that does not look would keep that as a picture.
func (s *Server) download(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	f, ok := s.files[r.PathValue("id")]
	s.mu.Unlock()
	switch {
	case r.Header.Get("Authorization") != "Bearer "+BotToken:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, "<html>Sign in to Slack</html>")
	case !ok:
		http.NotFound(w, r)
	default:
		w.Header().Set("Content-Type", f.mime)
		_, _ = w.Write(f.data)
	}
}
