package container

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/moby/moby/client"
	"github.com/moby/moby/client/pkg/versions"
)

// minimumAPI is the oldest API of an engine that the lab was tried with.
const minimumAPI = "1.41"

// openTimeout bounds the wait for an engine's first answers.
const openTimeout = 10 * time.Second

// groups counts those of this process: a process may hold several engines.
var groups atomic.Int64

// Engine is a Docker engine that was found to be usable. Its methods may be
// called by several goroutines.
type Engine struct {
	client *client.Client
	host   string // its address
	name   string // what it calls itself, with version
	arch   string // its machine's architecture, as Go names it
	root   string // the folder on its machine that holds images and containers
	direct bool   // its containers can be dialled by their own addresses
	owner  owner
}

// Open finds the engine and checks it: that it answers within 10 seconds, is on
// this machine, speaks API 1.41 or later, runs Linux containers and has space
// left. The error is an [Unusable] where the engine is to blame.
func Open(ctx context.Context) (*Engine, error) {
	list, err := places()
	if err != nil {
		return nil, err
	}
	var failed []error
	for _, place := range list {
		e, err := open(ctx, place)
		if err == nil {
			err = e.adopt(ctx)
		}
		if err == nil {
			return e, nil
		}
		failed = append(failed, err)
	}
	return nil, errors.Join(failed...)
}

// open checks the engine at one address.
func open(ctx context.Context, place string) (*Engine, error) {
	if !here(place) {
		return nil, &Unusable{Where: place, What: "is not on this machine", Mend: "The lab publishes ports on the loopback address of the engine's machine, so use an engine on this one: unset DOCKER_HOST and DOCKER_CONTEXT, \"docker context use default\""}
	}
	ctx, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	c, err := client.New(client.FromEnv, client.WithHost(place))
	if err != nil {
		return nil, unreachable(place, err)
	}
	e := &Engine{client: c, host: place}
	if err := e.examine(ctx); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	if e.owner, err = self(); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return e, nil
}

// examine asks the engine what it is.
func (e *Engine) examine(ctx context.Context) error {
	ping, err := e.client.Ping(ctx, client.PingOptions{})
	if err != nil {
		return unreachable(e.host, err)
	}
	if ping.APIVersion != "" && versions.LessThan(ping.APIVersion, minimumAPI) {
		return e.tooOld(ping.APIVersion)
	}
	version, err := e.client.ServerVersion(ctx, client.ServerVersionOptions{})
	if err != nil {
		return unreachable(e.host, err)
	}
	if versions.LessThan(version.APIVersion, minimumAPI) {
		return e.tooOld(version.APIVersion)
	}
	if version.Os != "linux" {
		return &Unusable{Where: e.host, What: "runs containers of " + version.Os, Mend: "Switch it to Linux containers"}
	}
	info, err := e.client.Info(ctx, client.InfoOptions{})
	if err != nil {
		return unreachable(e.host, err)
	}
	e.name = fmt.Sprintf("Docker Engine %s, API %s", version.Version, version.APIVersion)
	e.arch, e.root = version.Arch, info.Info.DockerRootDir
	e.direct = runtime.GOOS == "linux" && info.Info.OperatingSystem != "Docker Desktop" &&
		!strings.Contains(strings.Join(info.Info.SecurityOptions, " "), "rootless")
	return e.space(minimumSpace)
}

func (e *Engine) tooOld(api string) error {
	return &Unusable{Where: e.host, What: fmt.Sprintf("is too old: it speaks API %s, and the lab needs %s", api, minimumAPI), Mend: "Install Docker 20.10 or later"}
}

// String returns what the engine is and where.
func (e *Engine) String() string { return e.name + ", at " + e.host }

// Close gives the connections to the engine back. What runs there stays.
func (e *Engine) Close() error { return e.client.Close() }

// unreachable says why an engine does not answer, and what to do.
func unreachable(place string, err error) error {
	if client.IsErrConnectionFailed(err) {
		if seen := dial(place); seen != nil {
			err = seen // the client keeps the reason to itself
		}
	}
	u := &Unusable{Where: place, Err: err}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		u.What, u.Mend = "is absent", "Install Docker ("+install()+"), or set DOCKER_HOST to where it listens"
	case errors.Is(err, fs.ErrPermission) || strings.Contains(err.Error(), "permission denied"):
		u.What, u.Mend = "does not let this user in", "Join its group (sudo usermod -aG docker \"$USER\") and sign in again"
	case errors.Is(err, syscall.ECONNREFUSED):
		u.What, u.Mend = "is not running", "Start it: "+launch()
	case errors.Is(err, context.DeadlineExceeded):
		u.What, u.Mend = fmt.Sprintf("did not answer within %s", openTimeout), "Restart it: "+launch()
	default:
		u.What, u.Mend = "cannot be used: "+err.Error(), "\"docker version\" shows what the docker command sees of it"
	}
	return u
}

// dial connects to an address as the client does, for the error alone.
func dial(place string) error {
	u, err := url.Parse(place)
	if err != nil {
		return err
	}
	network, address := "tcp", u.Host
	if u.Scheme == "unix" {
		network, address = "unix", u.Path
	}
	c, err := net.DialTimeout(network, address, openTimeout)
	if err != nil {
		return err
	}
	return c.Close()
}

func install() string {
	if _, err := os.Stat("/usr/bin/apt-get"); err == nil {
		return "sudo apt-get install docker.io"
	}
	return "https://docs.docker.com/engine/install/"
}

func launch() string {
	if runtime.GOOS == "linux" {
		return "sudo systemctl start docker"
	}
	return "open Docker Desktop"
}
