package dialogue

import (
	"strings"

	"sanshi/internal/message"
)

// ordinal reads "the second one" out of a text: 第二个, 第2件.
func ordinal(bare string) (n int, ok bool) {
	_, after, found := strings.Cut(bare, "第")
	if !found {
		return 0, false
	}
	for _, unit := range []string{"个", "件", "条", "样"} {
		if num, _, ok := strings.Cut(after, unit); ok && length(num) <= 2 {
			return message.Digit(num)
		}
	}
	return 0, false
}
