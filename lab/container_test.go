package lab_test

import (
	"testing"

	"github.com/ssprlab/ssprlab/lab"
	"github.com/ssprlab/ssprlab/lab/directory"
)

func TestSambaLab(t *testing.T) {
	ctx := t.Context()
	l, err := lab.Start(ctx, lab.Config{Seed: 1, Directory: lab.Samba, Progress: func(a string, s lab.State, err error) { t.Log(a, s, err) }})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Stop()
	d, err := directory.Open(ctx, l.Directory())
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	t.Log(d.Base())
}
