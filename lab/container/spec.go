package container

import (
	"io/fs"
	"time"
)

// Spec says what a container is.
type Spec struct {
	// Name is what errors and logs call it, and its host name: one word such
	// as "tenant", unique in the group.
	Name string
	// Image is a reference that is present, as [Engine.Build] returns it.
	// Nothing is pulled.
	Image string
	// Command is what follows the image's entry point; empty: the image's own.
	Command []string
	// Env are further variables of the environment. No secret belongs here:
	// the engine shows them to anybody who asks.
	Env map[string]string
	// User is who runs it, "uid", "uid:gid" or a name that the image knows;
	// empty: the image's own.
	User string
	// Networks are what it is attached to from the start; none: the engine's
	// default bridge, where others find it by address alone.
	Networks []Attachment
	// HostNetwork has it use this machine's own network, loopback and all, in
	// place of Networks and Ports, where [Engine.HostNetwork] says it can.
	HostNetwork bool
	// Attach joins its standard streams to this program, see
	// [Container.Attached]; when the program dies its input ends. The engine
	// keeps no log of it, since what goes through may be secret.
	Attach bool
	// Silent has the engine keep nothing of what it prints, for a program that
	// prints secrets: its death has no last words then.
	Silent bool
	// Files lie in it before it starts.
	Files []File
	// Ports are the TCP ports that are published on 127.0.0.1. Start returns
	// when all of them are listened on that are not Later.
	Ports []Port
	// Labels are further labels, such as a person's own mark.
	Labels map[string]string
	// Hosts are further names in its /etc/hosts, with their addresses.
	Hosts map[string]string
	// Memory are folders that lie in memory and are empty at the start, whatever
	// the image or Files have there. Programs may be run from them.
	Memory []Folder
	// OpenFiles limits the files that it may have open; 0: the engine's limit.
	// Some servers reserve memory for as many as they may.
	OpenFiles int64
	// NoNetlink keeps it from watching the machine's network interfaces, which
	// come and go with every container: a browser breaks its connections then.
	// The engine's own filter of system calls is replaced by this one.
	NoNetlink bool
	// Timeout is how long it may take until its ports are listened on;
	// 0: 30 seconds.
	Timeout time.Duration
}

// Attachment is a network, and the names under which the others in it find the
// container.
type Attachment struct {
	Network *Network
	Aliases []string
}

// File is a file that is copied into a container before it starts. Folders that
// are missing on the way to it are made.
type File struct {
	Path    string // absolute
	Content []byte
	Mode    fs.FileMode // permission bits; 0: 0644
	UID     int         // the owner; 0: root
	GID     int
}

// Folder is a folder of a container. Folders that are missing on the way to it
// are made.
type Folder struct {
	Path string // absolute
	UID  int    // the owner; 0: root
}

// Port is a TCP port of a container.
type Port struct {
	Number int  // in the container
	Host   int  // on 127.0.0.1; 0: any free one
	Later  bool // nothing listens on it at first: Start does not wait for it
}
