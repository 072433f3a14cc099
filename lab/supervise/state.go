package supervise

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
)

// restore puts the pristine state of a domain in the server's place. The
// server must be stopped.
func (l Layout) restore(ctx context.Context, domain string) error {
	from := l.Pristine
	if domain != Domain {
		from = filepath.Join(l.Others, domain)
		if _, err := os.Stat(from); errors.Is(err, fs.ErrNotExist) {
			return l.provision(ctx, domain, from)
		}
	}
	if err := replace(ctx, l.State, from); err != nil {
		return fmt.Errorf("restore the pristine state of %s: %w", domain, err)
	}
	return nil
}

// provision makes the state of a domain and keeps a copy of it.
func (l Layout) provision(ctx context.Context, domain, keep string) error {
	ctx, cancel := context.WithTimeoutCause(ctx, provisionPatience, fmt.Errorf("not done within %s", provisionPatience))
	defer cancel()
	c := exec.CommandContext(ctx, l.Provision, domain)
	c.SysProcAttr, c.WaitDelay = ownGroup(), stopPatience
	c.Cancel = func() error { return killGroup(c.Process.Pid) } // what the script has started would go on
	if output, err := c.CombinedOutput(); err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return fmt.Errorf("provision the domain %s by %s: %w\n%s", domain, l.Provision, err, output)
	}
	err := os.MkdirAll(l.Others, 0o755)
	if err == nil {
		err = replace(ctx, keep, l.State)
	}
	if err != nil {
		return fmt.Errorf("keep the pristine state of %s: %w", domain, err)
	}
	return nil
}

// replace makes the folder to a copy of from, with owners, modes and holes.
// What could not be finished is removed.
func replace(ctx context.Context, to, from string) error {
	if err := os.RemoveAll(to); err != nil {
		return err
	}
	output, err := exec.CommandContext(ctx, "cp", "--archive", from, to).CombinedOutput()
	if err != nil {
		return errors.Join(fmt.Errorf("cp --archive %s %s: %w\n%s", from, to, err, output), os.RemoveAll(to))
	}
	return nil
}
