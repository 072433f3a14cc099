package catalogue

import (
	"strconv"
	"strings"
)

// farthest is the edit distance up to which a known id is worth proposing.
const farthest = 3

// Nearest returns the known id that someone who wrote id most likely meant, or
// "" if none comes close. It is for messages: "unknown rule R-RST-4, did you
// mean R-RST-04?".
func Nearest(id string) string { return load().nearest(id) }

func (x *index) nearest(id string) string {
	id = strings.ToUpper(strings.TrimSpace(id))
	best, distance := "", farthest+1
	for _, r := range x.rules {
		known := strings.ToUpper(r.ID)
		if plain(known) == plain(id) || family(r.ID, id) {
			return r.ID
		}
		if d := edits(known, id, distance); d < distance {
			best, distance = r.ID, d
		}
	}
	return best
}

// family reports whether known is id with a letter behind it: R-PWD-31a is of
// the family R-PWD-31, which has no rule of its own.
func family(known, id string) bool {
	rest, ok := strings.CutPrefix(known, id)
	return ok && len(rest) == 1 && isLower(rest[0])
}

// plain drops what people forget or add when they write an id: the leading R,
// hyphens, and zeros before the number.
func plain(id string) string {
	id = strings.TrimPrefix(id, "R-")
	cut := strings.IndexAny(id, "0123456789")
	if cut < 0 {
		return id
	}
	end := cut
	for end < len(id) && id[end] >= '0' && id[end] <= '9' {
		end++
	}
	number, err := strconv.Atoi(id[cut:end])
	if err != nil {
		return id
	}
	return strings.Trim(id[:cut], "- ") + strconv.Itoa(number) + id[end:]
}

// edits returns how many single changes turn a into b, or limit if it is not
// below that.
func edits(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j+1]+1, row[j]+1)
		}
	}
	return min(row[len(b)], limit)
}
