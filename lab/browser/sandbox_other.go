//go:build !linux

package browser

// noSandbox returns "": Chrome's sandbox needs nothing special here.
func noSandbox(string) string { return "" }

// sharedMemorySmall returns false: there is no /dev/shm to run out of.
func sharedMemorySmall() bool { return false }
