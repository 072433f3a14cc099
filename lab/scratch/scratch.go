// Package scratch makes folders for temporary files that do not stay behind
// when the program is killed: beside each lies a lock file, held as long as the
// program lives, and whoever makes the next folder first removes those whose
// lock nobody holds.
//
// Modelled: any number of programs that share a folder for temporary files,
// also across containers. Not modelled: systems other than Unix, where a killed
// program's folder stays; and a crash of the machine, after which the folders
// go with the next start of the lab, as after a kill.
package scratch

import (
	"fmt"
	"log/slog"
	"os"
)

// prefix begins the name of every folder; what it is for and the number of the
// process that made it follow.
const prefix = "ssprlab-"

// Dir is a folder of this program's alone.
type Dir struct {
	path string
	lock *os.File // nil where there are no locks
}

// Path returns the folder's absolute path.
func (d *Dir) Path() string { return d.path }

// Make makes an empty folder in os.TempDir for a purpose, one word such as
// "chrome", after it has removed what killed programs left there. Nobody else
// may read the folder. A nil log discards what is said of left-overs; one that
// cannot be removed is no error.
func Make(purpose string, log *slog.Logger) (*Dir, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	sweep(log)
	d, err := create(purpose)
	if err != nil {
		return nil, fmt.Errorf("make a folder for %s in %s: %w", purpose, os.TempDir(), err)
	}
	return d, nil
}

// Remove deletes the folder with everything in it, then its lock.
func (d *Dir) Remove() error {
	if err := d.remove(); err != nil {
		return fmt.Errorf("remove the folder %s: %w", d.path, err)
	}
	return nil
}
