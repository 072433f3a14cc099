package contained

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"syscall"
	"time"

	"github.com/ssprlab/ssprlab/lab/browser"
	"github.com/ssprlab/ssprlab/lab/container"
)

// killTimeout bounds how long the engine may take to kill Chrome.
const killTimeout = 10 * time.Second

// process is a Chrome in a container of its own.
type process struct {
	engine    *container.Engine
	group     *container.Group
	container *container.Container

	exited chan struct{} // closed when Chrome has ended, or is given up
	once   sync.Once
}

var _ browser.Process = (*process)(nil)

// start runs the container.
func start(ctx context.Context, args []string, report func(container.Progress)) (*process, error) {
	e, err := container.Open(ctx)
	if err != nil {
		return nil, err
	}
	p := &process{engine: e, group: e.NewGroup(), exited: make(chan struct{})}
	if err := p.run(ctx, args, report); err != nil {
		return nil, errors.Join(err, p.Gone())
	}
	go func() {
		<-p.container.Ended()
		p.end()
	}()
	return p, nil
}

func (p *process) run(ctx context.Context, args []string, report func(container.Progress)) error {
	if err := p.engine.HostNetwork(); err != nil {
		return err // before an image is built for nothing
	}
	if _, err := p.engine.Sweep(ctx); err != nil {
		return err
	}
	img, err := container.Named(container.Chrome)
	if err != nil {
		return err
	}
	reference, err := p.engine.Build(ctx, img, report)
	if err != nil {
		return err
	}
	p.container, err = p.group.Start(ctx, container.Spec{Name: "chrome", Image: reference, Command: args, HostNetwork: true, NoNetlink: true, Attach: true})
	return err
}

func (p *process) end() { p.once.Do(func() { close(p.exited) }) }

func (p *process) Pipe() (io.ReadCloser, io.WriteCloser) { return p.container.Attached() }

func (p *process) Exited() <-chan struct{} { return p.exited }

// Status says it in the words of a process of this machine.
func (p *process) Status() string {
	select {
	case <-p.container.Ended():
	default:
		return fmt.Sprintf("the engine did not end it within %s", killTimeout)
	}
	const bySignal = 128
	switch status := p.container.ExitStatus(); {
	case status < 0:
		return "the engine lost it"
	case status > bySignal:
		return "signal: " + syscall.Signal(status-bySignal).String()
	default:
		return fmt.Sprintf("exit status %d", status)
	}
}

func (p *process) Said() string { return p.container.LastWords() }

// Kill has the engine kill Chrome, and gives it up if that takes too long.
func (p *process) Kill() {
	defer p.end()
	ctx, cancel := context.WithTimeout(context.Background(), killTimeout)
	defer cancel()
	_ = p.container.Kill(ctx) // one that has ended cannot be killed
	select {
	case <-p.container.Ended():
	case <-ctx.Done():
	}
}

// Gone removes the container, in which the profile is.
func (p *process) Gone() error { return errors.Join(p.group.Close(), p.engine.Close()) }

func (p *process) String() string {
	return "Chrome in the container " + p.group.ID()
}
