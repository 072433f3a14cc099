package container

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/log"
)

// The variables by which testcontainers-go is told where the engine is and that
// it needs no reaper.
const (
	hostVariable = "DOCKER_HOST"
	ryukVariable = "TESTCONTAINERS_RYUK_DISABLED"
)

// adopting keeps two Opens from changing the environment at once.
var adopting sync.Mutex

// adopt makes testcontainers-go use this engine, without its reaper. It decides
// both once in the life of a process, by the environment; that is as before
// when adopt returns.
func (e *Engine) adopt(ctx context.Context) error {
	adopting.Lock()
	defer adopting.Unlock()
	defer set(hostVariable, e.host)()
	if _, told := os.LookupEnv(ryukVariable); !told {
		defer set(ryukVariable, "true")()
	}
	// It announces the engine it found on standard error, once.
	loud := log.Default()
	log.SetDefault(log.NewNoopLogger())
	defer log.SetDefault(loud)
	c, err := testcontainers.NewDockerClientWithOpts(ctx)
	if err != nil {
		return errors.Join(fmt.Errorf("make testcontainers-go use the engine at %s: %w", e.host, err), e.Close())
	}
	defer c.Close()
	if used := c.DaemonHost(); used != e.host {
		return errors.Join(fmt.Errorf("use the engine at %s: this process already uses the one at %s, and testcontainers-go knows one in a process", e.host, used), e.Close())
	}
	return nil
}

// set sets a variable of the environment and returns what puts it back.
func set(name, value string) (back func()) {
	before, there := os.LookupEnv(name)
	os.Setenv(name, value)
	return func() {
		if there {
			os.Setenv(name, before)
		} else {
			os.Unsetenv(name)
		}
	}
}
