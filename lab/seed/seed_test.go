package seed

import (
	"regexp"
	"testing"
)

func TestAStreamRepeats(t *testing.T) {
	a, b := New(7).Stream("codes"), New(7).Stream("codes")
	for range 100 {
		if x, y := a.GUID(), b.GUID(); x != y {
			t.Fatalf("same seed, same name: %s and %s", x, y)
		}
	}
}

func TestStreamsDiffer(t *testing.T) {
	x := New(7).Stream("codes").Digits(20)
	if y := New(7).Stream("ids").Digits(20); x == y {
		t.Error("two names, one sequence")
	}
	if y := New(8).Stream("codes").Digits(20); x == y {
		t.Error("two seeds, one sequence")
	}
}

func TestGUIDIsVersion4(t *testing.T) {
	form := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	if g := New(1).Stream("x").GUID(); !form.MatchString(g) {
		t.Errorf("%s is no version 4 GUID", g)
	}
}
