package directory

import (
	"encoding/json"
	"fmt"
	"time"
)

// plain is a Village without its methods, so that Location can be stored by name.
type plain Village

type stored struct {
	plain
	Location string
}

// Marshal gives a village as JSON, for the database, which is the truth for it.
func Marshal(v *Village) ([]byte, error) {
	s := stored{plain: plain(*v), Location: "UTC"}
	if v.Location != nil {
		s.Location = v.Location.String()
	}
	return json.Marshal(s)
}

// Unmarshal reads what Marshal wrote.
func Unmarshal(data []byte) (*Village, error) {
	var s stored
	if err := json.Unmarshal(data, &s); err != nil {
		return nil, fmt.Errorf("directory: a village as stored: %w", err)
	}
	loc, err := time.LoadLocation(s.Location)
	if err != nil {
		return nil, fmt.Errorf("directory: the village %s as stored: %w", s.ID, err)
	}
	v := Village(s.plain)
	v.Location = loc
	return &v, nil
}
