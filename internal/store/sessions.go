package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"time"

	"sanshi/internal/desk"
)

// tokenHash is what is kept of a secret: whoever reads the database cannot sign in.
func tokenHash(token string) string {
	h := sha256.Sum256([]byte(token))
	return hex.EncodeToString(h[:])
}

// NewLink makes the token of a sign-in link that works once, within ttl.
func (s *Store) NewLink(ctx context.Context, village, staff string, ttl time.Duration) (token string, err error) {
	b := make([]byte, 24)
	_, _ = rand.Read(b) // never fails (crypto/rand)
	token = base64.RawURLEncoding.EncodeToString(b)
	err = s.do(ctx, func(t *tx) error {
		err := t.write(`INSERT INTO link (token, village, staff, expires) VALUES ($1, $2, $3, $4)`,
			tokenHash(token), village, staff, ms(t.now.Add(ttl)))
		return err
	})
	return token, err
}

// UseLink spends a token and says for whom it was; desk.ErrNotFound when it is
// unknown, spent or too old.
func (s *Store) UseLink(ctx context.Context, token string) (village, staff string, err error) {
	err = s.do(ctx, func(t *tx) error {
		var expires int64
		err := t.one(`DELETE FROM link WHERE token = $1 RETURNING village, staff, expires`,
			[]any{tokenHash(token)}, &village, &staff, &expires)
		if errors.Is(err, sql.ErrNoRows) || err == nil && expires < ms(t.now) {
			return desk.ErrNotFound
		}
		return err
	})
	if err != nil {
		return "", "", err
	}
	return village, staff, nil
}

// FindCtx gives a session's data; found is false when it is unknown or expired.
func (s *Store) FindCtx(ctx context.Context, token string) (b []byte, found bool, err error) {
	err = s.one(ctx, `SELECT data FROM session WHERE token = $1 AND expires > $2`, []any{tokenHash(token), ms(s.now())}, &b)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	return b, err == nil, err
}

// CommitCtx keeps a session until expiry.
func (s *Store) CommitCtx(ctx context.Context, token string, b []byte, expiry time.Time) error {
	return s.do(ctx, func(t *tx) error {
		err := t.write(`INSERT INTO session (token, data, expires) VALUES ($1, $2, $3)
			ON CONFLICT (token) DO UPDATE SET data = excluded.data, expires = excluded.expires`, tokenHash(token), b, ms(expiry))
		return err
	})
}

// DeleteCtx ends a session.
func (s *Store) DeleteCtx(ctx context.Context, token string) error {
	return s.do(ctx, func(t *tx) error {
		err := t.write(`DELETE FROM session WHERE token = $1`, tokenHash(token))
		return err
	})
}

// SessionStore completes scs.CtxStore with the methods that have no context. scs
// never calls them when the others are there.
type SessionStore struct{ *Store }

// Sessions is the store of the sessions, for alexedwards/scs.
func (s *Store) Sessions() SessionStore { return SessionStore{s} }

// Find is FindCtx without a context.
func (s SessionStore) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit is CommitCtx without a context.
func (s SessionStore) Commit(token string, b []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, b, expiry)
}

// Delete is DeleteCtx without a context.
func (s SessionStore) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }

// Tidy forgets what has expired: sessions, links, the keys of acts, old costs.
func (s *Store) Tidy(ctx context.Context) error {
	return s.do(ctx, func(t *tx) error {
		for q, limit := range map[string]time.Time{
			`DELETE FROM session WHERE expires < $1`:    t.now,
			`DELETE FROM link WHERE expires < $1`:       t.now,
			`DELETE FROM act_key WHERE at < $1`:         t.now.Add(-keyLife),
			`DELETE FROM slack_code WHERE expires < $1`: t.now,
			`DELETE FROM slack_try WHERE until < $1`:    t.now,
			`DELETE FROM slack_seen WHERE at < $1`:      t.now.Add(-slackSeenLife),

			`DELETE FROM refine WHERE dead AND due_at < $1`: t.now.Add(-deadDoubts),
			`DELETE FROM model_use WHERE at < $1`:           t.now.Add(-usesKept),
		} {
			if err := t.write(q, ms(limit)); err != nil {
				return err
			}
		}
		return nil
	})
}
