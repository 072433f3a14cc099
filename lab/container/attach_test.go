package container

import (
	"bufio"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/moby/moby/client"
)

// TestLastWordsComeLate proves that a death is told with what the container
// printed, although the news of its end is here before that.
func TestLastWordsComeLate(t *testing.T) {
	here, there := net.Pipe()
	a := followed(client.HijackedResponse{Conn: here, Reader: bufio.NewReader(here)})
	defer a.Close()
	c := &Container{group: (&Engine{}).NewGroup(), spec: Spec{Name: "part", Attach: true}, attached: a}
	told := make(chan error, 1)
	go func() { told <- c.death("exit status 3") }()
	time.AfterFunc(100*time.Millisecond, func() {
		there.Write([]byte("\x02\x00\x00\x00\x00\x00\x00\x07the end")) // on standard error
		there.Close()
	})
	if err := <-told; !strings.HasSuffix(err.Error(), "the end of its log:\n  the end") {
		t.Errorf("it says %v", err)
	}
}
