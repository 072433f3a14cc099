package supervise

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
)

// errEnded says that the server ended while something was awaited of it.
var errEnded = errors.New("the server has ended")

// process is a directory server that was started, with all its children.
type process struct {
	cmd   *exec.Cmd
	log   *words
	ended chan struct{} // closed when it is gone
	err   error         // how it ended; to be read after that
}

// start runs command with environment, besides the path, in a process group of
// its own.
func start(command, environment []string, log *words) (*process, error) {
	p := &process{cmd: exec.Command(command[0], command[1:]...), log: log, ended: make(chan struct{})}
	p.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=/"}, environment...)
	p.cmd.Stdout, p.cmd.Stderr = log, log
	p.cmd.SysProcAttr = ownGroup()
	p.cmd.WaitDelay = stopPatience // a child may hold the log open
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", command[0], err)
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.ended)
	}()
	return p, nil
}

// death says how the server ended, in its own words.
func (p *process) death() error {
	how := "with success"
	if p.err != nil {
		how = "with " + p.err.Error()
	}
	return fmt.Errorf("%s ended by itself, %s. Its last words:\n%s", p.cmd.Path, how, p.log)
}

// kill ends the server and all its children. Its state is thrown away, so it
// is not asked to be tidy.
func (p *process) kill() error {
	ctx, cancel := context.WithTimeout(context.Background(), stopPatience)
	defer cancel()
	if err := killGroup(p.cmd.Process.Pid); err != nil {
		return fmt.Errorf("kill %s: %w", p.cmd.Path, err)
	}
	select {
	case <-p.ended:
		reap(p.cmd.Process.Pid)
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%s was killed and is not gone after %s", p.cmd.Path, stopPatience)
	}
}
