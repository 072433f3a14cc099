package conformance_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/ssprlab/ssprlab/lab/directory/conformance"
)

var write = flag.Bool("write", false, "write the tables of differences anew")

// comparison sets a real directory beside the embedded one.
type comparison struct {
	name  string            // of the real one
	file  string            // where the table is kept
	meant map[string]string // why a case is answered in two ways
	// other is why a case takes another course there, or cannot be begun, so
	// that there is no answer to set beside the embedded one's.
	other map[string]string
	// codes is why result code and sub-code alone differ; "" if they must not.
	codes string
}

// run plays every case on both. The real directory answers as the case wants
// or differs for a reason; the embedded one answers as the case wants; and the
// differences are those of the table in the file.
func (c comparison) run(t *testing.T, theirs, embedded conformance.Subject) {
	var table strings.Builder
	differ, left := 0, 0
	for _, k := range conformance.Cases() {
		t.Run(k.Name, func(t *testing.T) {
			if missing := k.Missing(theirs); missing != "" {
				left++
				t.Skipf("%s: %s", c.name, missing)
			}
			ours := play(t, "the embedded directory", k, embedded)
			if !ours.Matches(k.Want) {
				t.Errorf("%v: the embedded directory answered %s, want %s", k.Rules, ours, k.Want)
			}
			real, why := "—", c.other[k.Name]
			if why == "" {
				answer := play(t, c.name, k, theirs)
				real, why = answer.String(), c.why(t, k, answer, ours)
			} else if answer, err := k.Play(t.Context(), theirs); err == nil && answer.Matches(k.Want) {
				t.Errorf("%s answered %s like the embedded directory, though this test says that it takes another course: %s", c.name, answer, why)
			}
			if why != "" {
				differ++
				fmt.Fprintf(&table, "| %s | %s | %s | %s | %s |\n", k.Name, strings.Join(k.Rules, ", "), real, ours, why)
			}
		})
	}
	head := fmt.Sprintf("# Where %s and the embedded directory differ\n\nCases: %d%s. Answered in two ways: %d. All others have the same verdict, result code and sub-code.\nWritten by `go test ./lab/directory/conformance -run %s -write`.\n\n| case | rules | %s | embedded | why |\n| --- | --- | --- | --- | --- |\n",
		c.name, len(conformance.Cases())-left, leftOut(left), differ, t.Name(), c.name)
	keep(t, c.file, head+table.String())
}

// leftOut tells how many cases the real directory has no use for.
func leftOut(cases int) string {
	if cases == 0 {
		return ""
	}
	return fmt.Sprintf(", without %d that are about Active Directory's schema", cases)
}

// why says why two answers differ; "" if they do not. A difference without a
// reason fails the test, and so does a reason without a difference.
func (c comparison) why(t *testing.T, k conformance.Case, real, ours conformance.Outcome) string {
	t.Helper()
	why := c.meant[k.Name]
	if why == "" && real.Accepted == ours.Accepted && real.Reason == ours.Reason && real.String() != ours.String() {
		why = c.codes
	}
	if !real.Matches(k.Want) && why == "" {
		t.Errorf("%v: %s answered %s, want %s", k.Rules, c.name, real, k.Want)
	}
	if same := real.String() == ours.String(); same != (why == "") {
		t.Errorf("%s answered %s and the embedded directory %s, and the reason that this test gives is %q: mend the embedded directory, or the list of reasons", c.name, real, ours, why)
	}
	return why
}

func play(t *testing.T, who string, c conformance.Case, s conformance.Subject) conformance.Outcome {
	t.Helper()
	if missing := c.Missing(s); missing != "" {
		t.Fatalf("%s: %s", who, missing)
	}
	o, err := c.Play(t.Context(), s)
	if err != nil {
		t.Fatalf("%s: %v", who, err)
	}
	return o
}

// keep compares a text with the file, or writes it.
func keep(t *testing.T, file, text string) {
	t.Helper()
	if t.Failed() {
		return // the text is not what it should be
	}
	if *write {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(kept) != text {
		t.Errorf("%s is not what the directories do. Run go test ./lab/directory/conformance -run %s -write, and look at what changed:\n%s", file, t.Name(), text)
	}
}
