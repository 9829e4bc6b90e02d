package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"

	"sanshi/internal/queue/streams"
)

// openRedis makes the client of the Redis that the nodes share, if there is one.
// It connects when it is first used: a start never waits for Redis.
func (p *Program) openRedis() error {
	if p.Config.RedisURL == "" {
		return nil
	}
	o, err := redisOptions(p.Config.RedisURL)
	if err != nil {
		return err
	}
	redis.SetLogger(&logging.VoidLogger{}) // its pool reports each dial; the bell says it once
	p.redis = redis.NewUniversalClient(o)
	p.Queue.Bell = &streams.Bell{Client: p.redis, Node: p.Options.NewID(), Log: p.Options.Log}
	return nil
}

// redisOptions reads the addresses: one, or those of a cluster. User, password,
// TLS and database are those of the first.
func redisOptions(addresses string) (*redis.UniversalOptions, error) {
	var all redis.UniversalOptions
	for i, part := range strings.Split(addresses, ",") {
		o, err := redis.ParseURL(strings.TrimSpace(part))
		if err != nil {
			return nil, errors.New("SANSHI_REDIS_URL is no address of the form redis://host:6379/0")
		}
		if i == 0 {
			all = redis.UniversalOptions{DB: o.DB, Username: o.Username, Password: o.Password, TLSConfig: o.TLSConfig}
		}
		all.Addrs = append(all.Addrs, o.Addr)
	}
	all.MaxRetries = -1 // the bell does not wait: what is not rung is swept
	return &all, nil
}

func (p *Program) pingRedis(ctx context.Context) error {
	if err := p.redis.Ping(ctx).Err(); err != nil {
		return fmt.Errorf("texts are handled all the same: %w", err)
	}
	return nil
}

func (p *Program) closeRedis() error {
	if p.redis == nil {
		return nil
	}
	return p.redis.Close()
}
