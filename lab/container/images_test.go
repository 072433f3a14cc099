package container_test

import (
	"io/fs"
	"testing/fstest"
)

// dockerfile is the context of an image that is built from nothing else.
func dockerfile(text string) fs.FS {
	return fstest.MapFS{"Dockerfile": {Data: []byte(text)}}
}
