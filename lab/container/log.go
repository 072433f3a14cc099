package container

import (
	"bytes"
	"context"

	"github.com/moby/moby/api/pkg/stdcopy"
	"github.com/moby/moby/client"
)

// tailLines is how many lines of a container's log an error tells.
const tailLines = "20"

// log reads the last lines of what a container printed, or "all".
func (e *Engine) log(ctx context.Context, id, lines string) (string, error) {
	r, err := e.client.ContainerLogs(ctx, id, client.ContainerLogsOptions{ShowStdout: true, ShowStderr: true, Tail: lines})
	if err != nil {
		return "", err
	}
	defer r.Close()
	var text bytes.Buffer
	_, err = stdcopy.StdCopy(&text, &text, r)
	return text.String(), err
}
