package container

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"

	"github.com/moby/moby/client"
)

// places lists the addresses at which the engine may be. What somebody has
// chosen is the only one; else the sockets that there are come in the order of
// testcontainers-go, and without any the usual one, to complain about.
func places() ([]string, error) {
	config := settings()
	if config.Config.TestcontainersHost != "" {
		return []string{config.Config.TestcontainersHost}, nil
	}
	if host := os.Getenv(hostVariable); host != "" {
		return []string{host}, nil
	}
	if name := os.Getenv("DOCKER_CONTEXT"); name != "" {
		return contextPlace(name)
	}
	if name := currentContext(); name != "" {
		return contextPlace(name)
	}
	if config.Config.Host != "" {
		return []string{config.Config.Host}, nil
	}
	if runtime.GOOS == "windows" {
		return []string{client.DefaultDockerHost}, nil
	}
	var there []string
	for _, path := range sockets() {
		if _, err := os.Stat(path); err == nil {
			there = append(there, "unix://"+path)
		}
	}
	if len(there) == 0 {
		there = []string{client.DefaultDockerHost}
	}
	return there, nil
}

// sockets are where engines listen on Unix: installed for all, rootless, and of
// Docker Desktop.
func sockets() []string {
	list := []string{"/var/run/docker.sock"}
	if dir := os.Getenv("XDG_RUNTIME_DIR"); dir != "" {
		list = append(list, filepath.Join(dir, "docker.sock"))
	}
	if home, err := os.UserHomeDir(); err == nil {
		list = append(list, filepath.Join(home, ".docker/run/docker.sock"), filepath.Join(home, ".docker/desktop/docker.sock"))
	}
	return append(list, fmt.Sprintf("/run/user/%d/docker.sock", os.Getuid()))
}

// dockerFile names a file among the settings of the docker command; "" where
// these are nowhere, for a user without a home.
func dockerFile(path string) string {
	dir := os.Getenv("DOCKER_CONFIG")
	if dir == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return ""
		}
		dir = filepath.Join(home, ".docker")
	}
	return filepath.Join(dir, path)
}

// currentContext names the context chosen by "docker context use"; "" for none.
func currentContext() string {
	var chosen struct{ CurrentContext string }
	text, err := os.ReadFile(dockerFile("config.json"))
	if err != nil || json.Unmarshal(text, &chosen) != nil {
		return ""
	}
	return chosen.CurrentContext
}

// contextPlace is the address of a context of the docker command.
func contextPlace(name string) ([]string, error) {
	if name == "default" {
		return []string{client.DefaultDockerHost}, nil
	}
	text, err := os.ReadFile(contextFile(name))
	var meta struct {
		Endpoints map[string]struct{ Host string }
	}
	if err == nil {
		err = json.Unmarshal(text, &meta)
	}
	host := meta.Endpoints["docker"].Host
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = errors.New("there is no such context")
	case err == nil && host == "":
		err = errors.New("the context names no engine")
	}
	if err != nil {
		return nil, &Unusable{
			Where: fmt.Sprintf("context %q", name), What: "is not known: " + err.Error(), Err: err,
			Mend: "\"docker context ls\" shows those that there are, \"docker context use default\" chooses the engine of this machine",
		}
	}
	return []string{host}, nil
}

// contextFile is where the docker command describes a context.
func contextFile(name string) string {
	sum := sha256.Sum256([]byte(name))
	return dockerFile(filepath.Join("contexts/meta", hex.EncodeToString(sum[:]), "meta.json"))
}

// here reports whether an address is on this machine.
func here(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	switch u.Scheme {
	case "unix", "npipe":
		return true
	case "tcp", "http", "https":
		return u.Hostname() == "localhost" || u.Hostname() == "127.0.0.1" || u.Hostname() == "::1"
	}
	return false
}
