package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"sanshi/internal/backup"
	"sanshi/internal/message"
	"sanshi/internal/store/storetest"
)

// command runs the program with arguments and gives its exit code and all it said.
func command(args ...string) (int, string) {
	var out bytes.Buffer
	code := run(context.Background(), args, []string{"SANSHI_API_TOKEN=of-the-test"}, strings.NewReader(""), &out, &out)
	return code, out.String()
}

// must is a command that succeeds.
func must(t *testing.T, args ...string) string {
	t.Helper()
	code, said := command(args...)
	if code != fine {
		t.Fatalf("bot %s: exit %d: %s", args[0], code, said)
	}
	return said
}

// lived is a data folder in which two people have texted and one was told.
func lived(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	r := startRig(t, rigOptions{dir: dir, owned: true})
	r.deliver(1, 1, "村口路灯坏了三天了")
	r.deliver(2, 1, "垃圾点的桶满了没人收")
	r.settle()
	r.act(r.matters()[0].ID, "li", "approve")
	r.settle()
	if err := os.MkdirAll(filepath.Join(dir, mediaFolder), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, mediaFolder, "lamp.jpg"), []byte("a picture"), 0o600); err != nil {
		t.Fatal(err)
	}
	r.stop()
	return dir
}

// key makes a key pair.
func key(t *testing.T) (file, recipient string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "key")
	return file, regexp.MustCompile(`age1\w+`).FindString(must(t, "backup-key", file))
}

// TestBackup: what was backed up beside the running service is there again, in a
// new folder and in a Postgres, and the record still proves itself.
func TestBackup(t *testing.T) {
	dir, file := lived(t), filepath.Join(t.TempDir(), "today.age")
	secret, public := key(t)
	r := startRig(t, rigOptions{dir: dir, owned: true})
	told, has := r.told(1), r.has(1)
	must(t, "backup", file, "--recipient", public, "--data", dir)
	r.stop()
	if b, err := os.ReadFile(file); err != nil || bytes.Contains(b, []byte("路灯")) {
		t.Errorf("the backup can be read without a key, or not at all: %v", err)
	}
	if said := must(t, "restore", file, "--check", "--key", secret); !strings.Contains(said, "is whole") {
		t.Error(said)
	}
	for name, database := range map[string]string{"SQLite": "", "Postgres": storetest.Postgres(t)} {
		fresh := t.TempDir()
		must(t, "restore", file, "--key", secret, "--no-erasures", "--data", fresh, "--database-url", database)
		r := startRig(t, rigOptions{dir: fresh, env: map[string]string{"SANSHI_DATABASE_URL": database}})
		if r.told(1) != told || r.has(1) != has {
			t.Errorf("%s: restored\n%s\n%s\nwant\n%s\n%s", name, r.told(1), r.has(1), told, has)
		}
		// What she was to be told when the backup was made may have been told since.
		if waits, err := r.Store.DeadLetters(t.Context(), "xiangyang"); err != nil || len(waits) == 0 || !strings.Contains(waits[0].Error, "backup") {
			t.Errorf("%s: %v waits for a person to look at: %v", name, waits, err)
		}
		r.deliver(1, 2, "办好没有") // and it goes on from there
		r.settle()
		if got := r.told(1); got == told {
			t.Errorf("%s: she was not answered after the restore", name)
		}
		if b, err := os.ReadFile(filepath.Join(fresh, mediaFolder, "lamp.jpg")); string(b) != "a picture" {
			t.Errorf("%s: the picture is %q: %v", name, b, err)
		}
	}
}

// TestErasedStaysErased: she was erased after the backup; the restored database
// has no word of hers, whichever ledger tells of it.
func TestErasedStaysErased(t *testing.T) {
	dir, out := lived(t), t.TempDir()
	secret, public := key(t)
	before, after, ledger := filepath.Join(out, "before"), filepath.Join(out, "after"), filepath.Join(out, "ledger")
	must(t, "backup", before, "--recipient", public, "--data", dir)
	r := startRig(t, rigOptions{dir: dir, owned: true})
	r.clock.set(time.Now().Add(time.Second)) // the backup bears the machine's time
	if err := r.Desk.Erase(t.Context(), "xiangyang", person(1), "li"); err != nil {
		t.Fatal(err)
	}
	r.stop()
	must(t, "backup", after, "--recipient", public, "--data", dir)
	must(t, "backup", ledger, "--recipient", public, "--data", dir, "--erasures")
	if code, said := command("restore", before, "--key", secret, "--data", t.TempDir()); code != wrong || !strings.Contains(said, "--erasures FILE") {
		t.Errorf("restored without a word of erasures: %d %s", code, said)
	}
	for _, told := range []string{ledger, after} {
		fresh := t.TempDir()
		must(t, "restore", before, "--key", secret, "--data", fresh, "--erasures", told)
		r := startRig(t, rigOptions{dir: fresh})
		err := r.Store.Addresses(t.Context(), "xiangyang", func(a message.Address) error {
			if a == person(1) {
				t.Errorf("%s is back", a)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if r.has(1) != "" || r.told(1) != "" || r.has(2) == "" {
			t.Errorf("after the restore she has %q and was told %q; the other has %q", r.has(1), r.told(1), r.has(2))
		}
	}
}

// TestBadBackups: each is refused with a sentence, and nothing is served of it.
func TestBadBackups(t *testing.T) {
	dir, out := lived(t), t.TempDir()
	secret, public := key(t)
	other, _ := key(t)
	file := filepath.Join(out, "good")
	must(t, "backup", file, "--recipient", public, "--data", dir)
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	bad := func(name string, b []byte) string {
		path := filepath.Join(out, name)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	changed := bytes.Clone(good)
	changed[len(changed)/2] ^= 1
	for _, c := range []struct{ name, file, key, want string }{
		{"cut short", bad("cut", good[:len(good)-200]), secret, "cut short"},
		{"changed", bad("changed", changed), secret, "cut short or was changed"},
		{"no backup", bad("text", []byte("路灯坏了")), secret, "no file of this program"},
		{"empty", bad("empty", nil), secret, "no file of this program"},
		{"another key", file, other, "does not open it"},
		{"no key", file, bad("nokey", []byte("hello")), "holds no secret key"},
	} {
		fresh := t.TempDir()
		code, said := command("restore", c.file, "--key", c.key, "--no-erasures", "--data", fresh)
		if code == fine || !strings.Contains(said, c.want) {
			t.Errorf("%s: exit %d: %s; want %q", c.name, code, said, c.want)
		}
		if code, said := command("restore", c.file, "--key", c.key, "--check"); code == fine {
			t.Errorf("%s: checked as whole: %s", c.name, said)
		}
		cfg, err := LoadConfig(map[string]string{"SANSHI_DATA": fresh, "SANSHI_ADDR": "127.0.0.1:0", "SANSHI_INTERNAL_ADDR": "127.0.0.1:0"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if c.name == "cut short" { // some of it is in the database already
			if p, err := Start(t.Context(), cfg, Options{}); err == nil || !strings.Contains(err.Error(), "did not end") {
				t.Errorf("served half a restore: %v %v", p, err)
			}
			must(t, "restore", file, "--key", secret, "--no-erasures", "--data", fresh) // the good one repairs it
		}
	}
	if code, said := command("restore", file, "--key", secret, "--no-erasures", "--data", dir); code != wrong || !strings.Contains(said, "not empty") {
		t.Errorf("restored over a village: %d %s", code, said)
	}
	if code, said := command("backup", file, "--recipient", public, "--data", dir); code == fine {
		t.Errorf("wrote over a backup: %s", said)
	}
	if code, said := command("backup", filepath.Join(out, "x"), "--recipient", "me", "--data", dir); code != wrong || !strings.Contains(said, "age1") {
		t.Errorf("a recipient that is none: %d %s", code, said)
	}
}

// TestMoveToPostgres: all of SQLite is in Postgres, also when the first try was
// stopped; the way back holds too.
func TestMoveToPostgres(t *testing.T) {
	dir, url := lived(t), storetest.Postgres(t)
	r := startRig(t, rigOptions{dir: dir, owned: true})
	told, has := r.told(1), r.has(1)
	r.stop()
	from, err := databaseOf(t.Context(), "", dir)
	if err != nil {
		t.Fatal(err)
	}
	into, err := databaseOf(t.Context(), url, "")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	if err := into.Mark(ctx, backup.Unfinished, 1); err != nil {
		t.Fatal(err)
	}
	if _, err := backup.Copy(ctx, from, into, func(table string, _ int64) {
		if table == "matter" {
			stop() // in the middle
		}
	}); err == nil {
		t.Fatal("a copy that was stopped says it is whole")
	}
	from.Close()
	into.Close()
	must(t, "migrate", "--from", "sqlite", "--to", "postgres", "--data", dir, "--database-url", url)
	r = startRig(t, rigOptions{dir: t.TempDir(), env: map[string]string{"SANSHI_DATABASE_URL": url}, owned: true})
	if r.told(1) != told || r.has(1) != has {
		t.Errorf("moved\n%s\n%s\nwant\n%s\n%s", r.told(1), r.has(1), told, has)
	}
	r.stop()
	back := t.TempDir()
	must(t, "migrate", "--from", "postgres", "--to", "sqlite", "--data", back, "--database-url", url)
	must(t, "audit", "verify", "--data", back)
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--from", "sqlite"}, "belong together"},
		{[]string{"--from", "sqlite", "--to", "sqlite"}, "the same"},
		{[]string{"--from", "sqlite", "--to", "postgres"}, "SANSHI_DATABASE_URL"},
		{[]string{"--from", "sqlite", "--to", "postgres", "--database-url", url}, "not empty"},
	} {
		if code, said := command(append([]string{"migrate", "--data", dir}, c.args...)...); code != wrong || !strings.Contains(said, c.want) {
			t.Errorf("%v: exit %d: %s", c.args, code, said)
		}
	}
}
