package conformance

import (
	"errors"
	"reflect"
	"strings"

	"github.com/ssprlab/ssprlab/lab/web"
)

func journeys() []journey {
	return []journey{
		{"controls as served", servedControls},
		{"controls filled in", filledControls},
		{"every submit button", submitButtons},
		{"names of controls", controlNames},
		{"ambiguous names", ambiguousNames},
		{"unknown names", unknownNames},
		{"disabled and fixed", disabledControls},
		{"required fields", requiredFields},
		{"errors of fields", fieldErrors},
		{"text", pageText},
		{"links", links},
		{"links that lead nowhere", refusedLinks},
		{"answers that are no page", brokenAnswers},
		{"base", baseHref},
		{"redirects of a GET", getRedirects},
		{"redirects of a POST", postRedirects},
		{"cookies", cookieJar},
		{"referrer policy", referrerPolicy},
		{"history", history},
		{"history of pages not stored", secretHistory},
		{"fragments in history", fragmentHistory},
		{"reload", reloads},
		{"resources", resources},
		{"the document", document},
		{"before the first page", beforeFirst},
	}
}

func servedControls(t *trip) {
	v := t.open("/controls")
	if v.Title != "Controls of every kind" || v.Heading != "Every control" || v.Status != 200 {
		t.Errorf("title %q, heading %q, status %d", v.Title, v.Heading, v.Status)
	}
	for _, want := range []web.Field{
		{Label: "User ID", Name: "user", ID: "user", Type: "text"},
		{Label: "Password", Name: "password", Type: "password"},
		{Label: "E-mail", Name: "mail", Type: "email", Value: "zoe@example.com"},
		{Label: "Days", Name: "days", Type: "number", Value: "180"},
		{Label: "Odd", Name: "odd", Type: "text"},
		{Label: "Notes", Name: "notes", Type: "textarea", Value: "first\nsecond"},
		{Label: "Country", Name: "country", Type: "select", Value: "Norge",
			Options: []string{"Choose one", "Österreich", "Schweiz", "New Zealand", "Norge", "Atlantis"}},
		{Label: "Plain list", Name: "plain", Type: "select", Value: "Alpha", Options: []string{"None", "Alpha", "Beta"}},
		{Label: "Many", Name: "many", Type: "select", Value: "One, Three", Options: []string{"One", "Two", "Three"}},
		{Label: "Send me news", Name: "news", Type: "checkbox", Value: "on", Checked: true},
		{Label: "I agree", Name: "terms", Type: "checkbox", Value: "agreed"},
		{Label: "One", Group: "Number of methods required to reset", Name: "required", Type: "radio", Value: "1", Checked: true},
		{Label: "In the legend", Group: "Locked In the legend", Name: "inlegend", Type: "text", Value: "open"},
		{Label: "Behind the lock", Group: "Locked In the legend", Name: "locked", Type: "text", Value: "x", Disabled: true},
		{Label: "Off", Name: "off", Type: "text", Value: "off", Disabled: true},
		{Label: "Fixed", Name: "fixed", Type: "text", Value: "fixed", ReadOnly: true},
		{Label: "Inside", Name: "inside", Type: "text"},
		{Label: "Outside", Name: "outside", Type: "text", Value: "in"},
	} {
		if got := v.Field(want.Label); got == nil || !reflect.DeepEqual(*got, want) {
			t.Errorf("field %q is %+v, want %+v", want.Label, got, want)
		}
	}
	for _, label := range []string{"Unseen", "Styled away", "Template", "token"} {
		if v.Field(label) != nil {
			t.Errorf("field %q is perceived", label)
		}
	}
	for name, disabled := range map[string]bool{"Save": false, "Save draft": false, "Never": true, "Locked button": true,
		"Picture button": false, "Start over": false} {
		if b := v.Button(name); b == nil || b.Disabled != disabled {
			t.Errorf("button %q is %+v", name, b)
		}
	}
}

// fillings sets every kind of control.
func fillings(press string) web.Act {
	return web.Act{
		Fill: []web.Fill{
			{Label: "user id", Value: " zoë@example.com "}, {Label: "Password", Value: "p&ss=w+rd ✓"},
			{Label: "E-mail", Value: " ada@example.com "}, {Label: "Days", Value: "-1"}, {Label: "Phone", Value: "+1 425 555 0100"},
			{Label: "Notes", Value: "\nline\nline \"2\"\r\n日本"}, {Label: "Country", Value: " schweiz "},
			{Label: "Plain list", Value: "Beta"}, {Label: "Many", Value: "Two"}, {Label: "Odd", Value: "one\nline"},
			{Label: "Born", Value: "1990-12-31"}, {Label: "Inside", Value: "details"}, {Label: "Outside", Value: "changed"},
			{Label: "In the legend", Value: "l"},
		},
		Tick: []string{"I agree"}, Untick: []string{"send me NEWS"},
		Choose: []string{"Number of methods required to reset > Two", "number of questions>one"},
		Press:  press,
	}
}

func filledControls(t *trip) {
	t.open("/controls")
	v := t.act(fillings(""))
	for label, want := range map[string]string{
		"User ID": " zoë@example.com ", "Password": web.Mask, "E-mail": "ada@example.com", "Days": "-1",
		"Notes": "\nline\nline \"2\"\n日本", "Country": "Schweiz", "Many": "Two", "Odd": "oneline",
	} {
		if got := v.Field(label); got.Value != want {
			t.Errorf("%s holds %q, want %q", label, got.Value, want)
		}
	}
	if v.Field("Send me news").Checked || !v.Field("I agree").Checked {
		t.Error("tick boxes are not as ticked")
	}
	t.act(web.Act{Fill: []web.Fill{{Label: "Days", Value: "text"}}})
	v = t.press("Save")
	t.has(v, `entry user=" zoë@example.com "`, `entry password="p&ss=w+rd ✓"`, `entry mail="ada@example.com"`,
		`entry days=""`, `entry notes="\r\nline\r\nline \"2\"\r\n日本"`, `entry country="ch"`, `entry plain="Beta"`,
		`entry many="Two"`, `entry terms="agreed"`, `entry required="2"`, `entry questions="1"`, `entry inlegend="l"`,
		`entry fixed="fixed"`, `entry inside="details"`, `entry unseen="sent all the same"`, `entry styled="sent too"`,
		`entry way="Save"`, `entry outside="changed"`, `entry token="t\"1"`, "Origin "+t.site.Here, "Sec-Fetch-Site same-origin",
		"Referer "+t.site.Here+"/controls", "Content-Type application/x-www-form-urlencoded")
	t.lacks(v, "news", "entry off", "entry locked", "stray", "template", "remote")
}

func submitButtons(t *trip) {
	for _, name := range []string{"Save", "Save draft", "Look up", "Upload", "Picture button", "Remote"} {
		t.open("/controls")
		v := t.press(name)
		switch name {
		case "Look up":
			if !strings.HasPrefix(v.URL, t.site.Here+"/echo?token=t%221&user=&") {
				t.Errorf("a GET form led to %s", v.URL)
			}
		case "Save draft":
			t.has(v, `entry way="draft"`)
		case "Remote":
			t.has(v, `entry remote="yes"`)
		}
	}
	t.open("/controls")
	t.act(fillings("Upload"))
	t.open("/form")
	v := t.press("Get")
	if want := t.site.Here + "/echo?word=&password=&box=on&list=One&code=&area="; v.URL != want {
		t.Errorf("the form led to %s, want %s", v.URL, want)
	}
}

func controlNames(t *trip) {
	v := t.open("/names")
	for _, name := range []string{"Enter your email, phone, or Skype.", "Password", "Erste Hälfte", "By title", "Von zwei Labels",
		"Straße und Nummer", "Code from the picture"} {
		if v.Field(name) == nil {
			t.Errorf("no field %q in %v", name, v.Fields)
		}
	}
	for _, name := range []string{"Löschen +1 425 555 0100", "Weiter", "Only a title", "Los", "Sign in", "Submit"} {
		if v.Button(name) == nil {
			t.Errorf("no button %q in %v", name, v.Buttons)
		}
	}
	v = t.act(web.Act{Fill: []web.Fill{
		{Label: "Email, phone, or Skype", Value: "by placeholder"}, {Label: "PASSWORD", Value: "x"}, {Label: "erste hälfte", Value: "2"},
		{Label: "von zwei labels", Value: "3"}, {Label: "Code from the picture", Value: "4"}, {Label: "Work > Phone", Value: "5"},
		{Label: "home > phone", Value: "6"},
	}, Press: "sign IN"})
	t.has(v, `entry loginfmt="by placeholder"`, `entry passwd="x"`, `entry two="2"`, `entry both="3"`, `entry pic="4"`,
		`entry work="5"`, `entry home="6"`, `entry b="Sign in"`)
	for name, value := range map[string]string{"löschen +1 425 555 0100": "1", "Weiter": "2", "Only a title": "3", "Los": "4"} {
		t.open("/names")
		got, err := t.v.Act(t.ctx, web.Act{Press: name})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		t.has(got, `entry b="`+value+`"`)
	}
	t.open("/names")
	t.has(t.press("second > delete"), `entry c="2"`)
}

func ambiguousNames(t *trip) {
	t.open("/names")
	var ambiguous *web.AmbiguousError
	err := t.refused(web.Act{Fill: []web.Fill{{Label: "Phone", Value: "1"}}}, `group "Work"`, `group "Home"`, `Group > Phone`)
	if !errors.As(err, &ambiguous) {
		t.Errorf("%T is no AmbiguousError", err)
	}
	t.refused(web.Act{Fill: []web.Fill{{Label: "Lost", Value: "1"}}}, "2 candidates", "no group")
	t.refused(web.Act{Press: "Delete"}, "First", "Second")
	t.open("/controls")
	t.refused(web.Act{Choose: []string{"Two"}}, "Number of methods required to reset", "Number of questions")
	t.open("/links")
	t.refused(web.Act{Press: "Twice"}, "2 candidates")
}

func unknownNames(t *trip) {
	t.open("/controls")
	var missing *web.NotFoundError
	secret := web.Fill{Label: "Pasword", Value: "hunter2!"}
	err := t.refused(web.Act{Fill: []web.Fill{{Label: "User ID", Value: "x"}, secret}, Press: "Save"},
		`no field "Pasword"`, `did you mean "Password"?`, `"User ID"`, t.site.Here+"/controls")
	if !errors.As(err, &missing) || missing.Nearest != "Password" {
		t.Errorf("%#v is not the NotFoundError", err)
	}
	if strings.Contains(err.Error(), "hunter2") {
		t.Errorf("the error tells the password: %v", err)
	}
	if v := t.act(web.Act{Fill: []web.Fill{{Label: "Phone", Value: "1"}}}); v.Field("User ID").Value != "" {
		t.Error("an act that failed filled in a field")
	}
	t.refused(web.Act{Press: "Safe"}, `no button or link "Safe"`, `did you mean "Save"`)
	t.refused(web.Act{Tick: []string{"I disagree"}}, `no tick box`, `"I agree"`)
	t.refused(web.Act{Choose: []string{"Three"}}, `no radio button`, `"One"`)
	t.refused(web.Act{Fill: []web.Fill{{Label: "I agree", Value: "yes"}}}, "there is a tick box of that name")
	t.refused(web.Act{Fill: []web.Fill{{Label: "Country", Value: "Schweden"}}}, `no option of field "Country"`, `did you mean "Schweiz"`)
	t.refused(web.Act{Fill: []web.Fill{{Label: "Unseen", Value: "x"}}}, `no field "Unseen"`)
}

func disabledControls(t *trip) {
	t.open("/controls")
	t.refused(web.Act{Fill: []web.Fill{{Label: "Off", Value: "x"}}}, `field "Off" is disabled`)
	t.refused(web.Act{Fill: []web.Fill{{Label: "Behind the lock", Value: "x"}}}, "is disabled")
	t.refused(web.Act{Fill: []web.Fill{{Label: "Fixed", Value: "x"}}}, "is read-only")
	t.refused(web.Act{Fill: []web.Fill{{Label: "Country", Value: "Atlantis"}}}, "disabled")
	t.refused(web.Act{Fill: []web.Fill{{Label: "Country", Value: "New Zealand"}}}, "disabled")
	t.refused(web.Act{Fill: []web.Fill{{Label: "User ID", Value: strings.Repeat("x", 41)}}}, "at most 40 characters")
	t.refused(web.Act{Press: "Never"}, `button "Never" is disabled`)
	t.refused(web.Act{Press: "Locked button"}, "is disabled")
	t.refused(web.Act{Press: "Start over"}, "resets its form")
	t.refused(web.Act{Press: "Formless"}, "belongs to no form")
}

func requiredFields(t *trip) {
	t.open("/required")
	t.refused(web.Act{Press: "Send"}, `field "Name" is required and empty`)
	t.refused(web.Act{Fill: []web.Fill{{Label: "Name", Value: "Ada"}}, Press: "Send"}, `tick box "Terms" is required`)
	t.act(web.Act{Fill: []web.Fill{{Label: "Name", Value: "Ada"}}, Tick: []string{"Terms"}})
	t.refused(web.Act{Press: "Send"}, `radio button "A" is required`)
	t.refused(web.Act{Choose: []string{"B"}, Press: "Send"}, `field "Kind" is required`)
	t.has(t.act(web.Act{Choose: []string{"B"}, Fill: []web.Fill{{Label: "Kind", Value: "New"}}, Press: "Send"}),
		`entry name="Ada"`, `entry terms="on"`, `entry way="b"`, `entry kind="New"`)
	t.open("/required")
	t.has(t.press("Send anyway"), `entry name=""`)
}

func fieldErrors(t *trip) {
	v := t.open("/errors")
	if len(v.Alerts) != 1 || v.Alerts[0] != "There is a problem Enter your user ID" {
		t.Errorf("alerts are %q", v.Alerts)
	}
	for _, want := range []web.Field{
		{Label: "User ID", ID: "user", Name: "user", Type: "text", Invalid: true, Error: "Enter your user ID", Hint: "Like name@example.com"},
		{Label: "Password", ID: "pw", Name: "pw", Type: "password", Value: web.Mask, Invalid: true, Error: "Too short"},
		{Label: "Code", ID: "code", Name: "code", Type: "text", Invalid: true, Error: "Wrong code", Hint: "Six digits"},
		{Label: "Fine", ID: "ok", Name: "ok", Type: "text", Hint: "All well", Required: true},
	} {
		if got := v.Field(want.Label); got == nil || !reflect.DeepEqual(*got, want) {
			t.Errorf("field %q is %+v, want %+v", want.Label, got, want)
		}
	}
}
