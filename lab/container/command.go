package container

import (
	"bytes"
	"context"
	"debug/elf"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
)

// commandPath is the package of the command that runs a lab's parts.
const commandPath = "github.com/ssprlab/ssprlab/cmd/ssprlab"

// command returns the ssprlab command for Linux on an architecture, static:
// this program, if it is that, or else built from source by go.
func command(ctx context.Context, arch string, p *progress) ([]byte, error) {
	if binary, ok := itself(arch); ok {
		return binary, nil
	}
	return compileOnce(ctx, arch, p)
}

// itself returns the program that runs, if it will do.
func itself(arch string) (binary []byte, ok bool) {
	info, known := debug.ReadBuildInfo()
	if !known || info.Path != commandPath || runtime.GOOS != "linux" || runtime.GOARCH != arch {
		return nil, false
	}
	binary, err := os.ReadFile("/proc/self/exe") // also when its file has been replaced
	return binary, err == nil && static(binary)
}

// static reports whether a program needs nothing beside it: it names no loader.
func static(binary []byte) bool {
	f, err := elf.NewFile(bytes.NewReader(binary))
	if err != nil {
		return false
	}
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP {
			return false
		}
	}
	return true
}

// compiled holds commands by architecture. A program is asked for many images,
// and to ask go each time whether anything has changed takes half a second.
var compiled struct {
	sync.Mutex
	commands map[string][]byte
}

// compileOnce compiles the command for an architecture, once for the program.
func compileOnce(ctx context.Context, arch string, p *progress) ([]byte, error) {
	compiled.Lock()
	defer compiled.Unlock()
	if binary, ok := compiled.commands[arch]; ok {
		return binary, nil
	}
	binary, err := compile(ctx, arch, p)
	if err != nil {
		return nil, err
	}
	if compiled.commands == nil {
		compiled.commands = map[string][]byte{}
	}
	compiled.commands[arch] = binary
	return binary, nil
}

// compile builds the command from the module that the working folder uses. The
// file in the cache is built anew only when go finds that it must be.
func compile(ctx context.Context, arch string, p *progress) ([]byte, error) {
	folder, err := cacheFolder()
	if err != nil {
		return nil, err
	}
	goTool, err := exec.LookPath("go")
	if err != nil {
		return nil, fmt.Errorf("containers run ssprlab, built static for linux/%s. This program is not that, and to build it the go command is missing: "+
			"install Go, or use an ssprlab for Linux built with CGO_ENABLED=0", arch)
	}
	l, err := lock(ctx, binaryLock, false, p.waiting)
	if err != nil {
		return nil, err
	}
	defer l.release()
	p.doing("compiling ssprlab")
	target := filepath.Join(folder, "ssprlab-linux-"+arch)
	c := exec.CommandContext(ctx, goTool, "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", target, commandPath)
	c.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+arch)
	if out, err := c.CombinedOutput(); err != nil {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return nil, fmt.Errorf("containers run ssprlab, built static for linux/%s: CGO_ENABLED=0 GOOS=linux GOARCH=%s %s: %w\n  %s%s",
			arch, arch, c, err, strings.ReplaceAll(lastLines(string(out)), "\n", "\n  "), advice(string(out)))
	}
	return os.ReadFile(target)
}

// advice tells what to do when go cannot find the command's packages.
func advice(said string) string {
	if strings.Contains(said, "no required module") || strings.Contains(said, "missing go.sum") || strings.Contains(said, "go.mod file not found") || strings.Contains(said, "no Go files") {
		return "\nUse an ssprlab for Linux built with CGO_ENABLED=0, or work in the module that is tested, after: go get -tool " + commandPath
	}
	return ""
}
