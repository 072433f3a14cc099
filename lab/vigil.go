package lab

import (
	"fmt"
	"sync"

	"github.com/ssprlab/ssprlab/lab/container"
	"github.com/ssprlab/ssprlab/lab/part"
)

// vigil hears of containers that end by themselves, and tells the labs that use
// them. The zero value is ready.
type vigil struct {
	mu   sync.Mutex
	dead error // why nobody may use the containers any more
	labs map[*Lab]bool
}

// watch waits for the end of a container.
func (v *vigil) watch(k part.Kind, made *container.Container) {
	err, ok := <-made.Died()
	if !ok {
		return
	}
	v.spoil(fmt.Errorf("the %s died: %w", k, err))
}

// spoil notes that the containers are no good any more.
func (v *vigil) spoil(err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.dead = err
	for l := range v.labs {
		l.died(err)
	}
}

// join has a lab hear of deaths, until it leaves.
func (v *vigil) join(l *Lab) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.labs == nil {
		v.labs = map[*Lab]bool{}
	}
	v.labs[l] = true
	if v.dead != nil {
		l.died(v.dead)
	}
}

func (v *vigil) leave(l *Lab) {
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.labs, l)
}

// sound reports whether a lab may use the containers.
func (v *vigil) sound() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.dead == nil
}
