package script

// Exception names a directory on which the scenario does not hold, and the rule
// by which that directory differs.
type Exception struct {
	At        Position
	Directory string // "samba" or "openldap"
	Rule      string
	Because   string // one line
}

// ExceptionOn returns why the scenario does not run on a directory; nil if it
// does.
func (s *Scenario) ExceptionOn(directory string) *Exception {
	for _, x := range s.Exceptions {
		if x.Directory == directory {
			return x
		}
	}
	return nil
}

func exceptionShape() shape[*Exception] {
	s := object("exception", "why the scenario does not run on a directory", func(x *Exception) []field {
		return []field{
			here(&x.At),
			req("rule", "the rule by which the directory differs", rule(), &x.Rule),
			req("because", "what it does instead, in one line", line(), &x.Because),
		}
	})
	return mapped(s, func(x Exception) *Exception { return &x })
}

// otherDirectories are those that a scenario may leave out: the embedded one is
// what scenarios are written for.
func otherDirectories() []word[string] {
	return []word[string]{{"samba", "samba"}, {"openldap", "openldap"}}
}
