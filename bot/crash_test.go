package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"sanshi/internal/channel/twilio/twiliotest"
)

// binary builds the program as it is shipped.
func binary(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "bot")
	if out, err := exec.Command("go", "build", "-o", file, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return file
}

// service is the real binary as a process.
type service struct {
	cmd  *exec.Cmd
	url  string
	logs *bytes.Buffer
}

// hereLine is where the service says that it listens.
var hereLine = regexp.MustCompile(`here +(http://\S+)\n`)

func launch(t *testing.T, file, dir, twilioURL string, env ...string) *service {
	t.Helper()
	s := &service{cmd: exec.Command(file), logs: &bytes.Buffer{}}
	s.cmd.Env = append(os.Environ(), "SANSHI_DATA="+dir, "SANSHI_ADDR=127.0.0.1:0", "SANSHI_INTERNAL_ADDR=127.0.0.1:0",
		"SANSHI_SEND_INTERVAL=1ms", "SANSHI_API_TOKEN=crash-test-token", "SANSHI_PUBLIC_URL=https://sanshi.example.org",
		"TWILIO_ACCOUNT_SID="+twiliotest.Account, "TWILIO_AUTH_TOKEN="+twiliotest.Token, "TWILIO_API_URL="+twilioURL)
	s.cmd.Env = append(s.cmd.Env, env...)
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	s.cmd.Stderr = s.logs
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var said []byte
	buf := make([]byte, 4096)
	for s.url == "" {
		n, err := out.Read(buf)
		said = append(said, buf[:n]...)
		if m := hereLine.FindSubmatch(said); m != nil {
			s.url = string(m[1])
		}
		if err != nil && s.url == "" {
			t.Fatalf("the service ended before it was ready: %v\n%s", err, s.logs)
		}
	}
	go func() { // keep its pipe from filling
		for {
			if _, err := out.Read(buf); err != nil {
				return
			}
		}
	}()
	return s
}

func (s *service) kill() { s.cmd.Process.Kill(); s.cmd.Wait() }

// stop asks it to end, in the middle of everything: it must, cleanly, within 15 s.
func (s *service) stop(t *testing.T) {
	t.Helper()
	began := time.Now()
	s.cmd.Process.Signal(syscall.SIGTERM)
	if err := s.cmd.Wait(); err != nil {
		t.Errorf("after SIGTERM: %v\n%s", err, tail(s.logs.String()))
	}
	if took := time.Since(began); took > 15*time.Second {
		t.Errorf("it took %v to stop", took)
	}
}

func (s *service) get(t *testing.T, path string, into any) {
	t.Helper()
	req, _ := http.NewRequest("GET", s.url+path, nil)
	req.Header.Set("Authorization", "Bearer crash-test-token")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(into); err != nil || res.StatusCode != 200 {
		t.Fatalf("%s: %d %v", path, res.StatusCode, err)
	}
}

// rounds of the crash test; CRASH_ROUNDS=100 for the long form.
func rounds(t *testing.T) int {
	n := 4
	if s := os.Getenv("CRASH_ROUNDS"); s != "" {
		if _, err := fmt.Sscan(s, &n); err != nil {
			t.Fatal(err)
		}
	}
	return n
}

// TestKilledAtRandom kills the real binary with -9, or stops it, at random moments under load.
// What was acknowledged is there after the restart, counts once and has one
// answer; the record is whole.
func TestKilledAtRandom(t *testing.T) {
	file, dir, tw := binary(t), t.TempDir(), twiliotest.New(t)
	acked := &ledger{bodies: map[string]string{}}
	for round := range rounds(t) {
		s := launch(t, file, dir, tw.URL)
		stop := make(chan struct{})
		var wg sync.WaitGroup
		for c := range 8 {
			wg.Add(1)
			go func() { defer wg.Done(); acked.load(tw, s, round, c, stop) }()
		}
		time.Sleep(300*time.Millisecond + rand.N(700*time.Millisecond))
		if round%2 == 1 {
			s.stop(t)
		} else {
			s.kill()
		}
		close(stop)
		wg.Wait()
	}
	s := launch(t, file, dir, tw.URL)
	defer s.kill()
	waitUntilDrained(t, s)
	acked.check(t, s, tw)
	s.stop(t)
	if out, err := exec.Command(file, "audit", "verify", "--data", dir).CombinedOutput(); err != nil {
		t.Errorf("audit verify: %v\n%s", err, out)
	}
}

// ledger is what the provider was told is kept.
type ledger struct {
	mu     sync.Mutex
	bodies map[string]string // id → number of the sender
}

// load sends texts, each from a phone of its own, some of them twice, until the
// service is gone.
func (l *ledger) load(tw *twiliotest.Server, s *service, round, c int, stop chan struct{}) {
	for n := 0; ; n++ {
		select {
		case <-stop:
			return
		default:
		}
		sid := fmt.Sprintf("SM%04d%02d%06d", round, c, n)
		from := fmt.Sprintf("+1206%03d%04d", 300+round*8+c, n)
		for range 1 + n%2 {
			code, _ := tw.Text(s.url+"/twilio/sms", webhook, sid, from, "+12065550100", "村口路灯坏了")
			if code != 200 {
				break
			}
			l.mu.Lock()
			l.bodies[sid] = from
			l.mu.Unlock()
		}
	}
}

func (l *ledger) check(t *testing.T, s *service, tw *twiliotest.Server) {
	t.Helper()
	var page struct {
		Matters []struct{ Resident string }
		Next    string
	}
	have := map[string]int{}
	for cursor := ""; ; cursor = page.Next {
		page.Matters, page.Next = nil, ""
		s.get(t, "/api/v1/villages/xiangyang/matters?limit=500&cursor="+cursor, &page)
		for _, m := range page.Matters {
			have[strings.TrimPrefix(m.Resident, "sms:")]++
		}
		if page.Next == "" {
			break
		}
	}
	answers := map[string]int{}
	for _, m := range tw.Messages() {
		if strings.Contains(m.Body, "记下了") {
			answers[m.To]++
		}
	}
	t.Logf("%d texts acknowledged", len(l.bodies))
	if len(l.bodies) < 50 {
		t.Errorf("only %d texts were acknowledged: this proves nothing", len(l.bodies))
	}
	for sid, from := range l.bodies {
		if have[from] != 1 || answers[from] != 1 {
			t.Errorf("%s from %s: %d matters, %d answers; want one of each", sid, from, have[from], answers[from])
		}
	}
}

func waitUntilDrained(t *testing.T, s *service) {
	t.Helper()
	var st struct {
		Inbound, Handled int
		Outbound         struct{ Queued int }
	}
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		s.get(t, "/api/v1/villages/xiangyang/stats", &st)
		if st.Inbound == st.Handled && st.Outbound.Queued == 0 {
			return
		}
	}
	t.Fatalf("not drained after 2 minutes: %+v\n%s", st, tail(s.logs.String()))
}

func tail(s string) string { return s[max(0, len(s)-2000):] }
