package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"sanshi/internal/channel/twilio/twiliotest"
	"sanshi/internal/message"
)

// said are the texts of the benchmarks: an ordinary mixture.
var said = []string{
	"村口路灯坏了三天了", "家里水龙头漏水，来个人看看", "垃圾点没人收", "我娘的养老金没到账", "谢谢", "办好没有", "5", "喂 那个",
}

// benchProgram is the real program on the data folder dir.
func benchProgram(b *testing.B, dir string) *Program {
	b.Helper()
	cfg, err := LoadConfig(map[string]string{
		"SANSHI_ADDR": "127.0.0.1:0", "SANSHI_INTERNAL_ADDR": "127.0.0.1:0", "SANSHI_DATA": dir,
		"SANSHI_PUBLIC_URL": "https://sanshi.example.org", "TWILIO_ACCOUNT_SID": twiliotest.Account,
		"TWILIO_AUTH_TOKEN": twiliotest.Token, "TWILIO_API_URL": twiliotest.New(b).URL,
	}, nil)
	if err != nil {
		b.Fatal(err)
	}
	p, err := Start(context.Background(), cfg, Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	return p
}

func end(b *testing.B, p *Program) {
	b.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	if err := p.Stop(ctx); err != nil {
		b.Error(err)
	}
}

// post sends signed texts over 32 connections, each of another person.
func post(b *testing.B, address string) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 32}}
	defer client.CloseIdleConnections()
	var n atomic.Int64
	b.SetParallelism(16) // times two cores
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			i := n.Add(1)
			sid := fmt.Sprintf("SM%012d%d", i, b.N)
			form := url.Values{
				"AccountSid": {twiliotest.Account}, "MessageSid": {sid}, "SmsSid": {sid}, "NumMedia": {"0"}, "SmsStatus": {"received"},
				"Body": {said[i%int64(len(said))]}, "From": {fmt.Sprintf("+1206%07d", i%10000)}, "To": {"+12065550100"},
			}
			req, _ := http.NewRequest("POST", address, strings.NewReader(form.Encode()))
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			req.Header.Set("X-Twilio-Signature", twiliotest.Sign(twiliotest.Token, webhook, form))
			res, err := client.Do(req)
			if err != nil {
				b.Error(err)
				return
			}
			_, _ = io.Copy(io.Discard, res.Body)
			res.Body.Close()
			if res.StatusCode != 200 {
				b.Errorf("answered %d", res.StatusCode)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "texts/s")
}

// BenchmarkIntake: texts kept and acknowledged by the running program, handling
// what it can meanwhile; beside a handler that only checks the signature.
func BenchmarkIntake(b *testing.B) {
	b.Run("noop", func(b *testing.B) {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_ = r.ParseForm()
			if twiliotest.Sign(twiliotest.Token, webhook, r.PostForm) != r.Header.Get("X-Twilio-Signature") {
				w.WriteHeader(403)
			}
			_, _ = io.WriteString(w, "<Response/>")
		}))
		defer s.Close()
		post(b, s.URL)
	})
	b.Run("durable", func(b *testing.B) {
		p := benchProgram(b, b.TempDir())
		post(b, p.URL()+"/twilio/sms")
		b.StopTimer()
		end(b, p)
	})
}

// BenchmarkBacklog: texts that waited while the program was down, from scene to
// commit, replies queued. The texts are of many people.
func BenchmarkBacklog(b *testing.B) {
	dir := b.TempDir()
	p := benchProgram(b, dir)
	for i := range b.N { // kept while nobody handles: straight into the store of a stopped queue
		_, err := p.Store.Take(context.Background(), message.Inbound{
			Village: "xiangyang", Channel: "sms", ExternalID: fmt.Sprint(i), From: message.Address(fmt.Sprintf("sms:+1206%07d", i%10000)),
			To: "+12065550100", Text: said[i%len(said)], At: time.Now().Add(-time.Hour),
		})
		if err != nil {
			b.Fatal(err)
		}
		if i == 0 {
			p.workers.cancel() // the queue stops, the store goes on
		}
	}
	end(b, p)
	before := processorTime(b)
	b.ResetTimer()
	p = benchProgram(b, dir)
	for {
		st, err := p.Store.Stats(context.Background(), "xiangyang")
		if err != nil {
			b.Fatal(err)
		}
		if st.Handled >= int64(b.N) {
			break
		}
		time.Sleep(250 * time.Millisecond)
	}
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "texts/s")
	b.ReportMetric(float64((processorTime(b)-before).Microseconds())/float64(b.N), "cpu-µs/text")
	end(b, p)
}

func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
