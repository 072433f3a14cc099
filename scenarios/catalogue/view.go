package catalogue

import (
	"path"
	"strings"
)

// role is what a line that names a rule does for it.
type role int

const (
	mentions role = iota
	implements
	proves
)

// A view knows, line by line, what a file does for the rules it names.
type view struct {
	lines []string
	roles []role
}

func newView(name, text string) view {
	v := view{lines: strings.Split(text, "\n")}
	v.roles = make([]role, len(v.lines))
	switch ext := path.Ext(name); {
	case strings.HasPrefix(name, "scenarios/report/"), strings.HasPrefix(name, "scenarios/script/"):
		// They carry ids from file to page; their tests hold ids as examples.
	case ext == ".go":
		v.markGo(goRole(name))
	case (ext == ".yaml" || ext == ".yml") && strings.HasPrefix(name, "scenarios/"):
		v.markScenario()
	}
	return v
}

// role and ignored take a line number from 1.
func (v view) role(line int) role    { return v.roles[line-1] }
func (v view) ignored(line int) bool { return strings.Contains(v.lines[line-1], "catalogue:ignore") }

func goRole(name string) role {
	suite := strings.Contains("/"+path.Dir(name)+"/", "/conformance/")
	if suite || strings.HasSuffix(name, "_test.go") {
		return proves
	}
	return implements
}

// markGo gives every line the same role, but for the rest of a paragraph of a
// comment that says what is not modelled.
func (v view) markGo(whole role) {
	denied := false
	for i, line := range v.lines {
		body, comment := strings.CutPrefix(strings.TrimSpace(line), "//")
		body = strings.TrimSpace(body)
		if !comment || body == "" {
			denied = false
		}
		if comment && startsDenial(body) {
			denied = true
		}
		if !denied {
			v.roles[i] = whole
		}
	}
}

// startsDenial tells a line that begins to say what is not modelled. What
// stands before those words on the same line is passed over too.
func startsDenial(body string) bool {
	return strings.Contains(body, "Not modelled") || strings.Contains(body, "not modelled:")
}

// markScenario marks the values of every key rules: in a YAML file, whether
// they stand on its line or below it.
func (v view) markScenario() {
	inside, depth := false, 0
	for i, line := range v.lines {
		content := strings.TrimLeft(line, " ")
		if content == "" || content[0] == '#' {
			continue
		}
		indent := len(line) - len(content)
		if inside && (indent > depth || indent == depth && strings.HasPrefix(content, "- ")) {
			v.roles[i] = proves
			continue
		}
		inside = false
		for item := true; item; { // - - rules: is rules: two deeper
			var rest string
			if rest, item = strings.CutPrefix(content, "- "); item {
				indent += len(content) - len(strings.TrimLeft(rest, " "))
				content = strings.TrimLeft(rest, " ")
			}
		}
		if strings.HasPrefix(content, "rules:") {
			inside, depth = true, indent
			v.roles[i] = proves
		}
	}
}
