package awareness

import (
	"embed"
	"html/template"
	"path"
	"strings"
	texttemplate "text/template"
)

// templates holds, for each template, NAME.gotxt (the text, and the subject as
// a block of that name) and NAME.gohtml (the block "body" of layout.gohtml).
//
//go:embed templates
var templates embed.FS

// Templates lists the templates, in the order of a rollout.
func Templates() []string { return []string{"coming-soon", "awareness", "reminder"} }

// rendered is a mail in words.
type rendered struct{ subject, text, html string }

// render fills in the template of m, which [Mail.check] has found good.
func render(m Mail) (rendered, error) {
	var r rendered
	text, err := texttemplate.ParseFS(templates, "templates/parts.gotxt", file(m.Template, "gotxt"))
	if err != nil {
		return r, err
	}
	var subject, body, page strings.Builder
	if err := text.ExecuteTemplate(&subject, "subject", m); err != nil {
		return r, err
	}
	if err := text.ExecuteTemplate(&body, m.Template+".gotxt", m); err != nil {
		return r, err
	}
	html, err := template.ParseFS(templates, "templates/layout.gohtml", file(m.Template, "gohtml"))
	if err != nil {
		return r, err
	}
	r.subject, r.text = subject.String(), strings.TrimLeft(body.String(), "\n")
	err = html.ExecuteTemplate(&page, "layout.gohtml", struct {
		Mail
		Subject string
	}{m, r.subject})
	r.html = page.String()
	return r, err
}

func file(name, kind string) string { return path.Join("templates", name+"."+kind) }
