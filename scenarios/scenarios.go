// Package scenarios holds the scenario files that are built into the command,
// by journey. The language they are written in is described in package script.
package scenarios

import "embed"

// Files are the built-in scenarios.
//
//go:embed *.yaml */*.yaml
var Files embed.FS
