//go:build !linux

package container

// freeBytes knows nothing: the engine's disk is a virtual machine's.
func freeBytes(string) (free int64, known bool) { return 0, false }
