package report

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// demoPage is the page of the demonstration run, parsed as by a browser
// without script.
func demoPage(t testing.TB) *html.Node {
	t.Helper()
	run, r := demoRun(t)
	page := outputs(t, run, r)["index.html"]
	root, err := html.ParseWithOptions(strings.NewReader(page), html.ParseOptionEnableScripting(false))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func elements(root *html.Node) []*html.Node {
	var all []*html.Node
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			all = append(all, n)
		}
	}
	return all
}

func attribute(n *html.Node, key string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val, true
		}
	}
	return "", false
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func TestPageLoadsNothing(t *testing.T) {
	for _, n := range elements(demoPage(t)) {
		for _, key := range []string{"src", "href", "srcset", "data", "action", "poster"} {
			value, ok := attribute(n, key)
			if ok && !strings.HasPrefix(value, "#") && value != "data:," {
				t.Errorf("<%s %s=%q>", n.Data, key, value)
			}
		}
		switch n.Data {
		case "iframe":
			if rights, ok := attribute(n, "sandbox"); !ok || rights != "" {
				t.Errorf("a frame has the rights %q", rights)
			}
			if document, _ := attribute(n, "srcdoc"); !strings.HasPrefix(document, inFrame) {
				t.Errorf("a frame may load: %.80s", document)
			}
		case "style":
			for _, link := range regexp.MustCompile(`url\(([^)]{0,22})`).FindAllStringSubmatch(n.FirstChild.Data, -1) {
				if !strings.HasPrefix(link[1], "data:image/png;base64") {
					t.Errorf("the style loads %s", link[1])
				}
			}
		}
	}
}

func TestPolicyAllowsTheScriptAndNoOther(t *testing.T) {
	var script, policy string
	for _, n := range elements(demoPage(t)) {
		switch n.Data {
		case "script":
			script += n.FirstChild.Data
		case "meta":
			if key, _ := attribute(n, "http-equiv"); key == "Content-Security-Policy" {
				policy, _ = attribute(n, "content")
			}
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") {
				t.Errorf("<%s> has a handler %s", n.Data, a.Key)
			}
		}
	}
	hash := sha256.Sum256([]byte(script))
	for _, want := range []string{"default-src 'none'", "script-src 'sha256-" + base64.StdEncoding.EncodeToString(hash[:]) + "'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("the policy %q lacks %q", policy, want)
		}
	}
}

func TestHeadingsStandInOrder(t *testing.T) {
	last, first := 0, 0
	for _, n := range elements(demoPage(t)) {
		if len(n.Data) != 2 || n.Data[0] != 'h' || n.Data[1] < '1' || n.Data[1] > '6' {
			continue
		}
		level := int(n.Data[1] - '0')
		if level == 1 {
			first++
		}
		if level > last+1 {
			t.Errorf("%s %q stands below a heading of level %d", n.Data, textOf(n), last)
		}
		last = level
	}
	if first != 1 {
		t.Errorf("%d headings of the first level", first)
	}
}

// TestPageIsAccessible checks what a machine can check of WCAG 2.2: names of
// controls, pictures and frames, unique ids, links that lead somewhere.
func TestPageIsAccessible(t *testing.T) {
	all := elements(demoPage(t))
	ids, labelled := map[string]bool{}, map[string]bool{}
	for _, n := range all {
		if id, ok := attribute(n, "id"); ok {
			if ids[id] {
				t.Errorf("the id %s is there twice", id)
			}
			ids[id] = true
		}
		if target, ok := attribute(n, "for"); ok && textOf(n) != "" {
			labelled[target] = true
		}
	}
	for _, n := range all {
		switch n.Data {
		case "html":
			if lang, _ := attribute(n, "lang"); lang == "" {
				t.Error("the page does not say its language")
			}
		case "input":
			if id, _ := attribute(n, "id"); !labelled[id] {
				t.Errorf("the control %s has no label", id)
			}
		case "iframe":
			if title, _ := attribute(n, "title"); title == "" {
				t.Error("a frame has no title")
			}
		case "img":
			if _, ok := attribute(n, "alt"); !ok {
				t.Error("a picture has no alternative text")
			}
		case "a":
			if target, _ := attribute(n, "href"); !ids[strings.TrimPrefix(target, "#")] {
				t.Errorf("the link %q leads to %s, which is not there", textOf(n), target)
			}
		case "th":
			if _, ok := attribute(n, "scope"); !ok {
				t.Errorf("the heading %q of a table has no scope", textOf(n))
			}
		}
		if role, _ := attribute(n, "role"); role == "img" || role == "region" {
			if name, _ := attribute(n, "aria-label"); name == "" {
				t.Errorf("a %s has no name", role)
			}
		}
	}
}

func TestFailedComesFirst(t *testing.T) {
	run, r := demoRun(t)
	page := outputs(t, run, r)["index.html"]
	order := []string{
		"2 of 5 scenarios failed",
		"Failed <span", "A code is refused after five minutes", "Step 3: types the code", "scenarios/reset/late code&#39;s.yaml:24",
		"the code [code] had expired", "an error that says the code has expired", "heading &#34;Choose a new password&#34;", "--directory", "--seed",
		"Requests no part knew", "asks for a code by text",
		"The agent is stopped", "address already in use",
		"Passed <span", "A pilot user resets a forgotten password",
		"Rules named in this run",
	}
	at := 0
	for _, want := range order {
		found := strings.Index(page[at:], want)
		if found < 0 {
			t.Fatalf("no %q behind %d", want, at)
		}
		at += found
	}
}

func TestVerdict(t *testing.T) {
	tests := map[[2]int]string{
		{0, 0}: "No scenario was run", {0, 1}: "The scenario passed", {1, 1}: "The scenario failed",
		{0, 12}: "All 12 scenarios passed", {2, 12}: "2 of 12 scenarios failed",
	}
	for counts, want := range tests {
		if got := verdict(counts[0], counts[1]); got != want {
			t.Errorf("%v: %q, expected %q", counts, got, want)
		}
	}
}

// colours reads the custom properties of the light and of the dark scheme.
func colours(t testing.TB) (light, dark map[string]string) {
	t.Helper()
	blocks := regexp.MustCompile(`(?s):root \{(.*?)\}`).FindAllStringSubmatch(indexCSS, 2)
	if len(blocks) != 2 {
		t.Fatal("no two schemes in the style")
	}
	read := func(block string) map[string]string {
		found := map[string]string{}
		for _, pair := range regexp.MustCompile(`--([a-z-]+): (#[0-9a-f]{6});`).FindAllStringSubmatch(block, -1) {
			found[pair[1]] = pair[2]
		}
		return found
	}
	return read(blocks[0][1]), read(blocks[1][1])
}

func luminance(t testing.TB, colour string) float64 {
	t.Helper()
	value, err := strconv.ParseUint(strings.TrimPrefix(colour, "#"), 16, 32)
	if err != nil {
		t.Fatal(err)
	}
	linear := func(c uint64) float64 {
		s := float64(c&0xff) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(value>>16) + 0.7152*linear(value>>8) + 0.0722*linear(value)
}

// TestContrast computes the contrast of every pair of colours that the page
// puts together: 4.5 to 1 for text, 3 to 1 for the edges of controls.
func TestContrast(t *testing.T) {
	pairs := []struct {
		front string
		backs []string
		least float64
	}{
		{"ink", []string{"ground", "paper", "sunk", "bad-ground", "good-ground"}, 4.5},
		{"soft", []string{"ground", "paper", "sunk"}, 4.5},
		{"main", []string{"ground", "paper", "sunk"}, 4.5},
		{"good", []string{"paper", "sunk", "good-ground"}, 4.5},
		{"bad", []string{"paper", "sunk", "bad-ground"}, 4.5},
		{"warn", []string{"paper", "warn-ground"}, 4.5},
		{"soft", []string{"warn-ground"}, 4.5},
		{"edge", []string{"ground", "paper"}, 3},
	}
	light, dark := colours(t)
	for name, scheme := range map[string]map[string]string{"light": light, "dark": dark} {
		for _, pair := range pairs {
			for _, back := range pair.backs {
				lights := []float64{luminance(t, scheme[pair.front]), luminance(t, scheme[back])}
				slices.Sort(lights)
				if ratio := (lights[1] + .05) / (lights[0] + .05); ratio < pair.least {
					t.Errorf("%s: %s on %s has a contrast of %.2f, expected %.1f", name, pair.front, back, ratio, pair.least)
				}
			}
		}
	}
}

func TestHostileTextStaysText(t *testing.T) {
	const evil = `</style></script></noscript></iframe>"'><script>alert(1)</script><img src=https://tracker.example.com/>`
	step := &Step{
		Name: evil, Actor: evil, Error: evil, Expected: evil, Found: evil, Rules: []string{evil},
		Pages: []Page{{URL: evil, Title: evil, Heading: evil, Note: evil, HTML: evil}},
		Mails: []Mail{{From: evil, To: evil, Subject: evil, Text: evil, HTML: evil}},
		Texts: []Text{{evil, evil, evil}}, Directory: []Change{{evil, evil, evil, evil}}, Agent: []AgentEvent{{1, evil, evil}},
		Audit: []AuditEntry{{Activity: evil, Status: evil, Reason: evil, Actor: evil, Target: evil, Service: evil}},
	}
	run := &Run{Command: evil, Notes: []string{evil}, Scenarios: []*Scenario{{
		Name: evil, About: evil, File: evil, Directory: evil, Driver: evil, Era: evil, StandsIn: evil, Error: evil,
		Rules: []string{evil}, Log: []string{evil}, Unhandled: []string{evil}, Steps: []*Step{step},
	}}}
	page := outputs(t, run, nil)["index.html"]
	for _, scripting := range []bool{true, false} {
		root, err := html.ParseWithOptions(strings.NewReader(page), html.ParseOptionEnableScripting(scripting))
		if err != nil {
			t.Fatal(err)
		}
		count := map[string]int{}
		for _, n := range elements(root) {
			count[n.Data]++
		}
		if count["script"] != 1 || count["img"] != 0 || count["style"] != 2 {
			t.Errorf("scripting %t: %v", scripting, fmt.Sprint(count))
		}
	}
}
