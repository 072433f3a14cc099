package browser

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// noSandbox says why Chrome cannot run in its sandbox here, "" if it can.
func noSandbox(path string) string {
	if os.Geteuid() == 0 {
		return "it runs as root, and Chrome refuses its sandbox to root"
	}
	if hasSetuidSandbox(path) {
		return ""
	}
	if err := userNamespaces(); err != nil {
		return fmt.Sprintf("this system or container gives no user namespaces (%v)", err)
	}
	return ""
}

// hasSetuidSandbox reports whether the helper that works without user
// namespaces is installed beside the browser.
func hasSetuidSandbox(path string) bool {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		real = path
	}
	for _, helper := range []string{
		filepath.Join(filepath.Dir(real), "chrome-sandbox"), "/usr/lib/chromium/chrome-sandbox",
	} {
		info, err := os.Stat(helper)
		if err != nil || info.Mode()&os.ModeSetuid == 0 {
			continue
		}
		if st, ok := info.Sys().(*syscall.Stat_t); ok && st.Uid == 0 {
			return true
		}
	}
	return false
}

// leastSharedMemory is what Chrome needs in /dev/shm for a few windows, in
// bytes; containers have 64 MB by default.
const leastSharedMemory = 256 << 20

// sharedMemorySmall reports whether /dev/shm is too small for Chrome.
func sharedMemorySmall() bool {
	var st syscall.Statfs_t
	if err := syscall.Statfs("/dev/shm", &st); err != nil {
		return true
	}
	return st.Bavail*uint64(st.Bsize) < leastSharedMemory
}
