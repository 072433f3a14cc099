// Package source reads the Go files of a module and tells what each of them
// takes from the packages it imports, whatever name it gives them.
//
// Modelled: imports under any name, dot imports, and local names that hide a
// package. Not modelled: what lies behind a variable or a field, so a function
// called through one is not seen; the place that put it there is.
package source

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
)

// Tree is the Go files of a module.
type Tree struct {
	Root   string // of the module, on this machine
	Module string // its path
	Files  []*File
}

// File is one Go file.
type File struct {
	Path   string // from the root, with slashes
	Syntax *ast.File
	set    *token.FileSet
}

// Find returns the root of the module around a folder.
func Find(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("find the module around %s: %w", dir, err)
	}
	for d := dir; ; d = filepath.Dir(d) {
		if _, err := os.Stat(filepath.Join(d, "go.mod")); err == nil {
			return d, nil
		}
		if d == filepath.Dir(d) {
			return "", fmt.Errorf("find the module around %s: no go.mod there or above", dir)
		}
	}
}

// Read reads every Go file below root, but for folders that Go itself leaves
// out: testdata, and those with a first dot or underscore.
func Read(root string) (*Tree, error) {
	t := &Tree{Root: root}
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return nil, fmt.Errorf("read the module: %w", err)
	}
	for line := range strings.Lines(string(mod)) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "module "); ok {
			t.Module = name
		}
	}
	err = fs.WalkDir(os.DirFS(root), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != "." && skipped(d.Name()):
			return fs.SkipDir
		case d.IsDir() || path.Ext(name) != ".go":
			return nil
		}
		text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if err != nil {
			return err
		}
		f, err := Parse(name, text)
		t.Files = append(t.Files, f)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the Go files below %s: %w", root, err)
	}
	return t, nil
}

func skipped(folder string) bool {
	return folder == "testdata" || folder[0] == '.' || folder[0] == '_'
}

// Parse reads one file from its text; name is its path from the root.
func Parse(name string, text []byte) (*File, error) {
	set := token.NewFileSet()
	syntax, err := parser.ParseFile(set, name, text, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	return &File{Path: name, Syntax: syntax, set: set}, nil
}

// Dir is the file's folder, "." at the root.
func (f *File) Dir() string { return path.Dir(f.Path) }

// Test reports whether the file belongs to the tests of its package.
func (f *File) Test() bool { return strings.HasSuffix(f.Path, "_test.go") }

// Line is the line of a place in the file.
func (f *File) Line(p token.Pos) int { return f.set.Position(p).Line }

// Import is one import of a file.
type Import struct {
	Path string
	Name string // "" when the package's own name is used
	Line int
}

// Imports lists what the file imports.
func (f *File) Imports() (list []Import) {
	for _, spec := range f.Syntax.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue // the parser has seen to it
		}
		i := Import{Path: p, Line: f.Line(spec.Pos())}
		if spec.Name != nil {
			i.Name = spec.Name.Name
		}
		list = append(list, i)
	}
	return list
}

// Use is one mention of something that a package exports.
type Use struct {
	Name string // "Now"; "." for a dot import, through which anything may come
	Line int
	Node *ast.SelectorExpr // nil for a dot import
}

// Uses lists the file's mentions of what the package at an import path
// exports.
func (f *File) Uses(importPath string) (uses []Use) {
	imported := false
	for _, i := range f.Imports() {
		imported = imported || i.Path == importPath
		if i.Path == importPath && i.Name == "." {
			uses = append(uses, Use{Name: ".", Line: i.Line})
		}
	}
	if !imported {
		return nil
	}
	stands := f.packageNames()
	ast.Inspect(f.Syntax, func(n ast.Node) bool {
		s, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := s.X.(*ast.Ident); ok && stands[x] == importPath {
			uses = append(uses, Use{Name: s.Sel.Name, Line: f.Line(s.Pos()), Node: s})
		}
		return true
	})
	return uses
}

// packageNames tells which identifiers stand for an imported package, by its
// path. The type checker knows scopes; that it knows nothing of the packages
// themselves gives it errors, which do not matter here.
func (f *File) packageNames() map[*ast.Ident]string {
	info := types.Info{Uses: map[*ast.Ident]types.Object{}}
	config := types.Config{Importer: hollow{}, Error: func(error) {}, FakeImportC: true}
	config.Check(f.Path, f.set, []*ast.File{f.Syntax}, &info)
	names := map[*ast.Ident]string{}
	for ident, object := range info.Uses {
		if p, ok := object.(*types.PkgName); ok {
			names[ident] = p.Imported().Path()
		}
	}
	return names
}

// hollow imports packages that hold nothing.
type hollow struct{}

func (hollow) Import(importPath string) (*types.Package, error) {
	p := types.NewPackage(importPath, ownName(importPath))
	p.MarkComplete()
	return p, nil
}

// ownName is the name of a package by its path: the last element that is no
// version.
func ownName(importPath string) string {
	base := path.Base(importPath)
	if len(base) > 1 && base[0] == 'v' && strings.Trim(base[1:], "0123456789") == "" {
		base = path.Base(path.Dir(importPath))
	}
	return base
}

// Calls calls visit for every call in the file, outer ones first.
func (f *File) Calls(visit func(*ast.CallExpr)) {
	ast.Inspect(f.Syntax, func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok {
			visit(c)
		}
		return true
	})
}
