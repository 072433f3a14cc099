package script

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

const suffix = ".yaml"

// ReadFiles reads scenario files and folders of them: every *.yaml below a
// folder in the order of their paths, but for folders named testdata or with a
// first dot or underscore. A file that is named twice is read once. All
// problems of all files are returned at once, a file or folder that cannot be
// read among them.
func ReadFiles(paths ...string) ([]*Scenario, []Problem) {
	var c collection
	for _, p := range paths {
		info, err := os.Stat(p)
		switch {
		case err != nil:
			c.unread(p, err)
		case info.IsDir():
			c.folder(os.DirFS(p), ".", func(name string) string { return filepath.Join(p, filepath.FromSlash(name)) })
		default:
			c.file(filepath.Clean(p), func() (fs.File, error) { return os.Open(p) })
		}
	}
	return c.result()
}

// ReadFS is ReadFiles for the files and folders of fsys; without paths it
// reads everything.
func ReadFS(fsys fs.FS, paths ...string) ([]*Scenario, []Problem) {
	var c collection
	if len(paths) == 0 {
		paths = []string{"."}
	}
	for _, p := range paths {
		info, err := fs.Stat(fsys, p)
		switch {
		case err != nil:
			c.unread(p, err)
		case info.IsDir():
			c.folder(fsys, p, func(name string) string { return name })
		default:
			c.file(path.Clean(p), func() (fs.File, error) { return fsys.Open(p) })
		}
	}
	return c.result()
}

// collection is what several files hold.
type collection struct {
	read      []string
	scenarios []*Scenario
	problems  []Problem
}

func (c *collection) unread(name string, err error) {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err // the name stands before it anyway
	}
	c.problems = append(c.problems, Problem{File: name, Message: "cannot be read: " + err.Error(), Expected: "a scenario file or a folder of them"})
}

// folder reads the scenario files below a folder.
func (c *collection) folder(fsys fs.FS, root string, called func(string) string) {
	found := false
	err := fs.WalkDir(fsys, root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			c.unread(called(name), err)
			return nil
		}
		if d.IsDir() {
			if base := d.Name(); name != root && (base == "testdata" || base[0] == '.' || base[0] == '_') {
				return fs.SkipDir
			}
			return nil
		}
		if strings.HasSuffix(name, suffix) {
			found = true
			c.file(called(name), func() (fs.File, error) { return fsys.Open(name) })
		}
		return nil
	})
	if err != nil {
		c.unread(called(root), err)
	} else if !found {
		c.problems = append(c.problems, Problem{File: called(root), Message: "the folder holds no scenario file", Expected: "files whose names end in " + suffix})
	}
}

// file reads one file, unless it was read before.
func (c *collection) file(name string, open func() (fs.File, error)) {
	if slices.Contains(c.read, name) {
		return
	}
	c.read = append(c.read, name)
	data, err := content(open)
	if err != nil {
		c.unread(name, err)
		return
	}
	scenarios, problems := Parse(name, data)
	c.scenarios = append(c.scenarios, scenarios...)
	c.problems = append(c.problems, problems...)
}

// content is a file's bytes, and no more of them than Parse needs to see that
// the file is too large.
func content(open func() (fs.File, error)) (data []byte, err error) {
	f, err := open()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("not a regular file")
	}
	return io.ReadAll(io.LimitReader(f, maxFile+1))
}

// result refuses names that stand in two files, and hands over.
func (c *collection) result() ([]*Scenario, []Problem) {
	first := map[string]Position{}
	kept := slices.DeleteFunc(c.scenarios, func(s *Scenario) bool {
		at, twice := first[s.Name]
		if !twice {
			first[s.Name] = s.At
			return false
		}
		c.problems = append(c.problems, Problem{File: s.At.File, Line: s.At.Line, Column: s.At.Column,
			Message: fmt.Sprintf("a scenario named %q stands at %s", s.Name, at), Expected: "a name of its own"})
		return true
	})
	return kept, c.problems
}
