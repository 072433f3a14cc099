package outage_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/moby/moby/client"

	"github.com/ssprlab/ssprlab/lab"
	"github.com/ssprlab/ssprlab/lab/enginetest"
	"github.com/ssprlab/ssprlab/lab/part"
	"github.com/ssprlab/ssprlab/lab/pki"
)

// TestDeadDirectoriesLeaveNoNetwork has one fleet lose a directory again and
// again: the engine has addresses for some thirty networks only.
func TestDeadDirectoriesLeaveNoNetwork(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	enginetest.Open(t)
	authority, err := pki.NewAuthority()
	check(t, err)
	fleet, err := lab.OpenFleet(ctx, lab.FleetConfig{Directory: lab.Samba, Authority: authority})
	check(t, err)
	defer func() { check(t, fleet.Close()) }()
	for range 3 {
		l, err := lab.Start(ctx, lab.Config{Directory: lab.Samba, Authority: authority, Fleet: fleet})
		check(t, err)
		check(t, l.Kill(ctx, part.KindDirectory))
		if err := <-l.Failed(); !strings.Contains(err.Error(), "the directory died") {
			t.Error(err)
		}
		check(t, l.Stop())
		if left := networks(ctx, t, lab.Corp); len(left) > 0 {
			t.Errorf("the directory is dead, and its network is still there: %v", left)
		}
	}
}

// networks lists the networks of that kind that this process has made.
func networks(ctx context.Context, t *testing.T, kind lab.Network) (names []string) {
	t.Helper()
	docker, err := client.New(client.FromEnv)
	check(t, err)
	defer docker.Close()
	list, err := docker.NetworkList(ctx, client.NetworkListOptions{})
	check(t, err)
	for _, n := range list.Items {
		if strings.HasPrefix(n.Labels["io.github.ssprlab.owner"], fmt.Sprintf("%d@", os.Getpid())) && strings.HasPrefix(n.Name, "ssprlab-"+string(kind)) {
			names = append(names, n.Name)
		}
	}
	return names
}
