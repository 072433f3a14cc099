package container

import (
	"embed"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
)

// The lab's images, as [Named] knows them.
const (
	Samba    = "samba"    // a Samba domain controller
	OpenLDAP = "openldap" // an OpenLDAP server
	Parts    = "parts"    // every part that the ssprlab binary can be
	Chrome   = "chrome"   // a headless browser
)

// Image says how an image is built. Its reference is ssprlab/NAME with a tag
// that is a hash of everything that goes in, so an image that is there is the
// right one.
type Image struct {
	Name string
	// Context holds the Dockerfile and what lies beside it. Where the
	// Dockerfile copies a file "ssprlab", that is the command, built for the
	// engine's machine, and static; copy it last, since it changes most. Files
	// that are scripts or programs by their first bytes may be executed.
	Context fs.FS
}

// contexts holds a folder for each image.
//
//go:embed all:images
var contexts embed.FS

// Named returns one of the lab's images.
func Named(name string) (Image, error) {
	all := All()
	i := slices.IndexFunc(all, func(img Image) bool { return img.Name == name })
	if i < 0 {
		var names []string
		for _, img := range all {
			names = append(names, img.Name)
		}
		return Image{}, fmt.Errorf("there is no image %q: expected one of %s", name, strings.Join(names, ", "))
	}
	return all[i], nil
}

// All returns the lab's images, in the order of their names.
func All() (list []Image) {
	folders, err := fs.ReadDir(contexts, "images")
	if err != nil {
		panic(err) // they are built in
	}
	for _, f := range folders {
		context, err := fs.Sub(contexts, "images/"+f.Name())
		if err != nil {
			panic(err)
		}
		list = append(list, Image{Name: f.Name(), Context: context})
	}
	return list
}

// dockerfile returns the image's Dockerfile, in which every stage carries the
// image's name from its first layer on: so what a build that was given up
// leaves is known for the lab's.
func (img Image) dockerfile() (string, error) {
	text, err := fs.ReadFile(img.Context, "Dockerfile")
	if err != nil {
		return "", fmt.Errorf("image %s: %w", img.Name, err)
	}
	return from.ReplaceAllString(string(text), "$0\nLABEL "+labelImage+"="+img.Name), nil
}

var (
	from   = regexp.MustCompile(`(?mi)^FROM[ \t]+(?:--\S+[ \t]+)*(\S+)(?:[ \t]+AS[ \t]+(\S+))?[ \t]*$`)
	copies = regexp.MustCompile(`(?mi)^COPY[ \t]+(?:--\S+[ \t]+)*ssprlab[ \t]`)
)

// bases lists the images that a Dockerfile builds on, each once.
func bases(dockerfile string) (list []string) {
	stages := []string{"scratch"}
	for _, m := range from.FindAllStringSubmatch(dockerfile, -1) {
		if !slices.Contains(stages, m[1]) && !slices.Contains(list, m[1]) {
			list = append(list, m[1])
		}
		if m[2] != "" {
			stages = append(stages, m[2])
		}
	}
	return list
}
