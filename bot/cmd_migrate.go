package main

import (
	"context"
	"fmt"
	"io"

	"sanshi/internal/store"
)

// runMigrate brings the database to this program's version, as the start of the
// service does, and says which that is. Stop the service first when it runs on SQLite.
func runMigrate(ctx context.Context, url, dir string, out io.Writer) error {
	s, err := store.Open(ctx, store.Options{URL: url, Dir: dir})
	if err != nil {
		return err
	}
	defer s.Close()
	have, _, err := s.Versions(ctx)
	if err != nil {
		return fmt.Errorf("the database's version could not be read: %w", err)
	}
	fmt.Fprintf(out, "The database is at version %d.\n", have)
	return nil
}
