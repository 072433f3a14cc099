package container

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/api/types/build"
	"github.com/moby/moby/client"
	"github.com/moby/moby/client/pkg/jsonmessage"
)

// Build returns the reference of an image, which it builds unless it is there.
// It may be called at once by any number of processes: one of them builds. One
// that is killed leaves layers at most, which the next Sweep removes. A nil
// report is told nothing.
func (e *Engine) Build(ctx context.Context, img Image, report func(Progress)) (reference string, err error) {
	p := follow(img.Name, report)
	defer func() { p.finish(reference, err) }()
	if reference, err = e.ensure(ctx, img, p); err != nil {
		return "", fmt.Errorf("build the image %s: %w", img.Name, e.full(err))
	}
	return reference, nil
}

// BuildAll builds images as Build does, all at a time: they wait for the
// network more than for each other.
func (e *Engine) BuildAll(ctx context.Context, images []Image, report func(Progress)) error {
	var all sync.WaitGroup
	failed := make([]error, len(images))
	for i, img := range images {
		all.Go(func() { _, failed[i] = e.Build(ctx, img, report) })
	}
	all.Wait()
	return errors.Join(failed...)
}

func (e *Engine) ensure(ctx context.Context, img Image, p *progress) (string, error) {
	r, err := e.recipe(ctx, img, p)
	if err != nil {
		return "", err
	}
	reference := r.reference()
	if there, err := e.present(ctx, reference); err != nil || there {
		return reference, err
	}
	builds, err := lock(ctx, buildLock, true, p.waiting)
	if err != nil {
		return "", err
	}
	defer builds.release()
	mine, err := lock(ctx, img.Name+".lock", false, p.waiting)
	if err != nil {
		return "", err
	}
	defer mine.release()
	if there, err := e.present(ctx, reference); err != nil || there {
		return reference, err
	}
	if err := e.space(buildSpace); err != nil {
		return "", err
	}
	if err := e.build(ctx, r, reference, p); err != nil {
		return "", err
	}
	return reference, e.retire(ctx, img.Name, reference)
}

// recipe gathers all that goes into an image, and has it made where it is not
// there.
func (e *Engine) recipe(ctx context.Context, img Image, p *progress) (r recipe, err error) {
	dockerfile, err := img.dockerfile()
	if err != nil {
		return r, err
	}
	var on []string
	for _, base := range bases(dockerfile) {
		id, err := e.base(ctx, base, p)
		if err != nil {
			return r, err
		}
		on = append(on, base+" "+id)
	}
	var binary []byte
	if copies.MatchString(dockerfile) {
		if binary, err = command(ctx, e.arch, p); err != nil {
			return r, err
		}
	}
	if r, err = img.gather(dockerfile, binary); err != nil {
		return r, err
	}
	r.arch, r.bases = e.arch, on
	return r, nil
}

func (e *Engine) present(ctx context.Context, reference string) (bool, error) {
	_, err := e.client.ImageInspect(ctx, reference)
	if errdefs.IsNotFound(err) {
		return false, nil
	}
	return err == nil, err
}

// build has the engine build the image. The engine gives the reference to it
// as the last act, so there is never half an image.
func (e *Engine) build(ctx context.Context, r recipe, reference string, p *progress) error {
	p.doing("building")
	archive, err := r.archive()
	if err != nil {
		return err
	}
	res, err := e.client.ImageBuild(ctx, archive, client.ImageBuildOptions{
		Tags: []string{reference}, Remove: true, ForceRemove: true, Version: build.BuilderV1,
	})
	if err != nil {
		return err
	}
	defer res.Body.Close()
	said := &transcript{progress: p}
	if err := jsonmessage.DisplayStream(res.Body, said); err != nil {
		return said.explain(err)
	}
	return ctx.Err()
}

// transcript follows what the engine prints while it builds.
type transcript struct {
	progress *progress
	step     string   // the one under way
	tail     []string // the last lines
}

var (
	stepLine = regexp.MustCompile(`^Step ([0-9]+)/([0-9]+) : (.*)`)
	colour   = regexp.MustCompile("\x1b\\[[0-9;]*m")
	chatter  = regexp.MustCompile(`^( ---> |Removing intermediate container )|^$`)
)

func (t *transcript) Write(text []byte) (int, error) {
	for line := range strings.Lines(string(text)) {
		line = colour.ReplaceAllString(strings.TrimRight(line, "\r\n"), "")
		if m := stepLine.FindStringSubmatch(line); m != nil {
			t.step, t.tail = m[3], nil
			t.progress.doing(fmt.Sprintf("step %s of %s: %s", m[1], m[2], m[3]))
			continue
		}
		if chatter.MatchString(line) {
			continue
		}
		const keep = 20
		if t.tail = append(t.tail, line); len(t.tail) > keep {
			t.tail = t.tail[1:]
		}
	}
	return len(text), nil
}

// explain adds to the engine's error which step failed and what it said.
func (t *transcript) explain(err error) error {
	if t.step == "" || errors.Is(err, context.Canceled) {
		return err
	}
	advice := ""
	if strings.Contains(t.step, "apt-get") {
		advice = ". Packages come from the Debian archive: containers must be able to reach it"
	}
	return fmt.Errorf("the step %q failed: %w%s. It said:\n  %s", t.step, err, advice, strings.Join(t.tail, "\n  "))
}
