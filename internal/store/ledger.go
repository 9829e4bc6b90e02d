package store

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"time"

	"sanshi/internal/message"
)

// Erasure says that somebody was erased, without saying who: a backup made
// before must not bring her back.
type Erasure struct {
	Village string    `json:"village"`
	Who     string    `json:"who"` // hex HMAC-SHA256 of the address
	At      time.Time `json:"at"`
	By      string    `json:"by"` // id of the staff member who confirmed it
}

// Ledger is all erasures and the key under which they can be recognised.
type Ledger struct {
	Key      []byte    `json:"key"`
	At       time.Time `json:"at"` // when it was read: later erasures are not in it
	Erasures []Erasure `json:"erasures"`
}

// Hash is how an address stands in the ledger.
func (l Ledger) Hash(village string, a message.Address) string {
	return ledgerHash(l.Key, village, string(a))
}

func ledgerHash(key []byte, village, address string) string {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(village + "\x00" + address))
	return hex.EncodeToString(h.Sum(nil))
}

// enter writes an erasure into the ledger, in its own commit.
func (e *eraser) enter() error {
	fresh := make([]byte, 32)
	_, _ = rand.Read(fresh) // never fails (crypto/rand)
	var key []byte
	err := e.one(`INSERT INTO secret (name, value) VALUES ('erasure', $1)
		ON CONFLICT (name) DO UPDATE SET value = secret.value RETURNING value`, []any{fresh}, &key)
	if err != nil {
		return err
	}
	return e.write(`INSERT INTO erasure (village, who, at, by_whom) VALUES ($1, $2, $3, $4)
		ON CONFLICT (village, who) DO UPDATE SET at = excluded.at, by_whom = excluded.by_whom`,
		e.village, ledgerHash(key, e.village, e.who), ms(e.now), e.on.By)
}

// Ledger reads the erasures; without any its key is nil.
func (s *Store) Ledger(ctx context.Context) (l Ledger, err error) {
	l.At = s.now()
	err = s.one(ctx, `SELECT value FROM secret WHERE name = 'erasure'`, nil, &l.Key)
	if errors.Is(err, sql.ErrNoRows) {
		return l, nil
	}
	if err != nil {
		return l, err
	}
	err = s.list(ctx, func(r scanner) error {
		var e Erasure
		var when int64
		err := r.Scan(&e.Village, &e.Who, &when, &e.By)
		e.At = at(when)
		l.Erasures = append(l.Erasures, e)
		return err
	}, `SELECT village, who, at, by_whom FROM erasure ORDER BY at`)
	return l, err
}

// Addresses gives every address of a village that anything is kept of to each.
func (s *Store) Addresses(ctx context.Context, village string, each func(message.Address) error) error {
	return s.listOnce(ctx, func(r scanner) error {
		var a message.Address
		if err := r.Scan((*string)(&a)); err != nil {
			return err
		}
		return each(a)
	}, `SELECT address FROM resident WHERE village = $1 UNION SELECT address FROM inbound WHERE village = $1
		UNION SELECT address FROM party WHERE village = $1 UNION SELECT address FROM outbox WHERE village = $1 AND staff = ''
		UNION SELECT resident FROM matter WHERE village = $1 AND resident <> '' UNION SELECT address FROM callback WHERE village = $1`, village)
}
