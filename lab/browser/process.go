//go:build unix

package browser

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"

	"github.com/ssprlab/ssprlab/lab/scratch"
)

// process is a Chrome of this machine, with its profile.
type process struct {
	cmd      *exec.Cmd
	events   *os.File
	commands *os.File
	profile  *scratch.Dir
	exited   chan struct{} // closed when the main process is reaped
	silent   chan struct{} // closed when no process holds its standard error

	mu   sync.Mutex
	tail []byte // the end of what it printed
}

// startProcess runs Chrome with its debugging pipe on descriptors 3 and 4.
func startProcess(path string, args []string) (*process, error) {
	p := &process{cmd: exec.Command(path, args...), exited: make(chan struct{}), silent: make(chan struct{})}
	var ends files
	defer ends.closeTheirs()
	if err := ends.open(); err != nil {
		return nil, err
	}
	p.cmd.ExtraFiles = []*os.File{ends.commandsIn, ends.eventsOut}
	p.cmd.Stdout, p.cmd.Stderr = ends.printOut, ends.printOut
	p.cmd.SysProcAttr = attributes()
	started := make(chan error, 1)
	go p.run(started)
	if err := <-started; err != nil {
		ends.closeOurs()
		return nil, err
	}
	p.events, p.commands = ends.eventsIn, ends.commandsOut
	go p.listen(ends.printIn)
	return p, nil
}

// run starts Chrome and reaps it. It keeps its thread: the kernel kills the
// child when the thread that started it ends, not the program. The thread is
// not given back, because what keeps Chrome quiet holds for it too.
func (p *process) run(started chan<- error) {
	runtime.LockOSThread()
	err := keepQuiet()
	if err == nil {
		err = p.cmd.Start()
	}
	started <- err
	if err != nil {
		return
	}
	_ = p.cmd.Wait() // how it ended is in ProcessState
	close(p.exited)
}

// listen keeps the end of what Chrome prints until its last process is gone:
// all of them inherit its standard error.
func (p *process) listen(printed *os.File) {
	defer close(p.silent)
	defer printed.Close()
	const keep = 4 << 10
	buf := make([]byte, keep)
	for {
		n, err := printed.Read(buf)
		p.mu.Lock()
		p.tail = append(p.tail, buf[:n]...)
		p.tail = p.tail[max(0, len(p.tail)-keep):]
		p.mu.Unlock()
		if err != nil {
			return
		}
	}
}

func (p *process) Pipe() (io.ReadCloser, io.WriteCloser) { return p.events, p.commands }

func (p *process) Exited() <-chan struct{} { return p.exited }

func (p *process) Status() string { return p.cmd.ProcessState.String() }

func (p *process) Said() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return string(p.tail)
}

// Kill kills the main process and its group.
func (p *process) Kill() { _ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL) }

// Gone waits until the last process of the group is gone, and removes the
// profile.
func (p *process) Gone() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	var err error
	select {
	case <-p.silent:
	case <-ctx.Done():
		err = fmt.Errorf("processes of Chrome %d still run %s after it was killed", p.cmd.Process.Pid, closeTimeout)
	}
	return errors.Join(err, p.profile.Remove())
}

func (p *process) String() string { return p.cmd.Path }

// files are the pipes between this program and Chrome.
type files struct {
	commandsIn, eventsOut, printOut *os.File // Chrome's
	commandsOut, eventsIn, printIn  *os.File // ours
}

func (f *files) open() error {
	var errs [3]error
	f.commandsIn, f.commandsOut, errs[0] = os.Pipe()
	f.eventsIn, f.eventsOut, errs[1] = os.Pipe()
	f.printIn, f.printOut, errs[2] = os.Pipe()
	err := errors.Join(errs[:]...)
	if err != nil {
		f.closeOurs()
		return fmt.Errorf("make the pipes: %w", err)
	}
	return nil
}

func (f *files) closeTheirs() { closeAll(f.commandsIn, f.eventsOut, f.printOut) }
func (f *files) closeOurs()   { closeAll(f.commandsOut, f.eventsIn, f.printIn) }

func closeAll(files ...*os.File) {
	for _, f := range files {
		if f != nil {
			f.Close()
		}
	}
}
