//go:build !unix

package browser

import (
	"errors"

	"github.com/chromedp/chromedp"
)

// errNoPipe says why Chrome is not driven here: it takes its debugging pipe on
// descriptors that this system does not hand down.
var errNoPipe = errors.New("Chrome's debugging pipe needs Linux or macOS; use the http driver, or run under WSL")

type process struct {
	pipe   *chromedp.PipeConn
	exited chan struct{}
}

func startProcess(string, []string) (*process, error) { return nil, errNoPipe }

func (p *process) said() string { return "nothing" }
func (p *process) pid() int     { return 0 }
func (p *process) kill()        {}
func (p *process) how() string  { return errNoPipe.Error() }
func (p *process) gone() error  { return nil }
