package connect

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/ssprlab/ssprlab/lab/clock"
	"github.com/ssprlab/ssprlab/lab/directory"
)

// corp is the corporate network with the directory on it, which is opened when
// first needed and which the lab can cut.
type corp struct {
	config directory.Config
	clock  *clock.Clock
	life   context.Context

	mu      sync.Mutex
	dir     *directory.Directory
	name    string // DNS name of the domain
	cut     bool
	checked time.Time // when the right below was last looked up
	expires bool      // a reset leaves an expired password behind
}

// use returns the open directory. The error is a *directory.Refusal with
// Unreachable when there is no way to it.
func (c *corp) use(ctx context.Context) (*directory.Directory, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cut || c.life.Err() != nil {
		return nil, &directory.Refusal{Reason: directory.Unreachable, Op: "open", Object: c.config.URL, Err: errCut}
	}
	if c.dir != nil {
		return c.dir, nil
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(c.life, cancel)()
	d, err := directory.Open(ctx, c.config)
	if err != nil {
		return nil, err
	}
	c.dir, c.name = d, domainOf(d.Base())
	return d, nil
}

// domain returns the DNS name of the domain, once the directory was opened; the
// directory's address before.
func (c *corp) domain() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.name == "" {
		return c.config.URL
	}
	return c.name
}

// sever cuts the network: operations under way end.
func (c *corp) sever() {
	c.mu.Lock()
	d := c.dir
	c.cut, c.dir = true, nil
	c.mu.Unlock()
	if d != nil {
		d.Close()
	}
}

func (c *corp) mend() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cut = false
}

// severed reports whether the network is cut.
func (c *corp) severed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cut
}

func (c *corp) close() {
	c.mu.Lock()
	d := c.dir
	c.dir = nil
	c.mu.Unlock()
	if d != nil {
		d.Close()
	}
}

// rightsAge is how long the agent goes on believing what rights it has; their
// spread may take up to an hour in the product (R-WB-27).
const rightsAge = 30 * time.Minute

// leavesExpired reports whether a reset leaves an expired password behind,
// because the connector account lacks the right Unexpire Password (R-WB-28). A
// right that cannot be read counts as held.
func (c *corp) leavesExpired(ctx context.Context, d *directory.Directory) bool {
	now := c.clock.Now()
	c.mu.Lock()
	fresh, expires := !c.checked.IsZero() && now.Sub(c.checked) < rightsAge, c.expires
	c.mu.Unlock()
	if fresh {
		return expires
	}
	expires = false
	if self, err := d.Account(ctx, c.config.User); err == nil {
		lacks, err := d.Rights(ctx, self.DN, self.DN, directory.UnexpirePassword)
		expires = err == nil && len(lacks) > 0
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.checked, c.expires = now, expires
	return expires
}

// forgetRights makes the next reset look the rights up again.
func (c *corp) forgetRights() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.checked = time.Time{}
}

// reasonOf returns why the directory did not do what was asked; Other when it
// is not the directory's refusal.
func reasonOf(err error) directory.Reason {
	var r *directory.Refusal
	if errors.As(err, &r) {
		return r.Reason
	}
	return directory.Other
}
