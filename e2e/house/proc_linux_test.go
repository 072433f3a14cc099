package house_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// socket is a socket that waits for others: a TCP listener, or a UDP one.
type socket struct {
	kind    string // "tcp", "tcp6", "udp", "udp6"
	address net.IP
	port    int
	inode   string
}

func (s socket) String() string { return fmt.Sprintf("%s %s port %d", s.kind, s.address, s.port) }

// States of a socket in /proc/net.
const (
	tcpListens   = "0A"
	udpUnbounded = "07" // not connected
)

// waiting lists the sockets on which processes wait for others, by what the
// kernel says.
func waiting(t *testing.T, pids ...int) (list []socket) {
	t.Helper()
	owned := map[string]bool{}
	for _, pid := range pids {
		for _, inode := range inodes(pid) {
			owned[inode] = true
		}
	}
	for kind, state := range map[string]string{"tcp": tcpListens, "tcp6": tcpListens, "udp": udpUnbounded, "udp6": udpUnbounded} {
		table, err := os.ReadFile("/proc/self/net/" + kind)
		if err != nil {
			continue // no IPv6 here
		}
		for line := range strings.Lines(string(table)) {
			fields := strings.Fields(line)
			if len(fields) < 10 || fields[3] != state || !owned[fields[9]] {
				continue
			}
			s := socket{kind: kind, inode: fields[9]}
			s.address, s.port = decode(t, fields[1])
			list = append(list, s)
		}
	}
	return list
}

// decode reads an address as the kernel writes it: each 32-bit word in the
// machine's order, in hexadecimal, a colon and the port.
func decode(t *testing.T, text string) (net.IP, int) {
	t.Helper()
	words, portText, _ := strings.Cut(text, ":")
	ip, err := hex.DecodeString(words)
	if err != nil {
		t.Fatal(err)
	}
	for word := range slices.Chunk(ip, 4) {
		slices.Reverse(word) // the machines this runs on are little-endian
	}
	port, err := strconv.ParseInt(portText, 16, 32)
	if err != nil {
		t.Fatal(err)
	}
	return ip, int(port)
}

// inodes lists the sockets that a process holds.
func inodes(pid int) (list []string) {
	for _, target := range descriptors(pid) {
		if inode, ok := strings.CutPrefix(target, "socket:["); ok {
			list = append(list, strings.TrimSuffix(inode, "]"))
		}
	}
	return list
}

// descriptors tells what the open files of a process are, by number. One that
// closes meanwhile is left out.
func descriptors(pid int) map[int]string {
	open := map[int]string{}
	dir := fmt.Sprintf("/proc/%d/fd", pid)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return open // the process has ended, or is another person's
	}
	for _, e := range entries {
		fd, err := strconv.Atoi(e.Name())
		if target, linkErr := os.Readlink(filepath.Join(dir, e.Name())); err == nil && linkErr == nil {
			open[fd] = target
		}
	}
	return open
}

// processes lists the other processes whose command line holds a word.
func processes(t *testing.T, word string) (pids []int) {
	t.Helper()
	entries, err := os.ReadDir("/proc")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil || pid == os.Getpid() {
			continue
		}
		if line, err := os.ReadFile("/proc/" + e.Name() + "/cmdline"); err == nil && bytes.Contains(line, []byte(word)) {
			pids = append(pids, pid)
		}
	}
	return pids
}

// family lists the processes that descend from one, itself left out.
func family(t *testing.T, of int) (pids []int) {
	t.Helper()
	for _, pid := range processes(t, "") {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			continue // it has ended
		}
		// The name, in brackets, may hold anything; state and parent follow.
		fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
		if len(fields) > 1 && fields[1] == strconv.Itoa(of) {
			pids = append(append(pids, pid), family(t, pid)...)
		}
	}
	return pids
}

// entries lists what a folder holds.
func entries(t *testing.T, dir string) (names []string) {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names
}
