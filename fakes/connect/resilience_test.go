package connect_test

import (
	"context"
	"crypto/rsa"
	"errors"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/fakes/connect"
	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/lab/directory"
)

// unreachable hands an operation to the relay and expects nobody there.
func (w *world) unreachable(when string, op entra.Operation) {
	w.t.Helper()
	if _, err := w.relay.Do(w.t.Context(), op); !errors.Is(err, entra.ErrUnreachable) {
		w.t.Errorf("%s: %v, want ErrUnreachable", when, err)
	}
}

// R-WB-12, R-WB-60: the tenant knows when the order is answered.
func TestTheServiceStopsAndStarts(t *testing.T) {
	w := enabled(t, "adele")
	op := w.operation(entra.OpReset, "adele", nextPass)
	if st := w.do("/stop", nil); st.Running || st.Listening {
		t.Errorf("status %+v", st)
	}
	if s := w.relay.State(); s.Connected || !s.Configured {
		t.Errorf("state %+v", s)
	}
	w.unreachable("stopped", op)
	if status, code := w.order("/sync", struct{}{}, nil); status != 409 {
		t.Errorf("sync of a stopped service: %d %s", status, code)
	}
	if st := w.do("/start", nil); !st.Running || !st.Listening {
		t.Errorf("status %+v", st)
	}
	if o := w.carry(op); o.Result != entra.Done {
		t.Errorf("outcome %+v", o)
	}
	if len(w.events("id=31016")) != 1 || len(w.events("id=31015")) != 2 {
		t.Error("the events of stop and start are missing")
	}
}

// R-WB-63, R-WB-65: cut off from the cloud, and back.
func TestTheCloudGoesAndComesBack(t *testing.T) {
	for _, e := range []entra.Era{entra.Now, entra.Era2019} {
		t.Run(e.String(), func(t *testing.T) {
			w := newWorld(t, era(e))
			w.person("adele")
			w.enable()
			op := w.operation(entra.OpReset, "adele", nextPass)
			if st := w.do("/cut?from=cloud", nil); !st.CutCloud {
				t.Errorf("status %+v", st)
			}
			if w.relay.State().Connected {
				t.Error("the tenant believes that it is connected")
			}
			w.unreachable("cut", op)
			w.clock.Advance(6 * time.Minute)
			await(t, "the failed heartbeat is in the log", func() bool { return len(w.events("id=32015")) > 0 })
			lost := map[entra.Era]string{entra.Now: "id=31034", entra.Era2019: "id=32002"}[e]
			await(t, "the lost listener is in the log", func() bool { return len(w.events(lost)) > 0 })
			if st := w.do("/restore", nil); st.CutCloud || !st.Listening {
				t.Errorf("status %+v", st)
			}
			if o := w.carry(op); o.Result != entra.Done {
				t.Errorf("outcome %+v", o)
			}
		})
	}
}

// await polls a state that the agent reaches by itself.
func await(t testing.TB, what string, state func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for !state() {
		if ctx.Err() != nil {
			t.Fatalf("waited in vain until %s", what)
		}
		timer := time.NewTimer(time.Millisecond)
		<-timer.C
	}
}

// A relay that ends every listener is dialled again without an order.
func TestALostListenerIsOpenedAgain(t *testing.T) {
	w := enabled(t, "adele")
	w.relay.Close()
	await(t, "the agent listens again", func() bool { return w.relay.State().Connected })
	if o := w.carry(w.operation(entra.OpReset, "adele", nextPass)); o.Result != entra.Done {
		t.Errorf("outcome %+v", o)
	}
}

func TestTheDirectoryGoesAndComesBack(t *testing.T) {
	w := enabled(t, "adele")
	op := w.operation(entra.OpReset, "adele", nextPass)
	if st := w.do("/cut?from=corp", nil); !st.CutCorp {
		t.Errorf("status %+v", st)
	}
	if !w.relay.State().Connected {
		t.Error("the agent left the relay because of the directory")
	}
	for _, kind := range []entra.Kind{entra.OpReset, entra.OpUnlock, entra.OpChange, entra.OpValidate} {
		op.Kind = kind
		if o := w.carry(op); o.Result != entra.AgentUnavailable {
			t.Errorf("%s: %+v", kind, o)
		}
	}
	if status, _ := w.order("/sync", struct{}{}, nil); status != http.StatusBadGateway || len(w.events("id=6100")) != 1 {
		t.Errorf("sync: %d", status)
	}
	w.do("/restore", nil)
	op.Kind = entra.OpReset
	if o := w.carry(op); o.Result != entra.Done {
		t.Errorf("outcome %+v", o)
	}
}

// A directory whose server dies is told apart from one that refuses.
func TestADeadDirectoryIsUnavailable(t *testing.T) {
	w := enabled(t, "adele")
	op := w.operation(entra.OpReset, "adele", nextPass)
	must(t, w.server.Close())
	if o := w.carry(op); o.Result != entra.AgentUnavailable {
		t.Errorf("outcome %+v", o)
	}
}

// R-WB-06: disabling rolls the key, and sign-in goes on all the while.
func TestDisablingRollsTheKey(t *testing.T) {
	made := 0
	fresh := func(c *connect.Config, _ *entra.Config) {
		c.Keys = func() (*rsa.PrivateKey, error) { made++; return agentKey() }
	}
	w := newWorld(t, fresh)
	w.person("adele")
	w.enable()
	if st := w.do("/configure", as(admin, adminPass, "writeback", false)); st.Writeback {
		t.Errorf("status %+v", st)
	}
	if s := w.relay.State(); s.Configured || !s.Connected {
		t.Errorf("state %+v", s)
	}
	w.unreachable("disabled", w.operation(entra.OpReset, "adele", nextPass))
	if o := w.carry(w.operation(entra.OpValidate, "adele", startPass)); o.Result != entra.Done {
		t.Errorf("sign-in: %+v", o)
	}
	w.do("/configure", as(admin, adminPass, "writeback", true))
	if o := w.carry(w.operation(entra.OpReset, "adele", nextPass)); o.Result != entra.Done {
		t.Errorf("outcome %+v", o)
	}
	if made != 2 {
		t.Errorf("%d keys were made, want 2", made)
	}
	for _, id := range []string{"31012", "31013", "31016"} {
		if len(w.events("id="+id)) != 1 {
			t.Errorf("no event %s", id)
		}
	}
}

// The agent makes its own key when it is given none, and New does not wait.
func TestTheKeyIsMadeOffTheWay(t *testing.T) {
	w := newWorld(t, func(c *connect.Config, _ *entra.Config) { c.Keys = nil })
	w.person("adele")
	w.install()
	if o := w.carry(w.operation(entra.OpValidate, "adele", startPass)); o.Result != entra.Done {
		t.Errorf("sign-in: %+v", o)
	}
}

// A key that cannot be made is an event and an answer, not a hang.
func TestAKeyThatCannotBeMade(t *testing.T) {
	w := newWorld(t, func(c *connect.Config, _ *entra.Config) {
		c.Keys = func() (*rsa.PrivateKey, error) { return nil, errors.New("no entropy") }
	})
	w.license()
	w.install()
	if status, _ := w.order("/configure", as(admin, adminPass, "writeback", true), nil); status != http.StatusBadGateway {
		t.Errorf("status %d", status)
	}
	if len(w.events("id=32010")) == 0 {
		t.Error("no event 32010")
	}
}

// R-RST-54: a relay that is given up on is told nothing twice.
func TestAnOperationThatExpiresOnTheWayIsNotApplied(t *testing.T) {
	w := enabled(t, "adele")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.relay.Do(ctx, w.operation(entra.OpReset, "adele", nextPass)); !errors.Is(err, entra.ErrUnreachable) {
		t.Errorf("error %v", err)
	}
	if o := w.carry(w.operation(entra.OpUnlock, "adele", "")); o.Result != entra.Done {
		t.Errorf("outcome %+v", o)
	}
	must(t, w.opens("adele", startPass))
}

// The house's rule 10: Close ends everything, whatever is under way.
func TestCloseLeavesNothing(t *testing.T) {
	w := enabled(t, "adele", "bert")
	stop := make(chan struct{})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-stop:
				return
			default:
				w.relay.Do(context.Background(), w.operation(entra.OpReset, "adele", nextPass)) // some end, some are cut off
			}
		}
	}()
	await(t, "something is under way", func() bool { return len(w.events("id=31001")) > 3 })
	must(t, w.agent.Close())
	close(stop)
	<-ended
	w.unreachable("closed", w.operation(entra.OpReset, "bert", nextPass))
	if status, _ := w.order("/start", struct{}{}, nil); status < 400 {
		t.Error("a closed agent was started")
	}
	await(t, "no goroutine of the agent is left", func() bool {
		all := make([]byte, 1<<20)
		all = all[:runtime.Stack(all, true)]
		return strings.Count(string(all), "fakes/connect.(*") == 0
	})
}

func TestNewCostsNextToNothing(t *testing.T) {
	a := connect.New(connect.Config{Keys: agentKey, Directory: directory.Config{URL: "ldaps://127.0.0.1:1"}})
	must(t, a.Close())
	must(t, a.Close())
}

func TestBadOrders(t *testing.T) {
	w := newWorld(t)
	for _, tc := range []struct {
		name, path string
		body       any
		status     int
	}{
		{"start before install", "/start", nil, 409},
		{"a wrong password", "/install", as(admin, "wrong"), 403},
		{"an unknown token", "/install", credentials{"token": "x"}, 403},
		{"an unknown field", "/install", credentials{"password": "x", "name": "y"}, 400},
		{"no such cable", "/cut?from=moon", nil, 400},
		{"no such order", "/explode", nil, 404},
		{"no such policy", "/sync", credentials{"policy": "all"}, 400},
		{"a huge order", "/install", credentials{"token": strings.Repeat("x", 1<<17)}, 413},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if status, code := w.order(tc.path, tc.body, nil); status != tc.status {
				t.Errorf("status %d %s, want %d", status, code, tc.status)
			}
		})
	}
	if w.agent.Status().Installed {
		t.Error("installed by a bad order")
	}
	resp, err := http.Get(w.control.URL + "/events?id=x")
	must(t, err)
	resp.Body.Close()
	if resp.StatusCode != 400 {
		t.Errorf("events with a bad id: %d", resp.StatusCode)
	}
}

// More than 500 resets a second through relay, agent and LDAP.
func BenchmarkReset(b *testing.B) {
	names := []string{"p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7"}
	w := enabled(b, names...)
	p, err := w.directory.Policy(b.Context(), "")
	must(b, err)
	p.History = 0
	must(b, w.directory.SetPolicy(b.Context(), p))
	people := make(chan entra.Operation, len(names))
	for _, n := range names {
		people <- w.operation(entra.OpReset, n, nextPass)
	}
	b.SetParallelism(4)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			op := <-people
			if o := w.carry(op); o.Result != entra.Done {
				b.Errorf("outcome %+v", o)
			}
			people <- op
		}
	})
}

func BenchmarkNew(b *testing.B) {
	must(b, func() error { _, err := agentKey(); return err }())
	for b.Loop() {
		a := connect.New(connect.Config{Keys: agentKey})
		b.StopTimer()
		a.Close()
		b.StartTimer()
	}
}
