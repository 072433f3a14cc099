package container

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/moby/moby/client/pkg/jsonmessage"

	"github.com/ssprlab/ssprlab/lab/scratch"
)

// debianTree is a Debian system as an archive, in a folder that goes with the
// process.
type debianTree struct {
	dir *scratch.Dir
}

func (d *debianTree) path() string            { return filepath.Join(d.dir.Path(), "base.tar") }
func (d *debianTree) open() (*os.File, error) { return os.Open(d.path()) }
func (d *debianTree) remove() error           { return d.dir.Remove() }

// archiveKeys sign the Debian archive. On other distributions they are a
// package of their own.
const archiveKeys = "/usr/share/keyrings/debian-archive-keyring.gpg"

// recipeOfBase are the arguments for mmdebstrap that make what the image of
// that name is elsewhere: a minimal system, without manuals and translations.
func recipeOfBase(arch, target string) []string {
	args := []string{"--quiet", "--variant=minbase", "--mode=root", "--format=tar", "--architectures=" + arch,
		`--aptopt=APT::Install-Recommends "false"`, `--aptopt=Acquire::Languages "none"`, "--dpkgopt=force-unsafe-io"}
	for _, path := range []string{"man", "info", "doc", "locale", "lintian", "linda", "groff"} {
		args = append(args, "--dpkgopt=path-exclude=/usr/share/"+path+"/*")
	}
	args = append(args, "--dpkgopt=path-include=/usr/share/doc/*/copyright")
	if _, err := os.Stat(archiveKeys); err == nil {
		args = append(args, "--keyring="+archiveKeys)
	}
	return append(args, suite, target)
}

// debootstrap makes the system with mmdebstrap, which is installed if need be.
func debootstrap(ctx context.Context, arch string) (*debianTree, error) {
	if runtime.GOOS != "linux" || runtime.GOARCH != arch {
		return nil, fmt.Errorf("that needs Debian or Ubuntu on the engine's own architecture (%s). Let the engine reach a registry, and \"docker pull %s\"", arch, debian)
	}
	root, err := asRoot(ctx)
	if err != nil {
		return nil, err
	}
	if err := installed(ctx, root); err != nil {
		return nil, err
	}
	dir, err := scratch.Make("base", nil)
	if err != nil {
		return nil, err
	}
	d := &debianTree{dir: dir}
	args := append(root, append([]string{"env", "TMPDIR=" + dir.Path(), "mmdebstrap"}, recipeOfBase(arch, d.path())...)...)
	if err := call(ctx, args); err != nil {
		return nil, errors.Join(err, d.remove())
	}
	return d, nil
}

// asRoot returns what a command line begins with to be run by root.
func asRoot(ctx context.Context) ([]string, error) {
	if os.Getuid() == 0 {
		return nil, nil
	}
	root := []string{"sudo", "-n"}
	if call(ctx, append(root, "true")) != nil {
		return nil, fmt.Errorf("that needs root, and sudo asks for a password. Make it yourself, in a shell:\n  %s", byHand())
	}
	return root, nil
}

// byHand is the command that makes the base.
func byHand() string {
	var quoted []string
	for _, a := range recipeOfBase(runtime.GOARCH, "-") {
		if strings.ContainsAny(a, " *\"") {
			a = "'" + a + "'"
		}
		quoted = append(quoted, a)
	}
	return "sudo mmdebstrap " + strings.Join(quoted, " ") + " | docker import --message '" + baseMark + `' -c 'CMD ["/bin/bash"]' - ` + debian
}

// installed installs mmdebstrap if it is not there.
func installed(ctx context.Context, root []string) error {
	if _, err := exec.LookPath("mmdebstrap"); err == nil {
		return nil
	}
	if _, err := exec.LookPath("apt-get"); err != nil {
		return fmt.Errorf("that needs mmdebstrap, which is for Debian and Ubuntu. Let the engine reach a registry, and \"docker pull %s\"", debian)
	}
	if err := call(ctx, append(root, "apt-get", "update", "-qq")); err != nil {
		return err
	}
	return call(ctx, append(root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "-qq", "--no-install-recommends",
		"mmdebstrap", "debian-archive-keyring"))
}

// call runs a command that ends with this program. The error carries the
// command and what it said.
func call(ctx context.Context, args []string) error {
	c := exec.CommandContext(ctx, args[0], args[1:]...)
	c.WaitDelay = openTimeout // sudo's child is not ours to kill
	c.SysProcAttr = attributes()
	var out []byte
	var err error
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // the kernel ends the child with the thread that started it
		defer runtime.UnlockOSThread()
		out, err = c.CombinedOutput()
	}()
	<-done
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return fmt.Errorf("%s: %w\n  %s", strings.Join(args, " "), err, strings.ReplaceAll(lastLines(string(out)), "\n", "\n  "))
}

// lastLines are the last of what a command printed.
func lastLines(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	const most = 20
	return strings.Join(lines[max(0, len(lines)-most):], "\n")
}

// drain reads what the engine says until it is done, and returns its error.
func drain(r io.Reader) error { return jsonmessage.DisplayStream(r, io.Discard) }
