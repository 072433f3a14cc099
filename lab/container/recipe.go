package container

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"debug/elf"
	"encoding/hex"
	"fmt"
	"io/fs"
)

// recipe is all that goes into an image, read into memory, so that what is
// hashed is what is built.
type recipe struct {
	image string
	arch  string
	bases []string // references and ids
	files []recipeFile
}

type recipeFile struct {
	path    string
	content []byte
	mode    int64
}

// binaryName is the file by which a Dockerfile takes the command.
const binaryName = "ssprlab"

// gather reads the image's files; binary, unless nil, is the command.
func (img Image) gather(dockerfile string, binary []byte) (r recipe, err error) {
	r.image = img.Name
	err = fs.WalkDir(img.Context, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(img.Context, path)
		if path == "Dockerfile" {
			content = []byte(dockerfile)
		}
		r.add(path, content)
		return err
	})
	if err != nil {
		return recipe{}, fmt.Errorf("read what the image %s is built from: %w", img.Name, err)
	}
	if binary != nil {
		r.add(binaryName, binary)
	}
	return r, nil
}

func (r *recipe) add(path string, content []byte) {
	f := recipeFile{path: path, content: content, mode: 0o644}
	if bytes.HasPrefix(content, []byte("#!")) || bytes.HasPrefix(content, []byte(elf.ELFMAG)) {
		f.mode = 0o755
	}
	r.files = append(r.files, f)
}

// reference names the image, with a hash of everything that goes in for a tag.
func (r *recipe) reference() string {
	h := sha256.New()
	fmt.Fprintf(h, "%q %q %q\n", r.image, r.arch, r.bases)
	for _, f := range r.files {
		fmt.Fprintf(h, "%q %o %x\n", f.path, f.mode, sha256.Sum256(f.content))
	}
	return repository(r.image) + ":" + hex.EncodeToString(h.Sum(nil)[:8])
}

// repository is the part of a reference before the tag.
func repository(image string) string { return "ssprlab/" + image }

// archive packs the files for the engine.
func (r *recipe) archive() (*bytes.Buffer, error) {
	var archive bytes.Buffer
	w := tar.NewWriter(&archive)
	for _, f := range r.files {
		if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: f.path, Size: int64(len(f.content)), Mode: f.mode}); err != nil {
			return nil, fmt.Errorf("pack %s: %w", f.path, err)
		}
		if _, err := w.Write(f.content); err != nil {
			return nil, fmt.Errorf("pack %s: %w", f.path, err)
		}
	}
	return &archive, w.Close()
}
