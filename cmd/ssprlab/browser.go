package main

import (
	"context"
	"fmt"
	"io"

	"github.com/ssprlab/ssprlab/lab/browser"
	"github.com/ssprlab/ssprlab/lab/browser/contained"
	"github.com/ssprlab/ssprlab/lab/container"
)

// Where the browser runs.
const (
	browserHost      = "host"
	browserContainer = "container"
)

// launchBrowser starts the browser at a place; w is told what is built for it.
func launchBrowser(ctx context.Context, place string, cfg browser.Config, w io.Writer) (b *browser.Browser, err error) {
	advice := "Without a browser: ssprlab run --driver http"
	switch place {
	case browserHost:
		b, err = browser.Launch(ctx, cfg)
		advice += "; with one in a container: ssprlab run --browser container"
	case browserContainer:
		b, err = contained.Launch(ctx, cfg, container.Lines(w))
	default:
		return nil, fail(statusBadInput, fmt.Errorf("--browser %q: expected %s or %s", place, browserHost, browserContainer))
	}
	if err != nil {
		return nil, fail(statusNoLab, fmt.Errorf("%w\n%s", err, advice))
	}
	return b, nil
}
