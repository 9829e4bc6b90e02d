// Package desk answers: it takes a text, an act or the passing of time, reads
// one scene, decides, and commits one change.
package desk
