package connect

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/relay/envelope"
	"github.com/ssprlab/ssprlab/fakes/page"
)

// idle is how long the wizard stays open untouched, on the lab's clock. The
// product waits for ever, and the scheduler with it.
const idle = time.Hour

// wizard is the one wizard of the server.
type wizard struct {
	mu      sync.Mutex
	run     *run
	touched time.Time
}

// run is the wizard from its opening to its exit.
type run struct {
	id string

	mu      sync.Mutex // one request at a time
	path    []step
	reached int    // index of the furthest page
	user    string // as typed
	token   string
	account envelope.Account
	next    settings
	agreed  bool // to continue without verified suffixes (R-AAC-06)
	done    []string
}

// step is a page of the wizard. show fills p; take acts on the form and says
// what is wrong with it. Without take there is no way on.
type step struct {
	slug, name string
	button     string // default "Next"
	show       func(ctx context.Context, a *Agent, r *run, p *page.Page, wrong complaint)
	take       func(ctx context.Context, a *Agent, r *run, form url.Values) complaint
}

// complaint is what is wrong with a form: the whole, or a field. Its zero value
// is nothing.
type complaint struct {
	alert, field, text string
	status             int // of an answer that ends the way, such as 501
}

func (c complaint) none() bool { return c == complaint{} }

// of returns the error of a field.
func (c complaint) of(field string) string {
	if c.field == field {
		return c.text
	}
	return ""
}

// open reports whether the wizard is open, which suspends the scheduler
// (R-AAC-16).
func (w *wizard) open(now time.Time) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.run != nil && now.Sub(w.touched) < idle
}

// find returns the open run of that id.
func (w *wizard) find(id string, now time.Time) *run {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.run == nil || w.run.id != id || now.Sub(w.touched) >= idle {
		return nil
	}
	w.touched = now
	return w.run
}

// begin opens the wizard; one that was open before is closed.
func (w *wizard) begin(r *run, now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.run, w.touched = r, now
}

func (w *wizard) exit() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.run = nil
}

// pageRoutes lists the pages of the server.
func (a *Agent) pageRoutes() http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("GET /{$}", a.showStart)
	m.HandleFunc("POST /{$}", a.openWizard)
	m.HandleFunc("GET /wizard/{run}/{page}", a.inWizard(a.showStep))
	m.HandleFunc("POST /wizard/{run}/{page}", a.inWizard(a.takeStep))
	m.HandleFunc("POST /wizard/{run}/exit", a.exitWizard)
	m.HandleFunc("GET /events", a.showEvents)
	m.HandleFunc("/", func(w http.ResponseWriter, q *http.Request) {
		a.log.Warn("unhandled request", "request", q.Method+" "+q.Host+q.URL.Path)
		page.Lost(w, q, m, a.product(), home())
	})
	return m
}

// product is what the agent is called in the era.
func (a *Agent) product() string { return a.config.Era.Names().Connect }

// cloudName is what the cloud directory is called in the wizard.
func (a *Agent) cloudName() string {
	if a.config.Era == entra.Era2019 {
		return "Azure AD"
	}
	return a.config.Era.Names().Directory
}

func home() page.Part {
	return page.Links{Items: []page.Link{{Label: "Back to the start", URL: "/"}}}
}

func (r *run) address(slug string) string { return "/wizard/" + r.id + "/" + slug }

// index returns where the page with that slug is in the path; -1 if nowhere.
func (r *run) index(slug string) int {
	for i, s := range r.path {
		if s.slug == slug {
			return i
		}
	}
	return -1
}

// inWizard serves a request of the open run, and its pages in their order: who
// asks for a later page is sent to the furthest one.
func (a *Agent) inWizard(serve func(http.ResponseWriter, *http.Request, *run, int)) http.HandlerFunc {
	return func(w http.ResponseWriter, q *http.Request) {
		r := a.wizard.find(q.PathValue("run"), a.config.Clock.Now())
		if r == nil {
			page.Write(w, http.StatusGone, page.Page{Surface: a.product(), Heading: "The wizard was closed",
				Alert: "This wizard is not open any more.", Parts: []page.Part{home()}})
			return
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		i := r.index(q.PathValue("page"))
		if i < 0 || i > r.reached {
			http.Redirect(w, q, r.address(r.path[r.reached].slug), http.StatusSeeOther)
			return
		}
		serve(w, q, r, i)
	}
}

func (a *Agent) showStep(w http.ResponseWriter, q *http.Request, r *run, i int) {
	a.render(w, q, r, i, complaint{})
}

// takeStep acts on a page's form and leads on.
func (a *Agent) takeStep(w http.ResponseWriter, q *http.Request, r *run, i int) {
	if !page.Read(w, q, a.product()) {
		return
	}
	if q.PostForm.Get("go") == "previous" {
		http.Redirect(w, q, r.before(i), http.StatusSeeOther)
		return
	}
	s := r.path[i]
	if s.take == nil {
		http.Error(w, "this page takes no form", http.StatusMethodNotAllowed)
		return
	}
	if wrong := s.take(q.Context(), a, r, q.PostForm); !wrong.none() {
		a.render(w, q, r, i, wrong)
		return
	}
	next := min(i+1, len(r.path)-1)
	r.reached = max(r.reached, next)
	http.Redirect(w, q, r.address(r.path[next].slug), http.StatusSeeOther)
}

// before returns the address of the page before i.
func (r *run) before(i int) string {
	if i == 0 {
		return "/"
	}
	return r.address(r.path[i-1].slug)
}

// render writes a page of the wizard: its steps beside it, its form with the
// buttons below.
func (a *Agent) render(w http.ResponseWriter, q *http.Request, r *run, i int, wrong complaint) {
	if wrong.status == http.StatusNotImplemented {
		a.unmodelled(w, r, i, wrong.alert)
		return
	}
	s := r.path[i]
	p := page.Page{Surface: a.product(), Brand: r.account.Organisation, Heading: s.name, Alert: wrong.alert}
	for j, other := range r.path {
		p.Nav = append(p.Nav, page.Link{Label: other.name, URL: r.address(other.slug), Current: j == i})
	}
	s.show(q.Context(), a, r, &p, wrong)
	form := page.Form{Controls: p.Parts, Action: r.address(s.slug)}
	if s.take != nil {
		form.Buttons = append(form.Buttons, page.Button{Label: cmp.Or(s.button, "Next")})
	}
	if last := i == len(r.path)-1; last && s.take == nil {
		form.Buttons = append(form.Buttons, page.Button{Label: "Exit", Action: r.address("exit")})
	} else {
		form.Buttons = append(form.Buttons, page.Button{Label: "Previous", Name: "go", Value: "previous", Quiet: true},
			page.Button{Label: "Close the wizard", Action: r.address("exit"), Quiet: true})
	}
	p.Parts = []page.Part{form}
	page.Write(w, http.StatusOK, p)
}

// unmodelled says that the lab does not know a task, loudly.
func (a *Agent) unmodelled(w http.ResponseWriter, r *run, i int, what string) {
	a.log.Warn("task of the wizard that is not modelled", "task", what)
	page.Write(w, http.StatusNotImplemented, page.Page{Surface: a.product(), Heading: what,
		Alert: "The lab does not model this task. Nothing was changed.",
		Parts: []page.Part{page.Links{Items: []page.Link{{Label: "Back", URL: r.address(r.path[i].slug)}}}}})
}

func (a *Agent) exitWizard(w http.ResponseWriter, q *http.Request) {
	if !page.Read(w, q, a.product()) {
		return
	}
	if a.wizard.find(q.PathValue("run"), a.config.Clock.Now()) != nil {
		a.wizard.exit()
	}
	http.Redirect(w, q, "/", http.StatusSeeOther)
}

// showStart is the page that the wizard starts with: a welcome, and for a
// later run how things are (R-AAC-14).
func (a *Agent) showStart(w http.ResponseWriter, _ *http.Request) { a.start(w, complaint{}) }

func (a *Agent) start(w http.ResponseWriter, wrong complaint) {
	p := page.Page{Surface: a.product(), Heading: "Welcome to " + a.product(), Alert: wrong.alert}
	st := a.Status()
	form := page.Form{Buttons: []page.Button{{Label: "Configure"}}}
	if !st.Installed {
		p.Lead = []string{"This wizard connects the directory of your organisation with " + a.cloudName() + "."}
		form.Controls = []page.Part{page.Choices{Name: "terms", Legend: "Licence terms", Many: true, Error: wrong.of("terms"),
			Options: []page.Option{{Value: "agree", Label: "I agree to the license terms and privacy notice"}}}}
		form.Buttons[0].Label = "Continue"
	} else {
		p.Lead = []string{"The synchronisation service scheduler is suspended until this setup wizard is closed."}
		p.Convention = "The product keeps the scheduler suspended for as long as the wizard is open. A wizard that nobody has touched for an hour of the lab's clock counts as closed."
		if st.Wizard {
			p.Notice = "The wizard is open elsewhere. If you go on, it is closed there."
		}
	}
	p.Parts = []page.Part{form, page.Links{Items: []page.Link{{Label: "Event log", URL: "/events"}}}}
	page.Write(w, http.StatusOK, p)
}

// openWizard opens the wizard: the first run on a server without an agent, a
// later run otherwise.
func (a *Agent) openWizard(w http.ResponseWriter, q *http.Request) {
	if !page.Read(w, q, a.product()) {
		return
	}
	installed := a.Status().Installed
	if !installed && q.PostForm.Get("terms") != "agree" {
		a.start(w, complaint{alert: "Agree to the terms to continue.", field: "terms", text: "Select this to continue."})
		return
	}
	r := &run{id: a.ids.Token(8), next: a.settings(), path: firstRun(a.cloudName())}
	r.next.initial = !installed
	if installed {
		r.path = laterRun()
	}
	a.wizard.begin(r, a.config.Clock.Now())
	http.Redirect(w, q, r.address(r.path[0].slug), http.StatusSeeOther)
}
