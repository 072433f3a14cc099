package connect

import "testing"

// An agent that throws its key away gets another one (R-WB-06), which is the
// other agents' second as well.
func TestTheStockGivesEveryAgentTheSameKeysInTheSameOrder(t *testing.T) {
	var stock KeyStock
	a, b := stock.Supply(), stock.Supply()
	first, err := a()
	if err != nil {
		t.Fatal(err)
	}
	second, err := a()
	if err != nil {
		t.Fatal(err)
	}
	if first.Equal(second) {
		t.Error("an agent got the same key twice")
	}
	for i, want := range []any{first, second} {
		got, err := b()
		if err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("key %d of another agent is not the stock's", i+1)
		}
	}
}
