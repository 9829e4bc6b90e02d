// Package redistest runs a real Redis for tests, and does to it what happens to
// one: it is killed, started again, emptied, or it hangs.
package redistest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"os/exec"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// Server is a Redis of the system's packages, on a free port of this machine. It
// keeps nothing on the disk and ends with the test.
type Server struct {
	Addr string
	t    testing.TB
	dir  string
	cmd  *exec.Cmd
}

// Start starts a Redis. Where there is none, the test fails and says what to install.
func Start(t testing.TB) *Server {
	t.Helper()
	s := &Server{Addr: free(t), t: t, dir: t.TempDir()}
	s.Again()
	t.Cleanup(s.Kill)
	return s
}

// URL is its address as the configuration takes it.
func (s *Server) URL() string { return "redis://" + s.Addr + "/0" }

// Again starts it after Kill: empty, on the same port.
func (s *Server) Again() {
	s.t.Helper()
	_, port, _ := net.SplitHostPort(s.Addr)
	s.cmd = exec.Command("redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
		"--dir", s.dir, "--daemonize", "no", "--loglevel", "warning")
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	started := make(chan error)
	go func() { // a parent-death signal is sent when the thread that forked ends
		runtime.LockOSThread()
		started <- s.cmd.Start()
		<-s.t.Context().Done()
	}()
	if err := <-started; err != nil {
		s.t.Fatalf("a real Redis is needed (Debian: apt-get install redis-server): %v", err)
	}
	c := redis.NewClient(&redis.Options{Addr: s.Addr, MaxRetries: -1})
	defer func() { _ = c.Close() }()
	for range 200 {
		if c.Ping(context.Background()).Err() == nil {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	s.t.Fatal("redis-server did not answer within two seconds")
}

// Kill ends it as a power cut does.
func (s *Server) Kill() {
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
	s.cmd = nil
}

// Pause makes it hang: connections stay open and nothing answers.
func (s *Server) Pause() { s.signal(syscall.SIGSTOP) }

// Resume ends a pause.
func (s *Server) Resume() { s.signal(syscall.SIGCONT) }

func (s *Server) signal(sig syscall.Signal) {
	if err := s.cmd.Process.Signal(sig); err != nil {
		s.t.Error(err)
	}
}

// Empty forgets everything it holds.
func (s *Server) Empty() {
	c := redis.NewClient(&redis.Options{Addr: s.Addr})
	defer func() { _ = c.Close() }()
	if err := c.FlushAll(context.Background()).Err(); err != nil {
		s.t.Error(err)
	}
}

// free finds a port below those that the kernel gives to connections, so that
// nobody takes it while Redis is away.
func free(t testing.TB) string {
	for range 100 {
		addr := fmt.Sprintf("127.0.0.1:%d", 20000+rand.N(12000))
		if l, err := net.Listen("tcp", addr); err == nil {
			_ = l.Close()
			return addr
		}
	}
	t.Fatal("no free port between 20000 and 32000")
	return ""
}
