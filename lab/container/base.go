package container

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/client"
)

// debian is the base of the lab's images. Where no registry can be reached it
// is made from the Debian archive, under the same name.
const (
	debian   = "debian:trixie-slim"
	suite    = "trixie"
	baseName = "base"
	// baseMark is the comment on an image that the lab made. It is not a
	// label, which all that is built on it would inherit.
	baseMark = "ssprlab: made from the Debian archive"
)

const (
	registryTimeout = 15 * time.Second // until a registry begins to answer
	pullTimeout     = 5 * time.Minute
)

// base returns the id of an image to build on, which is pulled or made if it is
// not there.
func (e *Engine) base(ctx context.Context, reference string, p *progress) (string, error) {
	if id, err := e.imageID(ctx, reference); err != nil || id != "" {
		return id, err
	}
	l, err := lock(ctx, baseLock, false, p.waiting)
	if err != nil {
		return "", err
	}
	defer l.release()
	if id, err := e.imageID(ctx, reference); err != nil || id != "" {
		return id, err
	}
	p.doing("pulling " + reference)
	if err := e.pull(ctx, reference); err != nil {
		if ctx.Err() != nil || reference != debian {
			return "", fmt.Errorf("pull %s, which it is built on: %w", reference, err)
		}
		p.doing("making " + reference + " from the Debian archive, since it cannot be pulled")
		if failed := e.makeBase(ctx, reference); failed != nil {
			return "", fmt.Errorf("%s is not there, cannot be pulled (%w), and cannot be made: %w", reference, err, failed)
		}
	}
	id, err := e.imageID(ctx, reference)
	if err == nil && id == "" {
		err = fmt.Errorf("%s is still not there", reference)
	}
	return id, err
}

// imageID returns the id of an image; "" if it is not there.
func (e *Engine) imageID(ctx context.Context, reference string) (string, error) {
	seen, err := e.client.ImageInspect(ctx, reference)
	if errdefs.IsNotFound(err) {
		return "", nil
	}
	return seen.ID, err
}

// madeHere reports whether the lab made an image from the Debian archive.
func (e *Engine) madeHere(ctx context.Context, id string) bool {
	seen, err := e.client.ImageInspect(ctx, id)
	return err == nil && seen.Comment == baseMark
}

// pull pulls an image, if its registry begins to answer in time.
func (e *Engine) pull(ctx context.Context, reference string) error {
	ctx, cancel := context.WithTimeoutCause(ctx, pullTimeout, fmt.Errorf("not done within %s", pullTimeout))
	defer cancel()
	ctx, giveUp := context.WithCancelCause(ctx)
	answered := alarm(registryTimeout, func() { giveUp(fmt.Errorf("no registry answers within %s", registryTimeout)) })
	defer answered()
	r, err := e.client.ImagePull(ctx, reference, client.ImagePullOptions{})
	if err == nil {
		defer r.Close()
		for message, failed := range r.JSONMessages(ctx) {
			answered()
			if err = failed; err == nil && message.Error != nil {
				err = message.Error
			}
			if err != nil {
				break
			}
		}
	}
	if cause := context.Cause(ctx); err != nil && cause != nil {
		return cause
	}
	return err
}

// makeBase builds the base from the Debian archive and hands it to the engine,
// which names it when it has all of it.
func (e *Engine) makeBase(ctx context.Context, reference string) error {
	if err := e.space(buildSpace); err != nil {
		return err
	}
	d, err := debootstrap(ctx, e.arch)
	if err != nil {
		return err
	}
	return errors.Join(e.load(ctx, d, reference), d.remove())
}

func (e *Engine) load(ctx context.Context, d *debianTree, reference string) error {
	f, err := d.open()
	if err != nil {
		return err
	}
	defer f.Close()
	r, err := e.client.ImageImport(ctx, client.ImageImportSource{Source: f, SourceName: "-"}, reference,
		client.ImageImportOptions{Message: baseMark, Changes: []string{`CMD ["/bin/bash"]`}})
	if err != nil {
		return fmt.Errorf("import %s: %w", reference, err)
	}
	defer r.Close()
	return drain(r)
}
