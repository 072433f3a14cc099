// Package scenarios holds the scenario files that are built into the command,
// by journey. The language they are written in is described in package script.
//
// A file added to a folder here is built in, run by make e2e and make test, and
// counted as the proof of the rules it lists.
package scenarios

import "embed"

// Files are the built-in scenarios.
//
//go:embed *.yaml */*.yaml
var Files embed.FS
