package desk

import (
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

// Copy is what is kept of one resident, to be shown or handed to her.
type Copy struct {
	Resident directory.Resident
	Matters  []CopiedMatter // newest first
	Texts    []message.Line // the newest 500, oldest first
	Hidden   int            // texts left out with what is sealed
}

// CopiedMatter is a matter in a copy. Of a sealed one, which only few may read,
// and of another's that she joined there are no words.
type CopiedMatter struct {
	matter.Matter
	Sealed, Joined bool
}
