// Package dialogue says what the bot says next: pure, without reading or writing.
package dialogue
