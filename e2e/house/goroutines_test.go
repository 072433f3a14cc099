package house_test

import (
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// goroutines tells what every goroutine does, by its number.
func goroutines() map[string]string {
	text := make([]byte, 1<<20)
	for {
		n := runtime.Stack(text, true)
		if n < len(text) {
			text = text[:n]
			break
		}
		text = make([]byte, 2*len(text))
	}
	all := map[string]string{}
	for stack := range strings.SplitSeq(string(text), "\n\n") {
		number, _, _ := strings.Cut(strings.TrimPrefix(stack, "goroutine "), " ")
		all[number] = stack
	}
	return all
}

// leaked lists the stacks of the goroutines that were not there before.
func leaked(before map[string]string) (stacks []string) {
	for number, stack := range goroutines() {
		if _, old := before[number]; !old && !theirs(stack) {
			stacks = append(stacks, stack)
		}
	}
	slices.Sort(stacks)
	return stacks
}

// theirs knows goroutines that are no lab's: the tests' own, and the one that
// the runtime starts for signals.
func theirs(stack string) bool {
	return strings.Contains(stack, "testing.(*T).Run") || strings.Contains(stack, "os/signal.loop")
}

// noneLeft waits until no goroutine is left that was not there before.
func noneLeft(t *testing.T, before map[string]string) {
	t.Helper()
	const patience = 5 * time.Second
	var stacks []string
	gone := func() bool { stacks = leaked(before); return len(stacks) == 0 }
	if !comesTrue(patience, gone) {
		t.Errorf("%s after the stop %d goroutines are left. Forbidden: every stop is clean (rule 10)\n\n%s", patience, len(stacks), strings.Join(stacks, "\n\n"))
	}
}
