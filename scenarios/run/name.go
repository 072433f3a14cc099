package run

import (
	"fmt"
	"strings"

	"github.com/ssprlab/ssprlab/scenarios/script"
)

// nameOf is a step's own name, or what it does.
func nameOf(s *script.Step) string {
	switch {
	case s.Name != "":
		return s.Name
	case s.After > 0:
		return fmt.Sprintf("%s later", s.After)
	case len(s.Lab) > 0:
		var acts []string
		for _, a := range s.Lab {
			acts = append(acts, a.String())
		}
		return "Lab: " + strings.Join(acts, ", ")
	case len(s.Do) > 0:
		var acts []string
		for _, a := range s.Do {
			acts = append(acts, a.Verb)
		}
		return s.Actor + ": " + strings.Join(acts, ", ")
	}
	return "What holds"
}
