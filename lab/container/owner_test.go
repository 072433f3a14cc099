package container

import (
	"os/exec"
	"testing"
)

func TestOwnerIsReadAsWritten(t *testing.T) {
	me, err := self()
	if err != nil {
		t.Fatal(err)
	}
	if got, ok := parseOwner(me.String()); !ok || got != me {
		t.Errorf("%s is read as %+v, want %+v", me, got, me)
	}
	for _, text := range []string{"", "1", "1@host/2", "x@host,boot/2", "0@host,boot/2", "-1@host,boot/2", "1@,boot/2", "1@host,/2", "1@host,boot/", "1@host,boot"} {
		if o, ok := parseOwner(text); ok {
			t.Errorf("%q is read as %+v", text, o)
		}
	}
}

// TestDeadIsCertain proves that an owner is dead only if that can be known.
func TestDeadIsCertain(t *testing.T) {
	me, err := self()
	if err != nil {
		t.Fatal(err)
	}
	ended := exec.Command("true")
	if err := ended.Run(); err != nil {
		t.Fatal(err)
	}
	change := func(f func(*owner)) owner { o := me; f(&o); return o }
	for name, c := range map[string]struct {
		owner owner
		dead  bool
	}{
		"myself":                                {me, false},
		"a process that has ended":              {change(func(o *owner) { o.pid = ended.Process.Pid }), true},
		"an earlier process of my number":       {change(func(o *owner) { o.started = "1" }), true},
		"a process before the machine's start":  {change(func(o *owner) { o.boot = "earlier+1" }), true},
		"a process of another container":        {change(func(o *owner) { o.boot = machine(o.boot) + "+1" }), false},
		"a process of another machine":          {change(func(o *owner) { o.host += "2" }), false},
		"an ended process of another machine":   {change(func(o *owner) { o.host += "2"; o.pid = ended.Process.Pid }), false},
		"an ended process of another container": {change(func(o *owner) { o.boot = machine(o.boot) + "+1"; o.pid = ended.Process.Pid }), false},
	} {
		if got := c.owner.dead(me); got != c.dead {
			t.Errorf("%s: dead %v, want %v", name, got, c.dead)
		}
	}
}

// TestZombieIsDead proves that a process that nobody has waited for is dead.
func TestZombieIsDead(t *testing.T) {
	me, err := self()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command("cat") // lives until its input ends
	in, err := c.StdinPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	started, err := startTime(c.Process.Pid)
	if err != nil {
		t.Error(err)
	}
	if err := in.Close(); err != nil {
		t.Error(err)
	}
	ctx := t.Context()
	zombie := me
	zombie.pid, zombie.started = c.Process.Pid, started
	if err := await(ctx, func() bool { return zombie.dead(me) }); err != nil {
		t.Error("an ended process that nobody has waited for is not dead")
	}
	if err := c.Wait(); err != nil {
		t.Error(err)
	}
}
