package odata_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra/graph/odata"
)

var (
	part = &odata.Schema{Name: "lab.part", Properties: []odata.Property{
		{Name: "code", Kind: odata.GUID, Filter: odata.Basic},
		{Name: "label", Kind: odata.Text, Filter: odata.Basic, Starts: odata.Basic},
	}}
	boat = &odata.Schema{Name: "lab.boat", Properties: []odata.Property{
		{Name: "id", Kind: odata.Text, Filter: odata.Basic},
		{Name: "name", Kind: odata.Text, Filter: odata.Basic, Starts: odata.Basic, Ends: true, Sort: odata.Basic},
		{Name: "afloat", Kind: odata.Boolean, Filter: odata.Basic},
		{Name: "crew", Kind: odata.Number, Filter: odata.Basic, Sort: odata.Advanced},
		{Name: "built", Kind: odata.Moment, Filter: odata.Basic, Sort: odata.Basic},
		{Name: "tags", Kind: odata.Text, List: true, Filter: odata.Basic, Starts: odata.Advanced},
		{Name: "parts", Kind: odata.Complex, List: true, Of: part, Filter: odata.Basic},
		{Name: "engine", Kind: odata.Complex, Of: part},
		{Name: "owner", Kind: odata.Text, Filter: odata.Basic},
		{Name: "secret", Kind: odata.Text, Hidden: true},
	}}
)

type ship struct{ values []odata.Value }

func (ship) Schema() *odata.Schema        { return boat }
func (s ship) Property(i int) odata.Value { return s.values[i] }
func complexPart(code, l string) odata.Value {
	return odata.Object(odata.Field{Name: "code", Value: odata.ID(code)}, odata.Field{Name: "label", Value: odata.String(l)})
}

const wheel, mast = "11111111-2222-4333-8444-555555555555", "99999999-2222-4333-8444-555555555555"

func heron() ship {
	return ship{[]odata.Value{
		odata.String("h1"), odata.String("Grey Heron"), odata.Bool(true), odata.Int(4),
		odata.At(time.Date(2019, 5, 1, 12, 30, 0, 123456789, time.UTC)),
		odata.Texts([]string{"fast", "o'clock"}), odata.List(complexPart(wheel, "Wheel"), complexPart(mast, "Mast")),
		complexPart(wheel, "Diesel"), odata.Null(), odata.String("x"),
	}}
}

func TestFilter(t *testing.T) {
	cases := []struct {
		filter   string
		match    bool
		advanced string
	}{
		{"name eq 'Grey Heron'", true, ""},
		{"NAME EQ 'grey heron'", true, ""},
		{"'Grey Heron' eq name", true, ""},
		{"name ne 'Grey Heron'", false, "name"},
		{"name in ('Teal', 'Grey Heron')", true, ""},
		{"startsWith(name,'grey')", true, ""},
		{"endswith(name, 'HERON')", true, "name"},
		{"startswith(name,'Heron')", false, ""},
		{"afloat eq true and crew ge 4", true, ""},
		{"afloat", true, ""},
		{"not afloat", false, "afloat"},
		{"not (afloat eq false)", true, "afloat"},
		{"crew gt 4 or crew lt -1", false, ""},
		{"4 le crew", true, ""},
		{"5 lt crew", false, ""},
		{"name eq 'x' or name eq 'y' and afloat eq true", false, ""},
		{"(name eq 'x' or afloat eq true) and crew eq 4", true, ""},
		{"built ge 2019-05-01 and built lt 2019-05-02T00:00:00Z", true, ""},
		{"built eq 2019-05-01T12:30:00.1234567Z", true, ""},
		{"built le 2019-05-01T14:00:00+02:00", false, ""},
		{"owner eq null", true, "owner"},
		{"owner ne null", false, "owner"},
		{"owner eq 'x'", false, ""},
		{"tags/any(t:t eq 'o''clock')", true, ""},
		{"tags/any(t:startswith(t,'fa'))", true, "tags"},
		{"tags/any()", true, ""},
		{"tags/$count eq 2", true, "tags"},
		{"parts/any(p:p/code eq " + strings.ToUpper(mast) + ")", true, ""},
		{"parts/any(p:p/label eq 'Mast' and p/code eq " + wheel + ")", false, ""},
		{"parts/any(p:p/label eq 'Mast' and tags/any(t:t eq 'fast'))", true, ""},
		{"engine/label eq 'Diesel'", true, ""},
	}
	for _, c := range cases {
		f, err := odata.ParseFilter(c.filter, boat)
		if err != nil {
			t.Errorf("%s: %v", c.filter, err)
			continue
		}
		if got := f.Match(heron()); got != c.match || f.NeedsAdvanced != c.advanced {
			t.Errorf("%s: %v, advanced %q; want %v, %q", c.filter, got, f.NeedsAdvanced, c.match, c.advanced)
		}
	}
}

func TestFilterFaults(t *testing.T) {
	cases := []struct {
		filter      string
		unsupported bool
		position    int
		text        string
	}{
		{"", false, 0, "expected the name of a property"},
		{"name", false, 4, "expected one of eq, ne"},
		{"name eqq 'x'", false, 5, "Syntax error at position 5 in 'name eqq 'x''"},
		{"name eq", false, 7, "expected a literal"},
		{"name eq x", false, 8, "expected a literal"},
		{"name eq 'x", false, 8, "expected a literal"},
		{"name eq 'x' crew eq 4", false, 12, "expected 'and', 'or' or the end"},
		{"(name eq 'x'", false, 12, "expected ')'"},
		{"name eq 'x')", false, 11, "the end"},
		{"name in ()", false, 9, "expected a literal"},
		{"built ge 2019-13-45", false, 9, "a date that exists"},
		{"startswith(name)", false, 15, "expected ','"},
		{"startswith(crew,'x')", false, 16, "a text in quotes"},
		{"tags/any(t eq 'x')", false, 11, "expected ':'"},
		{"#", false, 0, "expected"},
		{strings.Repeat("(", 60), false, 50, "at most 50 levels"},
		{"mane eq 'x'", false, -1, "Could not find a property named 'mane' on type 'lab.boat'."},
		{"engine/power eq 'x'", false, -1, "Could not find a property named 'power' on type 'lab.part'."},
		{"name/first eq 'x'", false, -1, "Could not find a property named 'first'"},
		{"name eq true", false, -1, "Found operand types 'Edm.String' and 'Edm.Boolean' for operator kind 'Equal'."},
		{"afloat eq 'true'", false, -1, "Found operand types 'Edm.Boolean' and 'Edm.String' for operator kind 'Equal'."},
		{"tags eq 'x'", false, -1, "Found operand types 'Collection(Edm.String)' and 'Edm.String' for operator kind 'Equal'."},
		{"parts/any(p:p/code eq 'x')", false, -1, "Found operand types 'Edm.Guid' and 'Edm.String' for operator kind 'Equal'."},
		{"owner gt null", false, -1, "for operator kind 'GreaterThan'"},
		{"secret eq 'x'", true, -1, "Unsupported or invalid query filter clause specified for property 'secret' of resource 'Boat'."},
		{"startswith(owner,'x')", true, -1, "for property 'owner'"},
		{"endswith(owner,'x')", true, -1, "for property 'owner'"},
		{"contains(name,'x')", true, 0, "The function 'contains' is not supported in a filter."},
		{"tags/all(t:t eq 'x')", true, -1, "for property 'tags'"},
		{strings.Repeat("x", 9000), false, 8192, "at most 8192 characters"},
	}
	for _, c := range cases {
		_, err := odata.ParseFilter(c.filter, boat)
		var e *odata.Error
		if !errors.As(err, &e) {
			t.Errorf("%.40s: %v", c.filter, err)
			continue
		}
		if e.Unsupported != c.unsupported || e.Position != c.position || !strings.Contains(e.Text, c.text) {
			t.Errorf("%.40s: %+v", c.filter, *e)
		}
	}
}

func TestOrder(t *testing.T) {
	a, b := heron(), heron()
	b.values[1], b.values[3] = odata.String("Teal"), odata.Int(2)
	cases := []struct {
		order    string
		first    string
		advanced string
	}{
		{"name", "Grey Heron", ""},
		{"name desc", "Teal", ""},
		{"built asc, crew", "Teal", "crew"},
		{"crew desc,name", "Grey Heron", "crew"},
	}
	for _, c := range cases {
		o, err := odata.ParseOrder(c.order, boat)
		if err != nil {
			t.Errorf("%s: %v", c.order, err)
			continue
		}
		list := []ship{b, a}
		slices.SortStableFunc(list, func(x, y ship) int { return o.Compare(x, y) })
		if got := string(list[0].values[1].Append(nil)); got != `"`+c.first+`"` || o.NeedsAdvanced != c.advanced {
			t.Errorf("%s: %s first, advanced %q", c.order, got, o.NeedsAdvanced)
		}
	}
	for _, bad := range []string{"", "mane", "tags", "owner", "name down", "name,", "engine"} {
		if _, err := odata.ParseOrder(bad, boat); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

func TestSelect(t *testing.T) {
	list, err := odata.ParseSelect("Name, crew,name,secret", boat)
	if err != nil || !slices.Equal(list, []int{1, 3, 9}) {
		t.Errorf("%v, %v", list, err)
	}
	if _, err := odata.ParseSelect("name,mane", boat); err == nil || !strings.Contains(err.Error(), "named 'mane'") {
		t.Errorf("unknown: %v", err)
	}
	if all, _ := odata.ParseSelect("*", boat); len(all) != 9 {
		t.Errorf("all: %v", all)
	}
}

func TestValuesAreJSON(t *testing.T) {
	v := odata.Object(
		odata.Field{Name: "text", Value: odata.String("a \"b\" <c> ä\n\x00\xff")}, odata.Field{Name: "none", Value: odata.Optional("")},
		odata.Field{Name: "yes", Value: odata.Bool(true)}, odata.Field{Name: "n", Value: odata.Int(-7)},
		odata.Field{Name: "at", Value: heron().values[4]}, odata.Field{Name: "empty", Value: odata.List()},
		odata.Field{Name: "list", Value: odata.Texts([]string{"x", "y"})},
	)
	raw := v.Append(nil)
	var back map[string]any
	if err := json.Unmarshal(raw, &back); err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	if back["at"] != "2019-05-01T12:30:00.1234567Z" || back["none"] != nil || len(back["list"].([]any)) != 2 || back["n"] != -7.0 {
		t.Errorf("%s", raw)
	}
}

// FuzzFilter: no filter makes the parser or the match panic, and a fault lies
// inside the filter.
func FuzzFilter(f *testing.F) {
	for _, seed := range []string{
		"name eq 'x' and not (crew gt 3 or afloat)", "tags/any(t:t eq 'o''clock')", "parts/any(p:p/code eq " + wheel + ")",
		"built ge 2019-05-01T00:00:00Z", "startswith(name,'x') or owner in ('a',null)", "tags/$count ne 0", "((((", "engine/label eq null",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		parsed, err := odata.ParseFilter(source, boat)
		var e *odata.Error
		if err != nil && (!errors.As(err, &e) || e.Position > len(source) || e.Text == "") {
			t.Errorf("%q: %#v", source, err)
		}
		parsed.Match(heron())
		odata.ParseOrder(source, boat)
		odata.ParseSelect(source, boat)
	})
}
