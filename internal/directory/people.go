package directory

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"sanshi/internal/message"
)

// RowError is a row of a CSV file that was not read, by its line.
type RowError struct {
	Line   int
	Reason string
}

func (e RowError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Reason) }

// residentColumns and staffColumns name the columns, and what else may stand in
// the header for them. The first of each is needed.
var (
	residentColumns = [][]string{
		{"phone", "mobile", "tel", "address", "电话", "手机", "手机号", "电话号码", "联系电话"},
		{"name", "姓名", "名字"},
		{"area", "grid", "group", "网格", "小组", "组", "片", "楼"},
		{"place", "住址", "地址", "地方"},
		{"language", "语言"},
		{"contact", "联系"},
	}
	staffColumns = [][]string{
		{"id", "编号"},
		{"name", "姓名", "名字"},
		{"role", "角色", "职务"},
		{"phone", "电话", "手机", "手机号", "电话号码", "联系电话"},
		{"slack"},
		{"areas", "area", "网格", "小组", "组"},
		{"department", "部门"},
	}
)

// ReadResidents reads people of v from CSV (RFC 4180, UTF-8, the first line a
// header). Columns, in any order, English or Chinese: phone (needed; with or
// without country code, or an address such as wechat:…), name, area (id or name),
// place, language (zh-Hans, zh-Hant, en), contact ("quiet": never text her
// unasked). Rows that cannot be read come back by line and reason; a fault of the
// file itself is one RowError and no rows.
func ReadResidents(r io.Reader, v *Village) (rows []Resident, bad []RowError) {
	seen := map[message.Address]int{}
	bad = eachRow(r, residentColumns, func(line int, col func(string) string) error {
		x := Resident{Village: v.ID, Name: col("name"), Place: col("place"), Language: col("language"), Contact: col("contact")}
		var err error
		if x.Address, err = residentAddress(v, col("phone")); err != nil {
			return err
		}
		if x.Area, err = v.areaNamed(col("area")); err != nil {
			return err
		}
		if !slices.Contains([]string{"", "zh-Hans", "zh-Hant", "en"}, x.Language) {
			return fmt.Errorf("language %q is none of zh-Hans, zh-Hant, en", x.Language)
		}
		if x.Contact != "" && x.Contact != "quiet" {
			return fmt.Errorf(`contact %q: write "quiet" or nothing`, x.Contact)
		}
		if first, twice := seen[x.Address]; twice {
			return fmt.Errorf("the same number as line %d", first)
		}
		seen[x.Address] = line
		rows = append(rows, x)
		return nil
	})
	return rows, bad
}

func residentAddress(v *Village, s string) (message.Address, error) {
	if s == "" {
		return "", errors.New("no phone number")
	}
	if scheme, _, found := strings.Cut(s, ":"); found && scheme != "sms" && scheme != "tel" {
		a, err := message.ParseAddress(s)
		if err != nil {
			return "", err
		}
		return a, nil
	}
	n, err := Normalize(v.Country, s)
	if err != nil {
		return "", err
	}
	return message.ParseAddress(n)
}

// ReadStaff reads staff of v from CSV as ReadResidents does. Columns: id, name and
// role (needed; English or Chinese), phone, slack, areas (ids or names with a semicolon between),
// department.
func ReadStaff(r io.Reader, v *Village) (rows []Staff, bad []RowError) {
	seen := map[string]int{}
	bad = eachRow(r, staffColumns, func(line int, col func(string) string) error {
		x := Staff{ID: col("id"), Name: col("name"), Role: roleNamed(col("role")), Slack: col("slack"), Department: col("department")}
		switch {
		case !idPattern.MatchString(x.ID) || slices.Contains(reservedIDs, x.ID):
			return fmt.Errorf("id %q: an id has 1 to 40 of a-z 0-9 - _ and is none of %s", x.ID, strings.Join(reservedIDs, ", "))
		case x.Name == "":
			return errors.New("no name")
		case !x.Role.Valid():
			return fmt.Errorf("role %q is none of %s", x.Role, roleNames())
		}
		if first, twice := seen[x.ID]; twice {
			return fmt.Errorf("the same id as line %d", first)
		}
		var err error
		if x.Phone, err = v.staffPhone(col("phone")); err != nil {
			return err
		}
		for _, name := range strings.FieldsFunc(col("areas"), func(r rune) bool { return strings.ContainsRune(";；、,，|", r) }) {
			id, err := v.areaNamed(strings.TrimSpace(name))
			if err != nil {
				return err
			}
			x.Areas = append(x.Areas, id)
		}
		seen[x.ID] = line
		rows = append(rows, x)
		return nil
	})
	return rows, bad
}

// rolesZh are the roles as people call them.
var rolesZh = map[string]Role{
	"志愿者": Volunteer, "党员代办员": Volunteer, "代办员": Volunteer,
	"网格长": Lead, "片长": Lead, "楼长": Lead, "组长": Lead, "小组长": Lead,
	"调解员": Mediator, "书记": Secretary, "村支书": Secretary, "支书": Secretary,
	"村委": Committee, "村委委员": Committee, "委员": Committee, "镇干部": Officer, "干部": Officer,
	"监督员": Supervisor, "监督": Supervisor, "管理员": Administrator,
}

// roleNamed finds a role by its name in Chinese, or takes it as it is.
func roleNamed(s string) Role {
	if r, ok := rolesZh[s]; ok {
		return r
	}
	return Role(s)
}

func (v *Village) staffPhone(s string) (string, error) {
	if s == "" {
		return "", nil
	}
	n, err := Normalize(v.Country, s)
	if err != nil {
		return "", err
	}
	if slices.Contains(v.SMS, n) {
		return "", errors.New("the phone is the village's own number: the service would text itself")
	}
	return n, nil
}

// areaNamed finds an area by id or by name, in any way of writing its number.
func (v *Village) areaNamed(s string) (string, error) {
	if s == "" || v.Area(s).ID != "" {
		return s, nil
	}
	folded := message.Fold(s)
	for _, h := range NewFinder(v).Find(folded) {
		if h.Kind == AreaName && h.Start == 0 && h.End == len(folded) {
			return h.Area, nil
		}
	}
	return "", fmt.Errorf("there is no area %q", s)
}

// eachRow reads a CSV file with a header and gives each row to do, which asks for
// its columns by their first name.
func eachRow(r io.Reader, columns [][]string, do func(line int, col func(string) string) error) []RowError {
	data, err := io.ReadAll(r)
	if err != nil {
		return []RowError{{0, err.Error()}}
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) {
		line := 1 + bytes.Count(data[:firstInvalid(data)], []byte("\n"))
		return []RowError{{line, "the file is not UTF-8 (perhaps GBK, as Excel saves CSV): save it as “CSV UTF-8” and try again"}}
	}
	in := csv.NewReader(bytes.NewReader(data))
	in.FieldsPerRecord = -1
	in.TrimLeadingSpace = true
	header, err := in.Read()
	if err != nil {
		return []RowError{{1, "no header: the first line names the columns, such as " + first(columns)}}
	}
	index, err := readHeader(header, columns)
	if err != nil {
		return []RowError{{1, err.Error()}}
	}
	return readRows(in, len(header), index, do)
}

func readRows(in *csv.Reader, width int, index map[string]int, do func(int, func(string) string) error) (bad []RowError) {
	for {
		row, err := in.Read()
		if err == io.EOF {
			return bad
		}
		var syntax *csv.ParseError
		if errors.As(err, &syntax) {
			bad = append(bad, RowError{syntax.StartLine, "the quotation marks do not match: " + syntax.Err.Error()})
			continue
		} else if err != nil {
			return append(bad, RowError{0, err.Error()})
		}
		line, _ := in.FieldPos(0)
		if strings.TrimSpace(strings.Join(row, "")) == "" {
			continue
		}
		if len(row) > width {
			bad = append(bad, RowError{line, fmt.Sprintf("%d columns where the header has %d: put quotation marks around a text with a comma", len(row), width)})
			continue
		}
		err = do(line, func(name string) string {
			if i, ok := index[name]; ok && i < len(row) {
				return message.Clean(row[i])
			}
			return ""
		})
		if err != nil {
			bad = append(bad, RowError{line, err.Error()})
		}
	}
}

// readHeader finds the columns by any of their names.
func readHeader(header []string, columns [][]string) (map[string]int, error) {
	index := map[string]int{}
	for i, h := range header {
		h = message.Fold(h)
		at := slices.IndexFunc(columns, func(names []string) bool { return slices.Contains(names, h) })
		if at < 0 {
			return nil, fmt.Errorf("unknown column %q: the columns are %s", h, first(columns))
		}
		name := columns[at][0]
		if _, twice := index[name]; twice {
			return nil, fmt.Errorf("the column %s stands twice", name)
		}
		index[name] = i
	}
	if _, ok := index[columns[0][0]]; !ok {
		return nil, fmt.Errorf("the column %s is missing: the columns are %s", columns[0][0], first(columns))
	}
	return index, nil
}

func first(columns [][]string) string {
	var names []string
	for _, c := range columns {
		names = append(names, c[0])
	}
	return strings.Join(names, ", ")
}

func firstInvalid(data []byte) int {
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && n <= 1 {
			return i
		}
		i += n
	}
	return len(data)
}
