package store

import "unicode/utf8"

// A list for the staff names many matters in a few words each, so no matter's id
// leads to it, and it holds no text of hers whole.

// clip is how many characters of a summary are surely said in any list, and
// leastClip how few are still looked for.
const (
	clip      = 6
	leastClip = 4
)

func clipped(summary string) string {
	r := []rune(summary)
	return string(r[:min(len(r), clip)])
}

// listed takes the words out of all texts to the staff that name a matter of hers.
// A list that has not left yet never does; what else is in it comes with the next.
func (e *eraser) listed() error {
	for _, w := range e.clips {
		if utf8.RuneCountInString(w) < leastClip {
			continue
		}
		n, err := e.exec(`UPDATE outbox SET status = 'superseded', pending = FALSE WHERE village = $1
			AND pending AND staff <> '' AND text LIKE $2 ESCAPE '\'`, e.village, like(w))
		if err != nil {
			return err
		}
		e.of(e.village).queued -= n
		if _, err := e.exec(`UPDATE outbox SET text = '', ask_options = '' WHERE village = $1
			AND staff <> '' AND text LIKE $2 ESCAPE '\'`, e.village, like(w)); err != nil {
			return err
		}
	}
	return nil
}
