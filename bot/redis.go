package main

import (
	"context"
	"encoding/json"
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
	node := p.Options.NewID()
	p.Queue.Bell = &streams.Bell{Client: p.redis, Node: node, Log: p.Options.Log}
	p.feed = &streams.Feed{Client: p.redis, Node: node, Publish: p.publish}
	return nil
}

// publish hands what happened in the queues to whoever tells other programs.
func (p *Program) publish(ctx context.Context, tell func([]streams.Entry) error) (int, error) {
	found, err := p.Store.Feed(ctx, 256)
	if err != nil || len(found) == 0 {
		return 0, err
	}
	var all []streams.Entry
	for _, x := range found {
		data, err := json.Marshal(x)
		if err != nil {
			return 0, err
		}
		e := streams.Entry{Village: x.Village, Matter: x.Matter, Version: x.Version, Data: string(data)}
		if x.Left != "" && x.Left != x.In {
			e.Queue, e.Event = string(x.Left), "leave"
			all = append(all, e)
		}
		if x.In != "" {
			e.Queue, e.Event = string(x.In), "change"
			if x.Left != x.In {
				e.Event = "enter"
			}
			all = append(all, e)
		}
	}
	if err := tell(all); err != nil {
		return 0, err
	}
	return len(found), p.Store.Told(ctx, found)
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
