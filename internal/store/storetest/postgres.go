package storetest

import (
	"bytes"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

// server is the one real Postgres of a test binary, started when a test first
// asks for it. It lives in a folder of its own and listens on a Unix socket
// there, so that it meets no other; it dies with the test binary.
type server struct {
	once   sync.Once
	dir    string
	cmd    *exec.Cmd
	err    error
	number atomic.Int64
}

var postgres server

// Main runs the tests of a package that asks for Postgres and stops it after
// them: func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }.
func Main(m *testing.M) int {
	defer postgres.stop()
	return m.Run()
}

// Postgres gives the URL of a fresh database on a real Postgres of the system's
// packages. Where there is none, the test fails and says what to install.
func Postgres(t testing.TB) string {
	t.Helper()
	postgres.once.Do(func() { postgres.err = postgres.start() })
	if postgres.err != nil {
		t.Fatalf("a real Postgres is needed (Debian: apt-get install postgresql): %v", postgres.err)
	}
	name := fmt.Sprintf("test%d", postgres.number.Add(1))
	db, err := sql.Open("pgx", postgres.url("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`CREATE DATABASE ` + name); err != nil {
		t.Fatal(err)
	}
	return postgres.url(name)
}

func (s *server) url(database string) string {
	return "postgres:///" + database + "?host=" + s.dir + "&user=postgres"
}

func (s *server) start() error {
	bin, err := findPostgres()
	if err != nil {
		return err
	}
	if s.dir, err = os.MkdirTemp("", "pg"); err != nil {
		return err
	}
	attr := &syscall.SysProcAttr{}
	if os.Getuid() == 0 { // Postgres refuses to run as root
		if attr.Credential, err = asPostgres(s.dir); err != nil {
			return err
		}
	}
	data := filepath.Join(s.dir, "data")
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8",
		"--locale=C", "--no-sync")
	initdb.SysProcAttr, initdb.Dir = attr, s.dir
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	// Tests are about SQL, not about power cuts: no fsync.
	s.cmd = exec.Command(filepath.Join(bin, "postgres"), "-D", data, "-k", s.dir, "-c", "listen_addresses=",
		"-c", "fsync=off", "-c", "max_connections=200", "-c", "shared_buffers=32MB", "-c", "deadlock_timeout=100ms")
	s.cmd.SysProcAttr, s.cmd.Dir = &syscall.SysProcAttr{Credential: attr.Credential, Pdeathsig: syscall.SIGQUIT}, s.dir
	var log bytes.Buffer
	s.cmd.Stderr = &log
	if err := s.run(); err != nil {
		return err
	}
	return s.await(&log)
}

// run starts the server from a thread that stays: a parent-death signal is sent
// when the thread that forked ends.
func (s *server) run() error {
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		started <- s.cmd.Start()
		select {}
	}()
	return <-started
}

func (s *server) await(log *bytes.Buffer) error {
	db, err := sql.Open("pgx", s.url("postgres"))
	if err != nil {
		return err
	}
	defer db.Close()
	for range 200 {
		if err = db.Ping(); err == nil {
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	s.stop()
	return fmt.Errorf("postgres did not start: %w: %s", err, log.String())
}

func (s *server) stop() {
	if s.cmd != nil && s.cmd.Process != nil {
		_ = s.cmd.Process.Signal(syscall.SIGQUIT) // at once, without a checkpoint
		_ = s.cmd.Wait()
		s.cmd = nil
	}
	if s.dir != "" {
		_ = os.RemoveAll(s.dir)
	}
}

func findPostgres() (bin string, err error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb") // Debian keeps it out of PATH
	if err != nil {
		return "", err
	}
	if len(found) > 0 {
		return filepath.Dir(found[len(found)-1]), nil
	}
	initdb, err := exec.LookPath("initdb")
	return filepath.Dir(initdb), err
}

// asPostgres gives the folder to the user postgres and says how to become him.
func asPostgres(dir string) (*syscall.Credential, error) {
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, err
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		return nil, err
	}
	if err := os.Chown(dir, uid, gid); err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}
