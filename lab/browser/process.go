//go:build unix

package browser

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"

	"github.com/chromedp/chromedp"
)

// process is a Chrome and all processes it starts.
type process struct {
	cmd    *exec.Cmd
	pipe   *chromedp.PipeConn
	exited chan struct{} // closed when the main process is reaped
	silent chan struct{} // closed when no process holds its standard error

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
	p.pipe = chromedp.NewPipeConn(ends.eventsIn, ends.commandsOut)
	go p.listen(ends.printIn)
	return p, nil
}

// run starts Chrome and reaps it. It keeps its thread: the kernel kills the
// child when the thread that started it ends, not the program.
func (p *process) run(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := p.cmd.Start()
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

// said returns the end of what Chrome printed.
func (p *process) said() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if text := strings.TrimSpace(string(p.tail)); text != "" {
		return text
	}
	return "nothing"
}

func (p *process) pid() int { return p.cmd.Process.Pid }

// kill kills the main process and its group.
func (p *process) kill() { _ = syscall.Kill(-p.pid(), syscall.SIGKILL) }

// how says how the main process ended. Call it once exited is closed.
func (p *process) how() string {
	text := p.cmd.ProcessState.String()
	if said := p.said(); said != "nothing" && !strings.Contains(text, "killed") {
		text += "; it said: " + said
	}
	return text
}

// gone waits until the last process of the group is gone.
func (p *process) gone() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	select {
	case <-p.silent:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("browser: processes of Chrome %d still run %s after it was killed", p.pid(), closeTimeout)
	}
}

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
