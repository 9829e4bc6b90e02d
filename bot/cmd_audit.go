package main

import (
	"context"
	"fmt"
	"io"

	"sanshi/internal/store"
)

// runAuditVerify recomputes the sealed record of a village ("" for all) and says
// what it found. A break is an error, so the command ends with 1. It looks at
// SQLite beside a running service and changes nothing.
func runAuditVerify(ctx context.Context, url, dir, village, seal string, out io.Writer) error {
	s, err := store.Open(ctx, store.Options{URL: url, Dir: dir, ReadOnly: true})
	if err != nil {
		return err
	}
	defer s.Close()
	if village != "" {
		if _, err := s.Village(ctx, village); err != nil {
			return fmt.Errorf("there is no village %q: see SANSHI_VILLAGES, or leave --village out to check all", village)
		}
	}
	r, err := s.Verify(ctx, village, seal)
	if err != nil {
		return fmt.Errorf("the record could not be read to its end: %w", err)
	}
	if r.Break != nil {
		return fmt.Errorf("the record was changed: %w", r.Break)
	}
	writeReport(out, r)
	return nil
}

func writeReport(out io.Writer, r store.Report) {
	fmt.Fprintf(out, "The record is whole: %d matters, %d events, %d seals.\n", r.Matters, r.Events, r.Seals)
	fmt.Fprintf(out, "Words: %d match the record, %d were erased on a recorded request.\n", r.Words, r.Erased)
	if r.UpTo != nil {
		fmt.Fprintf(out, "Proved up to seal %d of %s: %s.\n", r.UpTo.N, r.UpTo.At.Format("2006-01-02 15:04 MST"), r.UpTo.Short())
	}
	if r.Unsealed > 0 {
		fmt.Fprintf(out, "Not yet sealed: %d events; a change of these could not be found.\n", r.Unsealed)
	}
}
