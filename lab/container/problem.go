package container

import (
	"errors"
	"fmt"
	"strings"
)

// Unusable is the error of an engine that is absent or cannot be used.
type Unusable struct {
	Where string // the engine's address, such as unix:///var/run/docker.sock
	What  string // what is wrong with it
	Mend  string // what to do
	Err   error  // what was seen; may be nil
}

func (u *Unusable) Error() string {
	return fmt.Sprintf("the Docker engine at %s %s. %s", u.Where, u.What, u.Mend)
}

func (u *Unusable) Unwrap() error { return u.Err }

// noSpace is what the kernel says, and so the engine, when a disk is full.
const noSpace = "no space left on device"

// full replaces an engine's error by one that says what to do, if it is that
// the engine's disk is full.
func (e *Engine) full(err error) error {
	if err == nil || !strings.Contains(err.Error(), noSpace) {
		return err
	}
	return e.outOfSpace(err)
}

func (e *Engine) outOfSpace(err error) error {
	if u := (*Unusable)(nil); errors.As(err, &u) {
		return err
	}
	return &Unusable{
		Where: e.host, What: "has no space left: " + err.Error(), Err: err,
		Mend: "Free some: \"docker system df\" shows what takes it, \"docker system prune\" removes what nothing uses, \"ssprlab images remove\" what the lab built",
	}
}
