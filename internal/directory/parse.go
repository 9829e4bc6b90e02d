package directory

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"
)

// file is a village file as it is written: xiangyang.toml is one with all its keys.
type file struct {
	ID               string            `toml:"id"`
	Name             string            `toml:"name"`
	Language         string            `toml:"language"`
	Country          string            `toml:"country"`
	Timezone         string            `toml:"timezone"`
	SMS              []string          `toml:"sms"`
	MessagingService string            `toml:"messaging_service"`
	Quiet            string            `toml:"quiet"`
	Digest           string            `toml:"digest"`
	Squad            []string          `toml:"squad"`
	Sensitive        []string          `toml:"sensitive"`
	Policy           map[string]any    `toml:"policy"`
	Keep             map[string]string `toml:"keep"`
	Facts            map[string]any    `toml:"facts"`
	Slack            map[string]string `toml:"slack"`
	Model            bool              `toml:"model"`
	ModelPrivate     bool              `toml:"model_private"`
	ModelCalls       int               `toml:"model_calls"`
	ModelTokens      int               `toml:"model_tokens"`
	Area             []fileArea        `toml:"area"`
	Staff            []fileStaff       `toml:"staff"`
	Duty             []fileDuty        `toml:"duty"`
	Numbers          map[string]string `toml:"numbers"`
	Voice            bool              `toml:"voice"`
}

type fileArea struct {
	ID     string   `toml:"id"`
	Kind   string   `toml:"kind"`
	Name   string   `toml:"name"`
	Parent string   `toml:"parent"`
	Places []string `toml:"places"`
	Lead   string   `toml:"lead"`
}

type fileStaff struct {
	ID         string   `toml:"id"`
	Name       string   `toml:"name"`
	Role       string   `toml:"role"`
	Slack      string   `toml:"slack"`
	Phone      string   `toml:"phone"`
	Areas      []string `toml:"areas"`
	Department string   `toml:"department"`
	Digest     string   `toml:"digest"`
}

// Parse reads a village file; name is what errors call it. All that is wrong is
// reported at once, joined: one line each, with the line of the file, the key, and
// what to write instead. Absent keys have these defaults: language zh-Hans,
// country CN, timezone Asia/Shanghai (of CN only), kind of an area grid, no quiet
// hours.
func Parse(data []byte, name string) (*Village, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) {
		line := 1 + bytes.Count(data[:firstInvalid(data)], []byte("\n"))
		return nil, fmt.Errorf("%s line %d: the file is not UTF-8 (perhaps GBK, as some editors save): save it as UTF-8 and try again", name, line)
	}
	var f file
	d := toml.NewDecoder(bytes.NewReader(data)).DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return nil, explain(err, data, name)
	}
	c := &checker{file: name, lines: lineIndex(data), f: &f}
	v := c.village()
	if err := errors.Join(c.errs...); err != nil {
		return nil, err
	}
	return v, nil
}

// ParseDir reads all village files (*.toml) of a folder, in the order of their
// names. Ids and numbers must be of one village only. The second result gives
// each village's Hash by its id.
func ParseDir(dir string) ([]*Village, map[string]string, error) {
	names, err := villageFiles(dir)
	if err != nil {
		return nil, nil, err
	}
	var all []*Village
	var errs []error
	hashes := map[string]string{}
	owner := map[string]string{}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		v, err := Parse(data, filepath.Base(name))
		if err != nil {
			errs = append(errs, err)
			continue
		}
		errs = append(errs, claim(owner, filepath.Base(name), v)...)
		all, hashes[v.ID] = append(all, v), Hash(data)
	}
	return all, hashes, errors.Join(errs...)
}

// villageFiles lists the files of a folder that Parse shall read, in the order
// of their names.
func villageFiles(dir string) ([]string, error) {
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("village folder %s does not exist: make it and put a village file (*.toml) in it, or correct SANSHI_VILLAGES (--villages)", dir)
	case err != nil:
		return nil, fmt.Errorf("village folder %s: %w", dir, err)
	case !info.IsDir():
		return nil, fmt.Errorf("village folder %s is a file: name the folder it is in, %s", dir, filepath.Dir(dir))
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("village folder %s: %w", dir, err)
	}
	var names []string
	for _, e := range entries {
		if filepath.Ext(e.Name()) == ".toml" && !e.IsDir() {
			names = append(names, filepath.Join(dir, e.Name()))
		}
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("village folder %s: no *.toml file in it: put a village file there", dir)
	}
	return names, nil
}

// claim notes what only one village may have, and what another has already.
func claim(owner map[string]string, file string, v *Village) (errs []error) {
	keys := append([]string{"the id " + v.ID}, prefixed("the number ", v.SMS)...)
	if v.MessagingService != "" {
		keys = append(keys, "the messaging service "+v.MessagingService)
	}
	for _, k := range keys {
		if other, taken := owner[k]; taken {
			errs = append(errs, fmt.Errorf("%s: %s is %s's already: give each village its own", file, k, other))
		}
		owner[k] = file
	}
	return errs
}

func prefixed(prefix string, all []string) []string {
	out := make([]string, len(all))
	for i, s := range all {
		out[i] = prefix + s
	}
	return out
}

// Hash tells whether a village file changed since it was imported.
func Hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// parseQuiet reads "21:00-07:00"; "" is none.
func parseQuiet(s string) (Quiet, error) {
	if s == "" {
		return Quiet{}, nil
	}
	from, to, _ := strings.Cut(s, "-")
	a, err := time.Parse("15:04", strings.TrimSpace(from))
	b, err2 := time.Parse("15:04", strings.TrimSpace(to))
	if err != nil || err2 != nil {
		return Quiet{}, errors.New(`write it like "21:00-07:00", or "" for none`)
	}
	return Quiet{From: a.Hour()*60 + a.Minute(), To: b.Hour()*60 + b.Minute()}, nil
}
