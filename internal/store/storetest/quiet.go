package storetest

import (
	"time"

	"sanshi/internal/desk"
	"sanshi/internal/directory"
	"sanshi/internal/message"
)

// quiet: what waits for somebody who is left in peace never leaves, whoever queued
// it and whenever; her answers do. A list does not undo it, and nobody rings her.
func quiet(f *fixture) {
	news, answer := f.reply(wang, "已安排"), f.reply(wang, "收到了")
	news.Priority, news.NotBefore = message.News, f.now().Add(time.Minute)
	f.send(news)
	f.ok(f.SetContact(f.ctx, vid, wang, directory.QuietContact))
	late := f.reply(wang, "办好了")
	late.Priority = message.News
	f.send(late, answer) // decided from what was known before
	f.pass(2 * time.Minute)
	f.expect(f.claimed(10), answer.ID)
	f.through(answer.ID)
	f.expect(f.claimed(10))

	f.ok(f.SaveResidents(f.ctx, vid, []directory.Resident{{Village: vid, Address: wang, Name: "王", Channel: "sms"}}))
	if c, err := f.Contact(f.ctx, vid, wang); err != nil || c != directory.QuietContact {
		f.Errorf("a list made her loud: %q, %v", c, err)
	}
	open := f.listed(directory.Callback{ID: "q1", Address: wang, Reason: directory.CallClosing}, directory.Callback{ID: "q2", Address: wang, Reason: directory.CallPerson})
	if len(open) != 1 || open[0].ID != "q2" {
		f.Errorf("calls to somebody who is left in peace: %+v; want the one she asked for", open)
	}
	f.ok(f.SetContact(f.ctx, vid, wang, ""))
	again := f.reply(wang, "有消息了")
	again.Priority = message.News
	f.send(again)
	f.expect(f.claimed(10), again.ID)
}

// questions: kept, answered with a fact that stays, and erased with who asked.
func questions(f *fixture) {
	ask := func(id string, who message.Address, text string) directory.Question {
		return directory.Question{ID: id, Village: vid, Address: who, Text: text, At: f.now()}
	}
	f.ok(f.Commit(f.ctx, desk.Change{Village: vid, Questions: []directory.Question{ask("a", wang, "班车几点"), ask("b", chen, "班车几点到")}}))
	f.pass(time.Second)
	f.ok(f.Commit(f.ctx, desk.Change{Village: vid, Questions: []directory.Question{ask("c", wang, "图书室开门吗")}}))
	open, err := f.Questions(f.ctx, vid)
	if err != nil || len(open) != 3 || open[0].ID != "c" || open[0].Text != "图书室开门吗" || !open[0].At.Equal(f.now()) {
		f.Fatalf("%+v, %v", open, err)
	}
	bus := directory.Fact{Text: "每天7点、15点，村口上车。", Source: "村务栏", Updated: "2026-11", Asked: []string{"客车"}, By: "li", At: f.now()}
	f.ok(f.SaveFact(f.ctx, vid, "班车", bus, []string{"a", "b"}))
	v, err := f.Village(f.ctx, vid)
	if err != nil || v.Facts["班车"].Text != bus.Text || v.Facts["班车"].By != "li" || v.Facts["班车"].Source != "村务栏" {
		f.Errorf("the fact is not kept: %+v, %v", v.Facts, err)
	}
	if open, err = f.Questions(f.ctx, vid); err != nil || len(open) != 1 || open[0].ID != "c" {
		f.Errorf("after the answer: %+v, %v", open, err)
	}
	if err := f.SaveFact(f.ctx, "nowhere", "x", bus, nil); err == nil {
		f.Error("a fact of a village that is not there is kept")
	}
	f.ok(f.Commit(f.ctx, desk.Change{Village: vid, Erase: wang}))
	if open, err = f.Questions(f.ctx, vid); err != nil || len(open) != 0 {
		f.Errorf("her questions outlive her: %+v, %v", open, err)
	}
}
