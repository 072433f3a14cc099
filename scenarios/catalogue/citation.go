package catalogue

import (
	"fmt"
	"strings"
)

// A citation is one place in a text that names a rule, or a range of rules in
// the order of the catalogue.
type citation struct {
	from, to string // equal for a single rule
	line     int    // from 1
}

// citations finds the ids in a text. It knows nothing of which ids exist.
func citations(text string) []citation {
	var found []citation
	line, counted := 1, 0
	for at := 0; at < len(text); {
		hyphen := strings.IndexByte(text[at:], '-')
		if hyphen < 0 {
			break
		}
		start := at + hyphen - 1
		at += hyphen + 1
		end := idAt(text, start)
		if end < 0 {
			continue
		}
		line += strings.Count(text[counted:start], "\n")
		counted = start
		c := citation{from: text[start:end], to: text[start:end], line: line}
		at = follow(text, end, &c, &found)
	}
	return found
}

// follow reads what stands behind an id: the end of a range, then further
// numbers behind slashes. It appends what it finds and returns where it ends.
func follow(text string, at int, c *citation, found *[]citation) int {
	if to, end := rangeEnd(text, at, c.from); end > at {
		c.to, at = to, end
	}
	*found = append(*found, *c)
	for at < len(text) && text[at] == '/' {
		end := numberAt(text, at+1)
		if end < 0 {
			break
		}
		id := stem(c.from) + text[at+1:end]
		at = end
		*found = append(*found, citation{from: id, to: id, line: c.line})
	}
	return at
}

// rangeEnd reads ..110, ..R-WB-110, –110, -110 or ..o behind an id, and returns
// the last id of the range and where it ends in the text. "R-WB-97 to R-WB-99"
// names two rules only: such words may also say that one leads to the other.
func rangeEnd(text string, at int, from string) (string, int) {
	rest := text[at:]
	for _, sign := range []string{"..", "…", "–", "-"} {
		after, ok := strings.CutPrefix(rest, sign)
		if !ok {
			continue
		}
		start := len(text) - len(after)
		if end := idAt(text, start); end > 0 {
			return text[start:end], end
		}
		if end := numberAt(text, start); end > 0 {
			return stem(from) + text[start:end], end
		}
		if sign != "-" && letterAt(text, start) && isLower(from[len(from)-1]) {
			return from[:len(from)-1] + text[start:start+1], start + 1
		}
		return "", -1
	}
	return "", -1
}

// idAt returns where the id that starts at start ends, or -1 if none does.
func idAt(text string, start int) int {
	if start < 0 || start >= len(text) || (start > 0 && isWord(text[start-1])) {
		return -1
	}
	at := start + 2
	switch {
	case strings.HasPrefix(text[start:], "T-"):
		end := numberAt(text, at)
		if end != at+2 {
			return -1 // test cases have two digits and no letter
		}
		return end
	case !strings.HasPrefix(text[start:], "R-"):
		return -1
	}
	middle := at
	for at < len(text) && text[at] >= 'A' && text[at] <= 'Z' {
		at++
	}
	if n := at - middle; n < 2 || n > 3 || at >= len(text) || text[at] != '-' {
		return -1
	}
	return numberAt(text, at+1)
}

// numberAt returns where the digits at start, with at most one small letter
// behind them, end, or -1 if there are none or the word goes on.
func numberAt(text string, start int) int {
	at := start
	for at < len(text) && text[at] >= '0' && text[at] <= '9' {
		at++
	}
	if at == start {
		return -1
	}
	if at < len(text) && isLower(text[at]) {
		at++
	}
	if at < len(text) && isWord(text[at]) && text[at] != '-' {
		return -1
	}
	return at
}

func letterAt(text string, at int) bool {
	return at < len(text) && isLower(text[at]) && (at+1 == len(text) || !isWord(text[at+1]))
}

// stem returns an id without its number: R-WB- of R-WB-110b.
func stem(id string) string { return id[:strings.LastIndexByte(id, '-')+1] }

func isLower(c byte) bool { return c >= 'a' && c <= 'z' }

func isWord(c byte) bool {
	return isLower(c) || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-'
}

// expand returns the places in the catalogue that a citation stands for, or an
// error that says which id is not there.
func (x *index) expand(c citation) ([]int, error) {
	first, _, err := x.find(c.from)
	if err != nil {
		return nil, err
	}
	_, last, err := x.find(c.to)
	if err != nil {
		return nil, err
	}
	if last < first || x.rules[first].Area != x.rules[last].Area {
		return nil, fmt.Errorf("%s..%s is not a range of the catalogue", c.from, c.to)
	}
	places := make([]int, 0, last-first+1)
	for i := first; i <= last; i++ {
		places = append(places, i)
	}
	return places, nil
}

// find returns the first and the last place an id stands for: one and the same
// for a rule, several for a family such as R-PWD-31, whose rules are 31a to 31o.
func (x *index) find(id string) (first, last int, err error) {
	if at, ok := x.at[id]; ok {
		return at, at, nil
	}
	first, ok := x.at[id+"a"]
	if !ok {
		return 0, 0, x.unknown(id)
	}
	for last = first; last+1 < len(x.rules) && family(x.rules[last+1].ID, id); {
		last++
	}
	return first, last, nil
}

func (x *index) unknown(id string) error {
	if near := x.nearest(id); near != "" {
		return fmt.Errorf("unknown rule %s, did you mean %s?", id, near)
	}
	return fmt.Errorf("unknown rule %s", id)
}
