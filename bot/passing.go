package main

import (
	"context"
	"errors"

	"sanshi/internal/channel"
	"sanshi/internal/desk"
)

// passing reports whether an error of handling a text speaks of the moment and
// not of the text: then it is tried again and never becomes a dead letter.
func passing(err error) bool {
	for _, e := range []error{desk.ErrStale, channel.ErrUnavailable, context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}
