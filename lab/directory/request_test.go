package directory

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"
)

const anna = "CN=Anna,DC=example,DC=test"

// unreachable fails the test unless err is a Refusal for want of an answer.
func unreachable(t *testing.T, err error, outcomeUnknown bool) *Refusal {
	t.Helper()
	var r *Refusal
	if !errors.As(err, &r) || r.Reason != Unreachable || r.OutcomeUnknown != outcomeUnknown {
		t.Fatalf("got %v, want unreachable with outcome unknown = %v", err, outcomeUnknown)
	}
	return r
}

// awaitLoss waits until the one pooled connection has noticed that it is dead.
func awaitLoss(t *testing.T, d *Directory) {
	t.Helper()
	d.pool.mu.Lock()
	l := d.pool.idle[0]
	d.pool.mu.Unlock()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	deadline := time.After(10 * time.Second)
	for l.usable() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal("the connection does not notice within 10s that the server hung up")
		}
	}
}

func TestADeadConnectionIsReplacedBeforeAWrite(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	d := s.open(t, single)
	s.hangUp()
	awaitLoss(t, d)
	if err := d.Reset(context.Background(), anna, "New-Pass-1", Reset{}); err != nil {
		t.Fatal(err)
	}
	if n := s.modifies.Load(); n != 1 {
		t.Errorf("%d modifies were sent, want 1", n)
	}
	if n := s.dialled.Load(); n != 2 {
		t.Errorf("%d connections were dialled, want 2", n)
	}
}

func TestAPasswordWriteIsNeverRepeated(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	d := s.open(t)
	s.once(ldap.ApplicationModifyRequest, drop)
	unreachable(t, d.Reset(context.Background(), anna, "New-Pass-1", Reset{}), true)
	if n := s.modifies.Load(); n != 1 {
		t.Errorf("%d modifies were sent, want 1", n)
	}
	if err := d.Unlock(context.Background(), anna); err != nil {
		t.Errorf("the next operation: %v", err)
	}
}

func TestAReadIsRepeatedOnce(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	d := s.open(t)
	before := s.searches.Load()
	s.once(ldap.ApplicationSearchRequest, drop)
	if _, err := d.Attributes(context.Background(), anna, "mail"); err != nil {
		t.Fatal(err)
	}
	if n := s.searches.Load() - before; n != 2 {
		t.Errorf("%d searches were sent, want 2", n)
	}
	before = s.searches.Load()
	s.will(func(tag ber.Tag) act {
		if tag == ldap.ApplicationSearchRequest {
			return drop
		}
		return answer
	})
	_, err := d.Attributes(context.Background(), anna, "mail")
	unreachable(t, err, false)
	if n := s.searches.Load() - before; n != 2 {
		t.Errorf("%d searches were sent, want 2", n)
	}
}

// silent binds and then says nothing more.
func silent(tag ber.Tag) act {
	if tag == ldap.ApplicationBindRequest {
		return answer
	}
	return silence
}

func TestASilentServerTimesOut(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	d := s.open(t, impatient)
	s.will(silent)
	r := unreachable(t, d.Reset(context.Background(), anna, "New-Pass-1", Reset{}), true)
	if !errors.Is(r, context.DeadlineExceeded) {
		t.Errorf("%v does not say that time was up", r)
	}
	before := s.searches.Load()
	_, err := d.Attributes(context.Background(), anna, "mail")
	unreachable(t, err, false)
	if n := s.searches.Load() - before; n != 1 {
		t.Errorf("%d searches were sent to a silent server, want 1", n)
	}
}

func TestContextEndsAnOperation(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	d := s.open(t)
	ctx, cancel := context.WithCancel(context.Background())
	s.will(func(ber.Tag) act { cancel(); return silence })
	r := unreachable(t, d.Reset(ctx, anna, "New-Pass-1", Reset{}), true)
	if !errors.Is(r, context.Canceled) {
		t.Errorf("%v does not say that it was cancelled", r)
	}
	unreachable(t, d.Unlock(ctx, anna), false)
}

func TestCloseEndsAnOperation(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	d := s.open(t)
	asked := make(chan struct{})
	s.will(func(ber.Tag) act { close(asked); return silence })
	result := make(chan error, 1)
	go func() { result <- d.Unlock(context.Background(), anna) }()
	<-asked
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if r := unreachable(t, <-result, true); !errors.As(r, new(closedError)) {
		t.Errorf("%v does not say that the directory was closed", r)
	}
	unreachable(t, d.Unlock(context.Background(), anna), false)
	if err := d.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
}

func TestWaitingForAConnectionHasAnEnd(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	d := s.open(t, single, impatient)
	l, err := d.pool.take(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer d.pool.give(l)
	unreachable(t, d.Unlock(context.Background(), anna), false)
}

func TestTwoConnectionsServeManyCallers(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	d := s.open(t)
	var callers sync.WaitGroup
	for range 16 {
		callers.Go(func() {
			for range 50 {
				if err := d.Reset(context.Background(), anna, "New-Pass-1", Reset{Unlock: true}); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	callers.Wait()
	if n := s.modifies.Load(); n != 800 {
		t.Errorf("%d modifies, want 800", n)
	}
	if n := s.dialled.Load(); n > 2 {
		t.Errorf("%d connections, want at most 2", n)
	}
}

func TestABindThatIsRefusedIsFinal(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	s.will(func(ber.Tag) act { return refuse49 })
	_, err := Open(context.Background(), Config{URL: "ldaps://" + s.listener.Addr().String(), RootCAs: s.authority.Pool(),
		User: "msol@example.test", Password: "Wrong-1"})
	var r *Refusal
	if !errors.As(err, &r) || r.Reason != WrongPassword || r.Op != opBind || r.SubCode != "52e" {
		t.Errorf("got %v", err)
	}
	if n := s.dialled.Load(); n != 1 {
		t.Errorf("%d binds, want 1", n)
	}
}

func TestAuthenticateIsNotRepeated(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	d := s.open(t)
	before := s.dialled.Load()
	s.once(ldap.ApplicationBindRequest, drop)
	unreachable(t, d.Authenticate(context.Background(), "anna@example.test", "Right-Pass-1"), true)
	if n := s.dialled.Load() - before; n != 1 {
		t.Errorf("%d connections, want 1", n)
	}
	var r *Refusal
	err := d.Authenticate(context.Background(), "anna@example.test", "")
	if !errors.As(err, &r) || r.Reason != WrongPassword {
		t.Errorf("an empty password: %v", err)
	}
}

func TestAnUntrustedServerIsUnreachable(t *testing.T) {
	t.Parallel()
	s, other := newScript(t), newScript(t)
	_, err := Open(context.Background(), Config{URL: "ldaps://" + s.listener.Addr().String(), RootCAs: other.authority.Pool()})
	unreachable(t, err, false)
}

func TestOpenRefusesABadConfig(t *testing.T) {
	for name, config := range map[string]Config{
		"no URL":              {},
		"another scheme":      {URL: "https://127.0.0.1"},
		"no host":             {URL: "ldaps://"},
		"plaintext over TLS":  {URL: "ldaps://127.0.0.1", Plaintext: true},
		"unknown dialect":     {URL: "ldaps://127.0.0.1", Dialect: 9},
		"negative timeout":    {URL: "ldaps://127.0.0.1", Timeout: -1},
		"negative connection": {URL: "ldaps://127.0.0.1", Connections: -1},
	} {
		if d, err := Open(context.Background(), config); err == nil {
			d.Close()
			t.Errorf("%s: opened", name)
		}
	}
}

// R-WB-34, R-WB-35: the controller's newest policy hints go with a reset that
// asks for them, critical; a controller of 2008 has the older ones alone.
func TestPolicyHintsAreTheControllers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		offers []string
		want   string
	}{
		{"of 2012 and later", []string{oidPolicyHintsOld, oidPolicyHints}, "1.2.840.113556.1.4.2239"},
		{"of 2008", []string{oidTreeDelete, oidPolicyHintsOld}, "1.2.840.113556.1.4.2066"},
		{"without", []string{oidTreeDelete}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newScript(t)
			s.offers = c.offers
			err := s.open(t).Reset(context.Background(), anna, "New-Pass-1", Reset{PolicyHints: true})
			s.mu.Lock()
			sent := s.modify
			s.mu.Unlock()
			if c.want == "" {
				var r *Refusal
				if !errors.As(err, &r) || r.Reason != PolicyHintsMissing || sent != nil {
					t.Errorf("got %v after sending %x, want a refusal before anything is sent", err, sent)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			control := "\x04\x17" + c.want + "\x01\x01\xff\x04\x05\x30\x03\x02\x01\x01"
			if !bytes.Contains(sent, []byte(control)) || bytes.Count(sent, []byte("1.2.840.113556")) != 1 {
				t.Errorf("sent %x, want one control, %x", sent, control)
			}
		})
	}
}
