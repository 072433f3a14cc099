package own

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/ssprlab/ssprlab/lab/slip"
)

// Read reads the file of that name. All problems are returned at once, in the
// order in which they were met; with one there is no Config. Variables of the
// environment are looked up with lookup, as os.LookupEnv does.
func Read(name string, lookup func(string) (string, bool)) (*Config, []slip.Problem) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, []slip.Problem{{File: name, Message: "cannot be read: " + cause(err), Expected: "the file that names your directory"}}
	}
	return parse(name, data, lookup)
}

// cause is an error without the file's name, which stands before it anyway.
func cause(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return err.Error()
}

func parse(name string, data []byte, lookup func(string) (string, bool)) (*Config, []slip.Problem) {
	r := &reader{source: source{name: name}, lookup: lookup}
	root := r.tree(data)
	if root == nil {
		if len(r.problems) == 0 {
			r.problem(place{}, "the file says nothing", "address: …", "")
		}
		return nil, r.problems
	}
	c := &Config{File: name}
	r.fields("the file", place{1, 1}, root, c.fields(r))
	if len(r.problems) == 0 {
		r.together(c)
	}
	if len(r.problems) > 0 {
		return nil, r.problems
	}
	return c, nil
}

// reader reads the keys of a file.
type reader struct {
	source
	lookup func(string) (string, bool)
	unit   place
}

// field is a key of the file, and what is done with its value.
type field struct {
	key      string
	expected string
	missing  string // why it must be there; "" for one that need not
	read     func(v value) (wrong string)
}

// fields reads a mapping, and says which keys are unknown or missing.
func (r *reader) fields(of string, where place, entries []entry, fields []field) {
	var known []string
	for _, f := range fields {
		known = append(known, f.key)
	}
	meant := map[string]bool{}
	for _, e := range entries {
		found := false
		for _, f := range fields {
			if found = f.key == e.key; found {
				meant[e.key] = true
				if wrong := f.read(e.value); wrong != "" {
					r.problem(e.value.at, wrong, f.expected, "")
				}
				break
			}
		}
		if !found {
			near := slip.Nearest(e.key, known)
			meant[near] = true
			r.unknown(of, e, known, near)
		}
	}
	for _, f := range fields {
		if f.missing != "" && !meant[f.key] {
			r.problem(where, fmt.Sprintf("%q is missing in %s: %s", f.key, of, f.missing), f.key+": "+f.expected, "")
		}
	}
}

// unknown says so of a key, and of a password that stands in the file why not.
func (r *reader) unknown(of string, e entry, known []string, near string) {
	if strings.EqualFold(e.key, "password") {
		r.problem(e.at, "a password does not stand in this file, which may be passed around", "password from environment: NAME, or password from file: PATH", "")
		return
	}
	r.problem(e.at, fmt.Sprintf("unknown key %q in %s", e.key, of), slip.List(known), near)
}

// path finds a file from the folder of this one.
func (r *reader) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(filepath.Dir(r.name), name)
}
