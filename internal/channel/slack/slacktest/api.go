package slacktest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// answer is the body of an answer.
type answer map[string]any

func refuse(code string) answer { return answer{"ok": false, "error": code} }

// serve answers one call.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	method := r.PathValue("method")
	params, err := readParams(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	if token == "" {
		token = params.Get("token")
	}
	params.Del("token") // no test needs to see it
	f := s.fault(method)
	time.Sleep(f.Slow)
	var a answer
	if f == (Fault{Slow: f.Slow}) || f.Taken {
		a = s.do(method, token, params)
	}
	s.reply(w, method, params, a, f)
}

func (s *Server) reply(w http.ResponseWriter, method string, params url.Values, a answer, f Fault) {
	note := func(what string) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.calls = append(s.calls, Call{Method: method, Params: params, Answer: what, At: s.Now()})
	}
	switch {
	case f.Cut:
		note("cut")
		if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			conn.Close()
		}
	case f.After != "":
		note("ratelimited")
		w.Header().Set("Retry-After", f.After)
		w.WriteHeader(http.StatusTooManyRequests)
	case f.HTTP != 0:
		note(strconv.Itoa(f.HTTP))
		w.WriteHeader(f.HTTP)
		io.WriteString(w, "<html>Slack is having trouble</html>")
	default:
		if f.Error != "" {
			a = refuse(f.Error)
		}
		what := "ok"
		if a["ok"] != true {
			what = fmt.Sprint(a["error"])
		}
		note(what)
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		if method == "auth.test" {
			w.Header().Set("X-OAuth-Scopes", s.scopes)
		}
		json.NewEncoder(w).Encode(a)
	}
}

func (s *Server) fault(method string) (f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if waiting := s.faults[method]; len(waiting) > 0 {
		f, s.faults[method] = waiting[0], waiting[1:]
	}
	return f
}

// readParams takes a form, or a JSON object whose values it writes as a form would.
func readParams(r *http.Request) (url.Values, error) {
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		err := r.ParseForm()
		return r.Form, err
	}
	var body map[string]json.RawMessage
	data, err := io.ReadAll(r.Body)
	if err != nil || len(data) == 0 {
		return url.Values{}, err
	}
	if err := json.Unmarshal(data, &body); err != nil {
		return nil, err
	}
	params := url.Values{}
	for k, v := range body {
		text := string(v)
		if err := json.Unmarshal(v, &text); err != nil {
			text = string(v)
		}
		params.Set(k, text)
	}
	return params, nil
}

// do carries out a call.
func (s *Server) do(method, token string, p url.Values) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	want := BotToken
	if method == "apps.connections.open" {
		want = AppToken
	}
	switch {
	case token == "":
		return refuse("not_authed")
	case token != want:
		return refuse("invalid_auth")
	case s.locked != "":
		return refuse(s.locked)
	}
	does := map[string]func(url.Values) answer{
		"auth.test": s.authTest, "chat.postMessage": s.post, "chat.update": s.update, "chat.postEphemeral": s.whisper,
		"views.open": s.openView, "views.update": s.updateView, "views.publish": s.publish, "conversations.open": s.open,
		"conversations.history": s.history, "conversations.info": s.info, "users.info": s.user, "files.info": s.fileInfo,
		"apps.connections.open": s.connection,
	}
	if do := does[method]; do != nil {
		return do(p)
	}
	return refuse("unknown_method")
}

func (s *Server) authTest(url.Values) answer {
	return answer{"ok": true, "url": "https://village.example/", "team": "向阳村", "user": "sanshi", "team_id": Team, "user_id": BotUser, "bot_id": BotID}
}

// place finds the channel that is written to, or why it cannot be.
func (s *Server) place(to string) (channel, wrong string) {
	switch {
	case to == "":
		return "", "channel_not_found"
	case to[0] == 'U' || to[0] == 'W':
		if s.gone[to] {
			return "", "channel_not_found"
		}
		return Direct(to), ""
	case strings.IndexByte("CGD", to[0]) < 0:
		return "", "channel_not_found"
	}
	switch s.channels[to] {
	case "deleted":
		return "", "channel_not_found"
	case "archived":
		return "", "is_archived"
	case "left":
		return "", "not_in_channel"
	}
	return to, ""
}

// content checks text and blocks of a message.
func content(p url.Values) (json.RawMessage, string) {
	blocks := json.RawMessage(p.Get("blocks"))
	if p.Get("text") == "" && len(blocks) == 0 {
		return nil, "no_text"
	}
	if len([]rune(p.Get("text"))) > 40000 {
		return nil, "msg_too_long"
	}
	if len(blocks) == 0 {
		return nil, ""
	}
	return blocks, CheckMessage(blocks)
}

func (s *Server) post(p url.Values) answer {
	channel, wrong := s.place(p.Get("channel"))
	if wrong != "" {
		return refuse(wrong)
	}
	blocks, wrong := content(p)
	if wrong != "" {
		return refuse(wrong)
	}
	m := s.write(channel, BotUser, p.Get("text"), blocks, p.Get("thread_ts"))
	return answer{"ok": true, "channel": channel, "ts": m.TS, "message": m.object()}
}

func (m *Message) object() answer {
	a := answer{"type": "message", "text": m.Text, "ts": m.TS, "user": m.User, "team": Team}
	if m.User == BotUser {
		a["bot_id"] = BotID
	}
	if len(m.Blocks) > 0 {
		a["blocks"] = m.Blocks
	}
	if m.Thread != "" {
		a["thread_ts"] = m.Thread
	}
	return a
}

func (s *Server) update(p url.Values) answer {
	channel, wrong := s.place(p.Get("channel"))
	if wrong != "" {
		return refuse(wrong)
	}
	at := slices.IndexFunc(s.messages, func(m *Message) bool { return m.Channel == channel && m.TS == p.Get("ts") })
	switch {
	case at < 0:
		return refuse("message_not_found")
	case s.messages[at].User != BotUser:
		return refuse("cant_update_message")
	}
	blocks, wrong := content(p)
	if wrong != "" {
		return refuse(wrong)
	}
	m := s.messages[at]
	m.Text, m.Blocks, m.Edits = p.Get("text"), blocks, m.Edits+1
	return answer{"ok": true, "channel": channel, "ts": m.TS, "text": m.Text, "message": m.object()}
}

func (s *Server) whisper(p url.Values) answer {
	channel, wrong := s.place(p.Get("channel"))
	if wrong != "" {
		return refuse(wrong)
	}
	blocks, wrong := content(p)
	if wrong != "" {
		return refuse(wrong)
	}
	s.serial++
	s.whispers = append(s.whispers, Whisper{Channel: channel, User: p.Get("user"), Text: p.Get("text"), Blocks: blocks})
	return answer{"ok": true, "message_ts": fmt.Sprintf("%010d.%06d", s.Now().Unix(), s.serial)}
}

func (s *Server) open(p url.Values) answer {
	user := p.Get("users")
	if user == "" || s.gone[user] {
		return refuse("user_not_found")
	}
	return answer{"ok": true, "channel": answer{"id": Direct(user)}}
}

// history gives the newest first, in pages.
func (s *Server) history(p url.Values) answer {
	channel, wrong := s.place(p.Get("channel"))
	if wrong == "is_archived" { // an archived channel can be read
		channel, wrong = p.Get("channel"), ""
	}
	if wrong != "" {
		return refuse(wrong)
	}
	limit, err := strconv.Atoi(p.Get("limit"))
	if err != nil || limit < 1 || limit > 999 {
		limit = 100
	}
	skip, _ := strconv.Atoi(p.Get("cursor"))
	oldest, inclusive := p.Get("oldest"), p.Get("inclusive") == "1"
	all := []answer{}
	for _, m := range slices.Backward(s.messages) {
		if m.Channel == channel && m.Thread == "" && (m.TS > oldest || inclusive && m.TS == oldest) {
			all = append(all, m.object())
		}
	}
	all = all[min(skip, len(all)):]
	more, next := len(all) > limit, ""
	if more {
		all, next = all[:limit], strconv.Itoa(skip+limit)
	}
	return answer{"ok": true, "messages": all, "has_more": more, "pin_count": 0, "channel_actions_ts": nil, "channel_actions_count": 0,
		"response_metadata": answer{"next_cursor": next}}
}

func (s *Server) info(p url.Values) answer {
	id := p.Get("channel")
	if s.channels[id] == "deleted" || id == "" {
		return refuse("channel_not_found")
	}
	return answer{"ok": true, "channel": answer{
		"id": id, "name": strings.ToLower(id), "name_normalized": strings.ToLower(id), "created": 1700000000, "creator": "U0LI00000",
		"is_channel": true, "is_group": false, "is_im": false, "is_mpim": false, "is_private": false, "is_general": false,
		"is_archived": s.channels[id] == "archived", "is_member": s.channels[id] == "", "is_org_shared": false, "is_shared": false,
		"unlinked": 0, "topic": answer{"value": "", "creator": "", "last_set": 0}, "purpose": answer{"value": "", "creator": "", "last_set": 0},
	}}
}

func (s *Server) user(p url.Values) answer {
	id := p.Get("user")
	if id == "" || id[0] != 'U' {
		return refuse("user_not_found")
	}
	return answer{"ok": true, "user": answer{"id": id, "team_id": Team, "name": strings.ToLower(id), "deleted": s.gone[id], "is_bot": id == BotUser,
		"is_app_user": false, "updated": 1700000000, "profile": answer{"real_name": id}}}
}
