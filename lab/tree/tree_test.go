package tree_test

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/ssprlab/ssprlab/lab"
	"github.com/ssprlab/ssprlab/lab/container"
	"github.com/ssprlab/ssprlab/lab/directory"
	"github.com/ssprlab/ssprlab/lab/tree"
)

// childVariable has this program print its mark and end, so that there is the
// mark of a process that was.
const childVariable = "SSPRLAB_TREE_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childVariable) != "" {
		mark, err := container.Mark()
		fmt.Print(mark)
		if err != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// markOfTheDead is the mark of a process that has ended.
func markOfTheDead(t *testing.T) string {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childVariable+"=1")
	out, err := child.Output()
	if err != nil || len(out) == 0 {
		t.Fatalf("the mark of a child: %q, %v", out, err)
	}
	return string(out)
}

func open(t *testing.T) *directory.Directory {
	t.Helper()
	l, err := lab.Start(t.Context(), lab.Config{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Stop() })
	d, err := directory.Open(t.Context(), l.Directory())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// TestSweep puts beside the tree of a dead lab whatever must stay.
func TestSweep(t *testing.T) {
	t.Parallel()
	ctx, d := t.Context(), open(t)
	unit := func(parent, name, description string) string {
		dn, err := d.CreateOU(ctx, parent, name, directory.Set("description", description))
		if err != nil {
			t.Fatal(err)
		}
		return dn
	}
	const mark = "Made by ssprlab, which removes it. Owner: "
	dead, base := markOfTheDead(t), d.Base()
	under := unit(base, "For the lab", "the lab may write here")
	gone := unit(under, "ssprlab-sdead01", mark+dead)
	person := directory.NewAccount{Parent: unit(gone, "Staff", "people"), Name: "adele", SAM: "adele", Password: "Lab-Password-01"}
	if _, err := d.CreateAccount(ctx, person); err != nil {
		t.Fatal(err)
	}
	living, err := tree.Plant(ctx, d, under, "sliving")
	if err != nil {
		t.Fatal(err)
	}
	_, place, _ := strings.Cut(dead, "@")
	stay := []string{
		under, living,
		unit(under, "ssprlab-theirs", "something of theirs"),
		unit(under, "Theirs", mark+dead), // it is marked, but not called so
		unit(under, "ssprlab-selsewh", mark+"1@another.example.com,boot/1"),
		unit(under, "ssprlab-snomark", mark+"1@"+strings.ReplaceAll(place, "/", "")),
		unit(base, "ssprlab-soutsid", mark+dead),
		unit(unit(under, "Deeper", "theirs"), "ssprlab-sdeeper", mark+dead),
	}
	removed, err := tree.Sweep(ctx, d, under)
	if err != nil || !slices.Equal(removed, []string{gone}) {
		t.Errorf("removed %v, %v; want %s", removed, err, gone)
	}
	units, err := d.Units(ctx, base)
	if err != nil {
		t.Fatal(err)
	}
	for _, dn := range stay {
		if !slices.ContainsFunc(units, func(u directory.Unit) bool { return directory.Same(u.DN, dn) }) {
			t.Errorf("%s was removed", dn)
		}
	}
	if slices.ContainsFunc(units, func(u directory.Unit) bool { return directory.Same(u.DN, gone) }) {
		t.Errorf("%s is still there", gone)
	}
	for range 2 {
		if err := tree.Remove(ctx, d, living); err != nil {
			t.Error(err)
		}
	}
}

func TestLabels(t *testing.T) {
	seen := map[tree.Label]bool{}
	for range 1000 {
		l, err := tree.NewLabel()
		if err != nil || seen[l] || len(l) != 7 || l[0] != 's' {
			t.Fatalf("label %q, %v", l, err)
		}
		seen[l] = true
	}
	const l = tree.Label("sabc123")
	for _, is := range []struct{ got, want string }{
		{l.Domain("alder.example.com"), "sabc123.alder.example.com"},
		{tree.Label("").Domain("alder.example.com"), "alder.example.com"},
		{l.Account("adele"), "sabc123-adele"},
		{tree.Label("").Account("adele"), "adele"},
		{tree.Label("").Group("a group with quite a long name"), "a group with quite a long name"},
		{l.Group("Pilot"), "sabc123-Pilot"},
		{l.DN("OU=For the lab,DC=example,DC=com"), "OU=ssprlab-sabc123,OU=For the lab,DC=example,DC=com"},
	} {
		if is.got != is.want {
			t.Errorf("%q, want %q", is.got, is.want)
		}
	}
	one, other := l.Account("administrator-one"), l.Account("administrator-two")
	if one == other || len(one) != 20 || !strings.HasPrefix(one, "sabc123-admin") {
		t.Errorf("long names: %q and %q", one, other)
	}
}
