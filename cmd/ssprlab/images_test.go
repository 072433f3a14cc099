package main_test

import (
	"testing"

	"github.com/ssprlab/ssprlab/lab/enginetest"
)

func TestImages(t *testing.T) {
	call(t, nil, "images", "build", "windows").says(t, 2, `there is no image "windows": expected one of chrome, openldap, parts, samba`)
	call(t, []string{"DOCKER_HOST=unix:///nonexistent"}, "images", "list").says(t, 3, "the Docker engine at unix:///nonexistent is absent. Install Docker")
	enginetest.Open(t)
	call(t, nil, "images", "build", "parts").says(t, 0, "parts ", "ssprlab/parts:")
	call(t, nil, "images", "list").says(t, 0, "NAME", "parts ", "ssprlab/parts:", " MB ")
	call(t, nil, "images", "remove", "nothing").says(t, 0, "")
}
