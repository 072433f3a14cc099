package house_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/ssprlab/ssprlab/e2e/house/source"
)

// readTree reads the module once for all tests; nobody changes what it returns.
var readTree = sync.OnceValues(func() (*source.Tree, error) {
	root, err := source.Find(".")
	if err != nil {
		return nil, err
	}
	return source.Read(root)
})

func tree(t *testing.T) *source.Tree {
	t.Helper()
	all, err := readTree()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// product lists the files that are no tests.
func product(t *testing.T) (files []*source.File) {
	for _, f := range tree(t).Files {
		if !f.Test() {
			files = append(files, f)
		}
	}
	return files
}

// under reports whether a path is one of the given ones or lies below one.
func under(path string, roots ...string) bool {
	return slices.ContainsFunc(roots, func(root string) bool {
		return path == root || strings.HasPrefix(path, root+"/")
	})
}

// at is a place for a failure message.
func at(f *source.File, line int) string { return fmt.Sprintf("%s:%d", f.Path, line) }
