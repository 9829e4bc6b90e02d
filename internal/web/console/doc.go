// Package console is where staff work: the list to approve, the queues, what is
// late, who is to be called, what could not be sent, and the page of one matter
// with everything that may be done to it now.
//
// The console decides nothing. It shows what the store has, offers what the
// matter's workflow allows this person, and hands each form to the desk, through
// the same door as a tap in chat or a call of the API.
//
// It is plain HTML: every link and form works without JavaScript, on an old
// phone too. htmx only spares a reload. No address, name or search word ever
// stands in a URL, since URLs end up in logs.
//
// Private matters are a line without words in every list. Their page shows the
// words to the assignee and the village's sensitive staff; anybody else who may
// must first say why, and that is an event of the matter.
package console
