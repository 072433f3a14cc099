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

// changing keeps two goroutines from changing the environment at once.
var changing sync.Mutex

// settings are those of testcontainers-go. It reads them once in the life of a
// process, and learns here that it needs no reaper.
func settings() testcontainers.TestcontainersConfig {
	changing.Lock()
	defer changing.Unlock()
	if _, told := os.LookupEnv(ryukVariable); !told {
		defer set(ryukVariable, "true")()
	}
	return testcontainers.ReadConfig()
}

// adopt makes testcontainers-go use this engine. It looks for one once in the
// life of a process, by the environment, which is as before when adopt returns.
func (e *Engine) adopt(ctx context.Context) error {
	changing.Lock()
	defer changing.Unlock()
	defer set(hostVariable, e.host)()
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
