// Package desk answers. A text, an act of the staff or the passing of time each
// take the same way: read one scene, decide without touching anything, commit one
// change. Nothing else changes a matter.
//
// The desk itself decides little: the classifier says what words are about, the
// dialogue what to say, the workflow of the queue what happens to the matter. The
// desk carries the plan of the one to the table of the other and gathers what
// comes of it. When the commit finds that something changed meanwhile, all is read
// and decided again.
package desk
