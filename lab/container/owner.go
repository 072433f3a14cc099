package container

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// The labels on everything that a lab makes.
const (
	labelLab   = "io.github.ssprlab.lab"   // the group's id
	labelOwner = "io.github.ssprlab.owner" // the process, as owner.String writes it
	labelImage = "io.github.ssprlab.image" // on images: the image's name
)

// owner is a process, so described that no other is taken for it: a process
// number comes again, but not with the same moment of its start.
type owner struct {
	pid     int
	host    string // the machine's name
	boot    string // tells this run of the machine, and in Linux of the process table, from others
	started string // when the process started, in the machine's own unit
}

// self is this process.
func self() (owner, error) {
	host, err := os.Hostname()
	if err != nil {
		return owner{}, fmt.Errorf("tell whose containers these are: %w", err)
	}
	boot, err := bootID()
	if err != nil {
		return owner{}, fmt.Errorf("tell whose containers these are: %w", err)
	}
	started, err := startTime(os.Getpid())
	if err != nil {
		return owner{}, fmt.Errorf("tell whose containers these are: %w", err)
	}
	return owner{pid: os.Getpid(), host: host, boot: boot, started: started}, nil
}

// String writes PID@HOST,BOOT/START.
func (o owner) String() string {
	return fmt.Sprintf("%d@%s,%s/%s", o.pid, o.host, o.boot, o.started)
}

// parseOwner reads what String wrote.
func parseOwner(text string) (o owner, ok bool) {
	pid, rest, ok1 := strings.Cut(text, "@")
	place, started, ok2 := cutLast(rest, "/")
	host, boot, ok3 := strings.Cut(place, ",")
	n, err := strconv.Atoi(pid)
	if !ok1 || !ok2 || !ok3 || err != nil || n <= 0 || host == "" || boot == "" || started == "" {
		return owner{}, false
	}
	return owner{pid: n, host: host, boot: boot, started: started}, true
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// dead reports whether o is certainly no more, as seen by me. On the same run
// of the same machine the process table says; a process of an earlier run is
// gone. Of other machines, and of other containers, nothing is known.
func (o owner) dead(me owner) bool {
	switch {
	case o.host != me.host:
		return false
	case o.boot != me.boot:
		return machine(o.boot) != machine(me.boot)
	}
	started, err := startTime(o.pid)
	return err != nil && isGone(err) || err == nil && started != o.started
}

// machine is the part of a boot id that tells one run of a machine from the
// next, without that of the process table.
func machine(boot string) string {
	run, _, _ := strings.Cut(boot, "+")
	return run
}
