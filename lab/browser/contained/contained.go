// Package contained runs the browser of a lab in a container, for machines that
// have none or another one than they should: the image "chrome" of package
// container, which holds the fonts too.
//
// The container uses the network of the machine, so that the hosts of every lab
// are on its loopback address as they are for a browser that is installed, and
// nothing else listens: Chrome's debugging pipe is the container's standard
// streams. When the program dies the pipe ends, and Chrome with it; the empty
// container that is left then is removed at the next start or by "ssprlab clean".
//
// Modelled: everything that package browser models. Not modelled: engines whose
// containers cannot use the machine's network, such as Docker Desktop.
package contained

import (
	"context"
	"fmt"

	"github.com/ssprlab/ssprlab/lab/browser"
	"github.com/ssprlab/ssprlab/lab/container"
)

// Launch starts Chrome in a container, and waits until it answers. It builds
// the image where it is missing and tells report, unless nil, of it; and it
// removes what dead labs left. Path has no meaning here. The container goes
// when the browser is closed.
func Launch(ctx context.Context, cfg browser.Config, report func(container.Progress)) (*browser.Browser, error) {
	cfg.Start = func(ctx context.Context, args []string) (browser.Process, error) {
		p, err := start(ctx, args, report)
		if err != nil {
			return nil, fmt.Errorf("start Chrome in a container: %w", err)
		}
		return p, nil
	}
	return browser.Launch(ctx, cfg)
}
