package container

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/moby/moby/api/pkg/stdcopy"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
)

// attachment is a program's end of a container's standard streams.
type attachment struct {
	conn  client.HijackedResponse
	out   *io.PipeReader
	words tail          // what it prints on standard error
	ended chan struct{} // closed when it has printed everything
}

// followed reads what a container prints.
func followed(conn client.HijackedResponse) *attachment {
	out, printed := io.Pipe()
	a := &attachment{conn: conn, out: out, ended: make(chan struct{})}
	go func() {
		defer close(a.ended)
		_, err := stdcopy.StdCopy(printed, &a.words, conn.Reader)
		printed.CloseWithError(err) // nil: it has ended, and the reader sees EOF
	}()
	return a
}

// Attached returns the standard streams of a container whose Spec says Attach:
// what it prints on standard output and what it reads. The output ends when
// the container does, and closing either end closes the container's input.
func (c *Container) Attached() (output io.ReadCloser, input io.WriteCloser) {
	return c.attached, inputOf{c.attached}
}

// LastWords returns the end of what a container with Attach printed on standard
// error, at most a few kilobytes.
func (c *Container) LastWords() string {
	c.group.mu.Lock()
	defer c.group.mu.Unlock()
	if c.attached == nil {
		return ""
	}
	return c.attached.words.String()
}

// attach joins the streams of a registered container, which has not started
// yet, to this program.
func (g *Group) attach(ctx context.Context, name, id string) error {
	opened, err := g.engine.client.ContainerAttach(ctx, id, client.ContainerAttachOptions{Stream: true, Stdin: true, Stdout: true, Stderr: true})
	if err != nil {
		return fmt.Errorf("attach to its standard streams: %w", err)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.containers[name].attached = followed(opened.HijackedResponse)
	return nil
}

// hearOut waits until a container that has ended has printed everything, or
// nobody reads it.
func (a *attachment) hearOut() {
	ctx, cancel := context.WithTimeout(context.Background(), openTimeout)
	defer cancel()
	select {
	case <-a.ended:
	case <-ctx.Done():
	}
}

func (a *attachment) Read(p []byte) (int, error) { return a.out.Read(p) }

// Close lets go of the container, which sees the end of its input.
func (a *attachment) Close() error {
	a.conn.Close()
	return a.out.Close()
}

// inputOf is the container's input.
type inputOf struct{ *attachment }

func (i inputOf) Write(p []byte) (int, error) { return i.conn.Conn.Write(p) }
func (i inputOf) Close() error                { return i.conn.CloseWrite() }

// HostNetwork reports why containers cannot share this machine's network, or
// nil if they can: the network of Docker Desktop is a virtual machine's, and
// that of a rootless engine its own.
func (e *Engine) HostNetwork() error {
	if e.direct {
		return nil
	}
	return &Unusable{
		Where: e.host, What: "cannot let a container use this machine's network: it is Docker Desktop's or a rootless one",
		Mend: "Run what needs that network on this machine itself, such as the browser with --browser host",
	}
}

// configure has the engine keep the container's input open for one program,
// and close it when that program is gone.
func (s Spec) configure(c *container.Config) {
	c.Hostname, c.User = s.Name, s.User
	if s.Attach {
		c.OpenStdin, c.StdinOnce, c.AttachStdin, c.AttachStdout, c.AttachStderr = true, true, true, true, true
	}
}

// tail keeps the end of what is written to it.
type tail struct {
	mu   sync.Mutex
	text []byte
}

func (t *tail) Write(p []byte) (int, error) {
	const keep = 4 << 10
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	t.text = t.text[max(0, len(t.text)-keep):]
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.ToValidUTF8(string(t.text), "")
}
