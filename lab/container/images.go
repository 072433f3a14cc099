package container

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/api/types/image"
	"github.com/moby/moby/client"
)

// Built is an image that the lab has built and that the engine has.
type Built struct {
	Name      string // of the Image; "base" for a base that the lab made
	Reference string
	ID        string
	Size      int64 // bytes, those that it shares with others included
	Created   time.Time
}

// keep is how many images of one name stay: people go back and forth between
// versions, and another process may be about to start a container from one.
const keep = 5

// Images lists what the lab has built, by name, the newest first.
func (e *Engine) Images(ctx context.Context) ([]Built, error) {
	list, err := e.client.ImageList(ctx, client.ImageListOptions{})
	if err != nil {
		return nil, fmt.Errorf("list images: %w", err)
	}
	var built []Built
	for _, i := range list.Items {
		for _, reference := range i.RepoTags {
			if name := e.ours(ctx, i, reference); name != "" {
				built = append(built, Built{Name: name, Reference: reference, ID: i.ID, Size: i.Size, Created: time.Unix(i.Created, 0)})
			}
		}
	}
	slices.SortFunc(built, func(a, b Built) int { return cmp.Or(cmp.Compare(a.Name, b.Name), b.Created.Compare(a.Created)) })
	return built, nil
}

// ours names an image that the lab built; "" for another's. A label alone does
// not tell: what somebody builds on an image of the lab's inherits it.
func (e *Engine) ours(ctx context.Context, i image.Summary, reference string) string {
	if name := i.Labels[labelImage]; name != "" && strings.HasPrefix(reference, repository(name)+":") {
		return name
	}
	if reference == debian && e.madeHere(ctx, i.ID) {
		return baseName
	}
	return ""
}

// RemoveImages removes what the lab has built under the given names, or all of
// it, and the layers of builds that were given up. It returns a line for each.
// An image that a container uses stays, which is an error.
func (e *Engine) RemoveImages(ctx context.Context, names ...string) (removed []string, err error) {
	built, err := e.Images(ctx)
	if err != nil {
		return nil, err
	}
	var failed []error
	for _, b := range inOrder(built) {
		if len(names) > 0 && !slices.Contains(names, b.Name) {
			continue
		}
		if err := e.removeImage(ctx, b.Reference); err != nil {
			failed = append(failed, fmt.Errorf("remove the image %s: %w", b.Reference, err))
			continue
		}
		removed = append(removed, "image "+b.Reference)
	}
	layers, err := e.prune(ctx)
	return append(removed, layers...), errors.Join(append(failed, err)...)
}

// inOrder puts bases last, since others are built on them.
func inOrder(built []Built) []Built {
	slices.SortStableFunc(built, func(a, b Built) int {
		rank := map[bool]int{true: 1}
		return cmp.Compare(rank[a.Name == baseName], rank[b.Name == baseName])
	})
	return built
}

func (e *Engine) removeImage(ctx context.Context, reference string) error {
	_, err := e.client.ImageRemove(ctx, reference, client.ImageRemoveOptions{PruneChildren: true})
	if errdefs.IsNotFound(err) {
		return nil
	}
	return err
}

// retire removes the oldest images of a name, all but the last few and those
// that a container uses, and what layers they leave.
func (e *Engine) retire(ctx context.Context, name, current string) error {
	built, err := e.Images(ctx)
	if err != nil {
		return err
	}
	built = slices.DeleteFunc(built, func(b Built) bool { return b.Name != name || b.Reference == current })
	for _, b := range built[min(len(built), keep-1):] {
		if err := e.removeImage(ctx, b.Reference); err != nil && !errdefs.IsConflict(err) {
			return fmt.Errorf("remove the old image %s: %w", b.Reference, err)
		}
	}
	return nil
}

// prune removes the layers of images whose build was given up. While another
// process builds it does nothing: its layers look the same.
func (e *Engine) prune(ctx context.Context) (removed []string, err error) {
	l, free, err := tryLock(buildLock, false)
	if err != nil || !free {
		return nil, err
	}
	defer l.release()
	filters := make(client.Filters).Add("dangling", "true").Add("label", labelImage)
	pruned, err := e.client.ImagePrune(ctx, client.ImagePruneOptions{Filters: filters})
	if err != nil {
		return nil, fmt.Errorf("remove layers of images: %w", err)
	}
	if n := len(pruned.Report.ImagesDeleted); n > 0 {
		removed = append(removed, fmt.Sprintf("%d layers of images, %d MB", n, pruned.Report.SpaceReclaimed/1e6))
	}
	return removed, nil
}
