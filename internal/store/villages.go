package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"sanshi/internal/desk"
	"sanshi/internal/directory"
	"sanshi/internal/message"
)

// villages is the copy in memory of what every text needs. It is replaced whole
// when a village is saved; on Postgres, where another node may have saved one,
// a version number is looked at once a second at most.
type villages struct {
	now     atomic.Pointer[directoryCopy]
	loading sync.Mutex
	looking sync.Mutex
	looked  time.Time
}

type directoryCopy struct {
	version   int64
	byID      map[string]*directory.Village
	byNumber  map[string]string
	byService map[string]string
}

// villageData is how a village is stored: its location by name.
type villageData struct {
	directory.Village
	Location string
}

func encodeVillage(v *directory.Village) (string, error) {
	d := villageData{Village: *v}
	if v.Location != nil {
		d.Location = v.Location.String()
	}
	b, err := json.Marshal(d)
	return string(b), err
}

func decodeVillage(data string) (*directory.Village, error) {
	var d villageData
	if err := json.Unmarshal([]byte(data), &d); err != nil {
		return nil, err
	}
	loc, err := time.LoadLocation(d.Location)
	if err != nil {
		return nil, err
	}
	d.Village.Location = loc
	return &d.Village, nil
}

// reload reads all villages afresh, one caller after the other: the last to read
// is the last to store.
func (s *Store) reload(ctx context.Context) error {
	s.villages.loading.Lock()
	defer s.villages.loading.Unlock()
	c := &directoryCopy{byID: map[string]*directory.Village{}, byNumber: map[string]string{}, byService: map[string]string{}}
	if err := s.one(ctx, `SELECT value FROM meta WHERE name = 'villages'`, nil, &c.version); err != nil {
		return fmt.Errorf("the database cannot be read: %w", err)
	}
	err := s.list(ctx, func(r scanner) error {
		var id, data string
		if err := r.Scan(&id, &data); err != nil {
			return err
		}
		v, err := decodeVillage(data)
		if err != nil {
			return fmt.Errorf("village %s: %w", id, err)
		}
		c.byID[id] = v
		for _, n := range v.SMS {
			c.byNumber[n] = id
		}
		if v.MessagingService != "" {
			c.byService[v.MessagingService] = id
		}
		return nil
	}, `SELECT id, data FROM village ORDER BY id`)
	if err != nil {
		return err
	}
	if err := s.markStopped(ctx, c); err != nil {
		return err
	}
	s.villages.now.Store(c)
	return nil
}

// current gives the copy in memory, after a look whether another node changed it.
// While the database is away the copy is used as it is.
func (s *Store) current(ctx context.Context) *directoryCopy {
	c := s.villages.now.Load()
	if !s.db.postgres || !s.villages.looking.TryLock() {
		return c
	}
	defer s.villages.looking.Unlock()
	if time.Since(s.villages.looked) < time.Second {
		return c
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	var version int64
	err := s.one(ctx, `SELECT value FROM meta WHERE name = 'villages'`, nil, &version)
	if err == nil && version != c.version {
		err = s.reload(ctx)
	}
	if err != nil {
		s.log.Warn("the villages could not be read again", "cause", err.Error())
	}
	s.villages.looked = time.Now()
	return s.villages.now.Load()
}

// Villages lists all villages by id. They must not be changed.
func (s *Store) Villages(ctx context.Context) ([]*directory.Village, error) {
	c := s.current(ctx)
	var all []*directory.Village
	for _, id := range slices.Sorted(maps.Keys(c.byID)) {
		all = append(all, c.byID[id])
	}
	return all, nil
}

// Village gives a village, not to be changed; desk.ErrNotFound when there is none.
func (s *Store) Village(ctx context.Context, id string) (*directory.Village, error) {
	if v, ok := s.current(ctx).byID[id]; ok {
		return v, nil
	}
	return nil, desk.ErrNotFound
}

// Route finds the village of a text: by the number that was texted, else by the
// messaging service, else message.Unrouted.
func (s *Store) Route(to, service string) (village string) {
	c := s.current(context.Background())
	if id, ok := c.byNumber[to]; ok {
		return id
	}
	if id, ok := c.byService[service]; ok && service != "" {
		return id
	}
	return message.Unrouted
}

// SaveVillage writes a village as the console has it; with a fileHash, as a file
// has it.
func (s *Store) SaveVillage(ctx context.Context, v *directory.Village, fileHash string) error {
	data, err := encodeVillage(v)
	if err != nil {
		return err
	}
	if _, err := time.LoadLocation(v.Location.String()); err != nil {
		return fmt.Errorf("village %s: %w", v.ID, err)
	}
	if err := s.do(ctx, func(t *tx) error { return t.saveVillage(v.ID, data, fileHash) }); err != nil {
		return err
	}
	return s.reload(ctx)
}

func (t *tx) saveVillage(id, data, fileHash string) error {
	if err := t.write(`UPDATE meta SET value = value + 1 WHERE name = 'villages'`); err != nil {
		return err
	}
	err := t.write(`INSERT INTO village (id, data, hash, edited, version) VALUES ($1, $2, $3, $4, 1)
		ON CONFLICT (id) DO UPDATE SET data = excluded.data, edited = excluded.edited, version = village.version + 1,
		hash = CASE WHEN excluded.hash = '' THEN village.hash ELSE excluded.hash END`,
		id, data, fileHash, fileHash == "")
	return err
}

// The outcomes of an import.
const (
	ImportNew     = "new"
	ImportSame    = "same"    // the file did not change
	ImportUpdated = "updated" // it did
	ImportKept    = "kept"    // it did, but so did the console: that one's was kept
)

// ImportVillage takes a village's file over when its hash changed and nobody
// changed the village in the console since.
func (s *Store) ImportVillage(ctx context.Context, v *directory.Village, hash string) (outcome string, err error) {
	data, err := encodeVillage(v)
	if err != nil {
		return "", err
	}
	err = s.do(ctx, func(t *tx) error {
		var old string
		var edited bool
		err := t.one(`SELECT hash, edited FROM village WHERE id = $1`, []any{v.ID}, &old, &edited)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			outcome = ImportNew
		case err != nil:
			return err
		case old == hash:
			outcome = ImportSame
			return nil
		case edited:
			outcome = ImportKept
			return nil
		default:
			outcome = ImportUpdated
		}
		return t.saveVillage(v.ID, data, hash)
	})
	if err != nil {
		return "", err
	}
	return outcome, s.reload(ctx)
}

// SaveStaff adds staff to a village, or replaces those of the same id. It counts
// as a change of the console.
func (s *Store) SaveStaff(ctx context.Context, village string, people []directory.Staff) error {
	return s.changeVillage(ctx, village, func(_ *tx, v *directory.Village) error {
		for _, p := range people {
			i := slices.IndexFunc(v.Staff, func(x directory.Staff) bool { return x.ID == p.ID })
			if i < 0 {
				v.Staff = append(v.Staff, p)
			} else {
				v.Staff[i] = p
			}
		}
		return nil
	})
}

// changeVillage changes a village's settings as they are in the database, whatever
// another node wrote last, and reads them again.
func (s *Store) changeVillage(ctx context.Context, village string, change func(*tx, *directory.Village) error) error {
	err := s.do(ctx, func(t *tx) error {
		if err := t.lock("village " + village); err != nil {
			return err
		}
		var data string
		err := t.one(`SELECT data FROM village WHERE id = $1`, []any{village}, &data)
		if errors.Is(err, sql.ErrNoRows) {
			return desk.ErrNotFound
		}
		if err != nil {
			return err
		}
		v, err := decodeVillage(data)
		if err != nil {
			return err
		}
		if err := change(t, v); err != nil {
			return err
		}
		if data, err = encodeVillage(v); err != nil {
			return err
		}
		return t.saveVillage(village, data, "")
	})
	if err != nil {
		return err
	}
	return s.reload(ctx)
}
