package report

import (
	"crypto/sha256"
	_ "embed" // the page's style and script
	"encoding/base64"
	"fmt"
	"html"
	"html/template"
	"io"
)

var (
	//go:embed index.gohtml
	indexHTML string
	//go:embed index.css
	indexCSS string
	//go:embed index.js
	indexJS string
)

// writeIndex writes the page. The run must hold no secret any more.
func writeIndex(w io.Writer, run *Run) error {
	page, err := template.New("index").Parse(indexHTML)
	if err != nil {
		return fmt.Errorf("parse page: %w", err)
	}
	if err := page.Execute(w, newView(run)); err != nil {
		return fmt.Errorf("fill page: %w", err)
	}
	return nil
}

// policy forbids the page, and the frames in it, to load anything from
// anywhere and to run any script but its own.
func policy() string {
	hash := sha256.Sum256([]byte(indexJS))
	return "default-src 'none'; img-src data:; style-src 'unsafe-inline'; " +
		"script-src 'sha256-" + base64.StdEncoding.EncodeToString(hash[:]) + "'; base-uri 'none'; form-action 'none'"
}

// inFrame is put in front of a document that is shown in a frame: it loads
// nothing but pictures it carries itself, and its links lead nowhere, since
// the frame may open no window.
const inFrame = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">` +
	`<meta name="color-scheme" content="light"><base target="_blank">`

// frame returns a sandboxed frame with a document of its own. It stands in a
// noscript element: without script the browser shows it at once, with script
// the page puts it in place when it comes into view, since browsers load such
// frames at once however far away they are.
func frame(title, document string) template.HTML {
	return template.HTML(`<noscript><iframe sandbox title="` + html.EscapeString(title) +
		`" srcdoc="` + html.EscapeString(inFrame+document) + `"></iframe></noscript>`)
}
