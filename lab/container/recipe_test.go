package container

import (
	"archive/tar"
	"context"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// await waits for a state.
func await(ctx context.Context, holds func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func TestBasesOfDockerfile(t *testing.T) {
	const text = "# FROM comment\nFROM debian:trixie-slim AS first\nRUN x\nFROM --platform=linux/amd64 first\nfrom other:1\nFROM scratch\nFROM debian:trixie-slim\n"
	if got, want := bases(text), []string{"debian:trixie-slim", "other:1"}; !slices.Equal(got, want) {
		t.Errorf("the bases are %q, want %q", got, want)
	}
	img := Image{Name: "x", Context: fstest.MapFS{"Dockerfile": {Data: []byte(text)}}}
	got, err := img.dockerfile()
	if err != nil || strings.Count(got, "\nLABEL io.github.ssprlab.image=x\n") != 5 {
		t.Errorf("not every stage is labelled, %v:\n%s", err, got)
	}
}

func TestWhoTakesTheCommand(t *testing.T) {
	for line, takes := range map[string]bool{
		"COPY ssprlab /usr/local/bin/ssprlab": true, "copy --chown=1:1 ssprlab /": true,
		"COPY ssprlab.conf /": false, "# COPY ssprlab /": false, "RUN cp ssprlab /": false,
	} {
		if got := copies.MatchString("FROM scratch\n" + line + "\n"); got != takes {
			t.Errorf("%q takes the command: %v, want %v", line, got, takes)
		}
	}
}

// TestReferenceFollowsContents proves that everything that goes in counts, and
// nothing else.
func TestReferenceFollowsContents(t *testing.T) {
	plain := func() (string, fstest.MapFS, []byte, string, []string) {
		return "x", fstest.MapFS{"Dockerfile": {Data: []byte("FROM scratch\n")}, "a/b": {Data: []byte("1")}}, []byte("binary"), "amd64", []string{"debian 1"}
	}
	reference := func(name string, files fstest.MapFS, binary []byte, arch string, bases []string) string {
		r, err := Image{Name: name, Context: files}.gather("FROM scratch\n", binary)
		if err != nil {
			t.Fatal(err)
		}
		r.arch, r.bases = arch, bases
		return r.reference()
	}
	seen := map[string]string{}
	name, files, binary, arch, bases := plain()
	seen[reference(name, files, binary, arch, bases)] = "plain"
	note := func(what, reference string) {
		if other := seen[reference]; other != "" {
			t.Errorf("%s and %s are both %s", what, other, reference)
		}
		seen[reference] = what
	}
	note("name", reference("y", files, binary, arch, bases))
	note("binary", reference(name, files, []byte("other"), arch, bases))
	note("no binary", reference(name, files, nil, arch, bases))
	note("architecture", reference(name, files, binary, "arm64", bases))
	note("base", reference(name, files, binary, arch, []string{"debian 2"}))
	changed := maps.Clone(files)
	changed["a/b"] = &fstest.MapFile{Data: []byte("2")}
	note("file", reference(name, changed, binary, arch, bases))
	changed = maps.Clone(files)
	changed["a/c"] = &fstest.MapFile{}
	note("empty file", reference(name, changed, binary, arch, bases))
	changed = maps.Clone(files)
	changed["a/b"] = &fstest.MapFile{Data: []byte("1"), ModTime: time.Unix(1, 0)}
	if seen[reference(name, changed, binary, arch, bases)] != "plain" {
		t.Error("a file's time counts")
	}
}

func TestArchiveKeepsPrograms(t *testing.T) {
	r, err := Image{Name: "x", Context: fstest.MapFS{"Dockerfile": {}, "run": {Data: []byte("#!/bin/sh\n")}, "text": {}}}.gather("FROM x\n", []byte("\x7fELF"))
	if err != nil {
		t.Fatal(err)
	}
	archive, err := r.archive()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int64{}
	for in := tar.NewReader(archive); ; {
		head, err := in.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		got[head.Name] = head.Mode
	}
	if want := map[string]int64{"Dockerfile": 0o644, "run": 0o755, "text": 0o644, "ssprlab": 0o755}; !maps.Equal(got, want) {
		t.Errorf("the archive holds %v, want %v", got, want)
	}
}
