package streams_test

import (
	"context"
	"fmt"

	"github.com/redis/go-redis/v9"

	"sanshi/internal/queue/streams"
)

// Another program follows the queue of village matters of one village. It
// remembers the last id it has worked on, and asks the API for what it needs to
// know: the stream says that something happened, the database is the truth.
func ExampleQueueKey() {
	ctx := context.Background()
	client := redis.NewClient(&redis.Options{Addr: "127.0.0.1:6379"})
	defer func() { _ = client.Close() }()
	last := "0" // from the beginning; "$" for what happens from now on
	follow := func() error {
		found, err := client.XRead(ctx, &redis.XReadArgs{Streams: []string{streams.QueueKey("xiangyang", "village"), last}, Block: 0}).Result()
		if err != nil {
			return err
		}
		for _, e := range found[0].Messages {
			fmt.Println(e.Values["event"], e.Values["matter"], e.Values["version"], e.Values["data"])
			last = e.ID // an entry may come twice: what was done for a matter's version is not done again
		}
		return nil
	}
	_ = follow
	fmt.Println(streams.QueueKey("xiangyang", "village"))
	// Output: sanshi:{xiangyang}:village
}
