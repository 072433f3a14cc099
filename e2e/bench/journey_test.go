package bench

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/fakes/mail/mailbox"
	"github.com/ssprlab/ssprlab/lab"
	"github.com/ssprlab/ssprlab/lab/web"
	"github.com/ssprlab/ssprlab/lab/web/form"
	"github.com/ssprlab/ssprlab/scenarios/run"
)

// What the pages of a reset are recognised by.
const (
	captchaLabel = "Enter the characters in the picture or the words in the audio"
	codeLabel    = "Enter your verification code"
	doneText     = "Your password has been reset."
)

var sixDigits = regexp.MustCompile(`\b[0-9]{6}\b`)

// riddle is the id of the CAPTCHA on a page; the page names nothing else of it.
var riddle = regexp.MustCompile(`/captcha/([^/]+)\.png$`)

// walk is one reset journey of six pages, in a window of its own: user ID and
// CAPTCHA, choice, verification option, code, new password, done.
func (h *house) walk(ctx context.Context, d web.Driver, p *person) error {
	v, err := d.Visitor(ctx, p.upn)
	if err != nil {
		return err
	}
	defer v.Close()
	first, err := v.Open(ctx, h.reset())
	if err != nil {
		return err
	}
	answer, err := h.captcha(ctx, first)
	if err != nil {
		return err
	}
	acts := []web.Act{
		{Fill: []web.Fill{{Label: "User ID", Value: p.upn}, {Label: captchaLabel, Value: answer}}, Press: "Next"},
		{Choose: []string{"I forgot my password"}, Press: "Next"},
		{Press: "Email"},
	}
	for _, act := range acts {
		if _, err := v.Act(ctx, act); err != nil {
			return err
		}
	}
	code, err := h.code(ctx, p)
	if err != nil {
		return err
	}
	if _, err := v.Act(ctx, web.Act{Fill: []web.Fill{{Label: codeLabel, Value: code}}, Press: "Next"}); err != nil {
		return err
	}
	fresh := p.forget()
	last, err := v.Act(ctx, web.Act{Fill: []web.Fill{{Label: "Enter new password", Value: fresh}, {Label: "Confirm new password", Value: fresh}}, Press: "Finish"})
	if err != nil {
		return err
	}
	if !strings.Contains(last.Text, doneText) {
		return fmt.Errorf("%s ends at the page %q: %q", p.upn, last.Heading, last.Text)
	}
	p.old, p.password = p.password, fresh
	return nil
}

// captcha asks the control port what the picture on the page shows.
func (h *house) captcha(ctx context.Context, v *web.View) (string, error) {
	for _, image := range v.Images {
		if id := riddle.FindStringSubmatch(image.URL); id != nil {
			return h.tenant.CaptchaAnswer(ctx, id[1])
		}
	}
	return "", fmt.Errorf("the page %q shows no CAPTCHA", v.Heading)
}

// code reads the code of the newest mail that has one. It is there already:
// the page says that it was sent.
func (h *house) code(ctx context.Context, p *person) (string, error) {
	m, err := h.mail.Wait(ctx, mailbox.Query{To: p.mailbox, Subject: "verification code"})
	if err != nil {
		return "", err
	}
	if code := sixDigits.FindString(m.Text); code != "" {
		return code, nil
	}
	return "", fmt.Errorf("the mail %q to %s holds no code", m.Subject, p.mailbox)
}

// one lets whoever is free make a journey.
func (h *house) one(ctx context.Context, d web.Driver) error {
	p := <-h.people
	defer func() { h.people <- p }()
	return h.walk(ctx, d, p)
}

func hosts() web.Hosts { return web.Hosts{"*." + lab.Domain: "127.0.0.1"} }

// parallelJourneys is how many journeys are under way for each processor.
const parallelJourneys = 4

// BenchmarkReset is a whole reset with its writeback, people and lab in one
// process. "journeys/s" is what the clock saw, other work of the machine
// included; "per-cpu-s" is what one processor does in a second of its own time.
func BenchmarkReset(b *testing.B) {
	run.CollectSeldom() // as the command does
	h := openHouse(b)
	b.Run("http", h.byForm)
	b.Run("browser", h.byBrowser)
	h.proveResets(b)
}

func (h *house) byForm(b *testing.B) {
	d := form.New(form.Config{RootCAs: h.authority.Pool(), Hosts: hosts()})
	defer d.Close()
	b.SetParallelism(parallelJourneys)
	before := processorTime(b)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := h.one(b.Context(), d); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.StopTimer()
	spent := processorTime(b) - before
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "journeys/s")
	b.ReportMetric(float64(b.N)/spent.Seconds(), "per-cpu-s")
	b.ReportMetric(ratio(spent, b.Elapsed()), "processors")
	each, yardstick := spent/time.Duration(b.N), privateOperation(b)
	inMilliseconds(b, each, "cpu-ms")
	inMilliseconds(b, yardstick, "rsa-ms")
	b.ReportMetric(ratio(each, yardstick), "of-rsa")
}

// privateOperation is the processor time of one RSA-2048 private operation, of
// which a journey has one: the yardstick for a processor that others use too.
func privateOperation(b *testing.B) time.Duration {
	const n = 300
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		b.Fatal(err)
	}
	digest := sha256.Sum256([]byte("journey"))
	before := processorTime(b)
	for range n {
		if _, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, digest[:]); err != nil {
			b.Fatal(err)
		}
	}
	return (processorTime(b) - before) / n
}

// processorTime is what this process has used so far, of all processors.
func processorTime(b *testing.B) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
