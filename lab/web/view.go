package web

// Mask stands for the value of a password field that is not empty, whatever
// its length.
const Mask = "••••••••"

// View is what a person perceives of a page.
type View struct {
	URL     string // where the page is, with the fragment
	Title   string
	Heading string // text of the first <h1>
	Status  int    // of HTTP
	Text    string // visible text, white space folded, one line per block
	Alerts  []string
	Fields  []Field
	Buttons []Button
	Links   []Link
	Images  []Image
	Sounds  []Sound
	Tables  [][][]string // tables, rows, text of the cells
}

// Field is a control that holds a value; hidden ones are left out.
type Field struct {
	Label string // the accessible name
	Group string // legend of the fieldset, or name of the group, around it
	Name  string // name attribute
	ID    string // id attribute
	// Type is the type of an <input> ("text" if it has none or an unknown one),
	// "select" or "textarea".
	Type string
	// Value is the text of the field, the text of the selected option, or the
	// value attribute of a tick box or radio button; [Mask] hides passwords.
	Value    string
	Options  []string // of a select field
	Checked  bool
	Disabled bool
	ReadOnly bool
	Required bool
	Invalid  bool   // aria-invalid
	Error    string // the message an invalid field is described by
	Hint     string // other descriptions of the field
}

// Button is a push button of any kind.
type Button struct {
	Name     string
	Disabled bool
}

// Link is an <a> with a destination. URL is absolute.
type Link struct{ Name, URL, Target string }

// Image is a picture. URL is absolute.
type Image struct{ Alt, URL string }

// Sound is an <audio> with its first source. URL is absolute.
type Sound struct{ Name, URL string }

// Field returns the first field of that label or, failing that, of that name
// attribute; nil if there is none.
func (v *View) Field(label string) *Field {
	want := fold(label)
	for i := range v.Fields {
		if fold(v.Fields[i].Label) == want {
			return &v.Fields[i]
		}
	}
	for i := range v.Fields {
		if v.Fields[i].Name == label {
			return &v.Fields[i]
		}
	}
	return nil
}

// Button returns the first button of that name, nil if there is none.
func (v *View) Button(name string) *Button {
	want := fold(name)
	for i := range v.Buttons {
		if fold(v.Buttons[i].Name) == want {
			return &v.Buttons[i]
		}
	}
	return nil
}

// Link returns the first link of that name, nil if there is none.
func (v *View) Link(name string) *Link {
	want := fold(name)
	for i := range v.Links {
		if fold(v.Links[i].Name) == want {
			return &v.Links[i]
		}
	}
	return nil
}
