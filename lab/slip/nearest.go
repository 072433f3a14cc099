package slip

import (
	"strings"
)

// Nearest returns the known word that was most likely meant, or "" when none
// is near: one slip of a letter apart, one within the other, or else about a
// third of the letters apart.
func Nearest(word string, known []string) string {
	if word == "" || len(word) > 64 {
		return ""
	}
	folded := fold(word)
	best, least := "", len(folded)/3+1
	if len(folded) > 6 {
		least++
	}
	for _, k := range known {
		if d := distance(folded, fold(k)); d < least {
			best, least = k, d
		}
	}
	if least > 1 && len(folded) >= 3 {
		if k := overlapping(folded, known); k != "" {
			return k
		}
	}
	return best
}

// overlapping returns the shortest known word that begins with the word, holds
// it as a whole word, or is held in it.
func overlapping(folded string, known []string) (best string) {
	for _, k := range known {
		f := fold(k)
		if !strings.HasPrefix(f, folded) && !hasWords(f, folded) && !hasWords(folded, f) {
			continue
		}
		if best == "" || len(k) < len(best) {
			best = k
		}
	}
	return best
}

func hasWords(text, words string) bool {
	return words != "" && strings.Contains(" "+text+" ", " "+words+" ")
}

// fold drops what people mix up without noticing: case, and which of blank,
// hyphen and underscore joins two words.
func fold(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(s), func(c rune) bool {
		return c == ' ' || c == '-' || c == '_'
	}), " ")
}

// distance counts the letters to insert, drop, replace or swap with their
// neighbour to get from a to b.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	before, last, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(x); i++ {
		row[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(y)]
}

// List joins words for a sentence: "a, b or c". Long lists are cut.
func List(words []string) string {
	const most = 24
	if len(words) > most {
		return strings.Join(words[:most], ", ") + ", …"
	}
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}
