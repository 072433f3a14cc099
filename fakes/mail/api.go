package mail

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/textproto"
	"slices"
	"strconv"
	"strings"

	"github.com/mailhog/data"
)

// Handler returns MailHog's API, the lab's /lab/wait and the pages. It may be
// served by several servers; its waits end when the catcher is closed.
func (c *Catcher) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v2/messages", c.listV2)
	mux.HandleFunc("GET /api/v2/search", c.search)
	mux.HandleFunc("GET /api/v1/messages", c.listV1)
	mux.HandleFunc("DELETE /api/v1/messages", c.deleteAll)
	mux.HandleFunc("GET /api/v1/messages/{id}", c.one)
	mux.HandleFunc("DELETE /api/v1/messages/{id}", c.deleteOne)
	mux.HandleFunc("GET /api/v1/messages/{id}/download", c.download)
	mux.HandleFunc("GET /api/v1/messages/{id}/mime/part/{part}/download", c.downloadPart)
	mux.HandleFunc("GET /lab/wait", c.wait)
	c.pages(mux)
	mux.HandleFunc("/", c.unmodelled)
	return mux
}

// unmodelled answers what the catcher does not know, loudly.
func (c *Catcher) unmodelled(w http.ResponseWriter, r *http.Request) {
	c.log.Warn("request not modelled", "method", r.Method, "path", r.URL.Path)
	fail(w, http.StatusNotImplemented, "notModelled", "the mail catcher does not model "+r.Method+" "+r.URL.Path)
}

// fail answers with an error for programs.
func fail(w http.ResponseWriter, status int, code, message string) {
	type detail struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	}
	writeJSON(w, status, "application/json", struct {
		Error detail `json:"error"`
	}{detail{code, message}})
}

func writeJSON[T any](w http.ResponseWriter, status int, contentType string, value T) {
	b, err := json.Marshal(value)
	if err != nil {
		http.Error(w, "encode answer: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	w.Write(b)
}

// listing is the answer of /api/v2: what there is, and a page of it.
type listing struct {
	Total int             `json:"total"`
	Count int             `json:"count"`
	Start int             `json:"start"`
	Items []*data.Message `json:"items"`
}

func (c *Catcher) listV2(w http.ResponseWriter, r *http.Request) {
	c.writePage(w, r, func(*data.Message) bool { return true })
}

func (c *Catcher) search(w http.ResponseWriter, r *http.Request) {
	query := strings.ToLower(r.FormValue("query"))
	match := map[string]func(*data.Message, string) bool{"from": isFrom, "to": isTo, "containing": contains}[r.FormValue("kind")]
	if match == nil || query == "" {
		fail(w, http.StatusBadRequest, "badParameter", "a search needs kind=from, to or containing, and a query")
		return
	}
	c.writePage(w, r, func(m *data.Message) bool { return match(m, query) })
}

func (c *Catcher) writePage(w http.ResponseWriter, r *http.Request, match func(*data.Message) bool) {
	start, err1 := number(r, "start", 0)
	limit, err2 := number(r, "limit", 50)
	for _, err := range []error{err1, err2} {
		if err != nil {
			fail(w, http.StatusBadRequest, "badParameter", err.Error())
			return
		}
	}
	found := c.store.list(match)
	items := slice(found, start, limit)
	writeJSON(w, http.StatusOK, "application/json", listing{len(found), len(items), start, items})
}

// number reads a parameter that counts mails. Absent and 0 mean the default.
func number(r *http.Request, name string, absent int) (int, error) {
	value := r.FormValue(name)
	if value == "" {
		return absent, nil
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%s=%q is not a number of mails", name, value)
	}
	if n == 0 {
		return absent, nil
	}
	return n, nil
}

// slice returns at most limit messages from start; MailHog's own bound is 250.
func slice(messages []*data.Message, start, limit int) []*data.Message {
	start = min(start, len(messages))
	end := min(start+min(limit, 250), len(messages))
	return append([]*data.Message{}, messages[start:end]...) // never null in JSON
}

func (c *Catcher) listV1(w http.ResponseWriter, _ *http.Request) {
	all := c.store.list(func(*data.Message) bool { return true })
	writeJSON(w, http.StatusOK, "text/json", append([]*data.Message{}, all[:min(len(all), 1000)]...))
}

func (c *Catcher) one(w http.ResponseWriter, r *http.Request) {
	if m, ok := c.find(w, r); ok {
		writeJSON(w, http.StatusOK, "text/json", m)
	}
}

// find returns the message that the path names, or answers 404.
func (c *Catcher) find(w http.ResponseWriter, r *http.Request) (*data.Message, bool) {
	m, ok := c.store.get(r.PathValue("id"))
	if !ok {
		fail(w, http.StatusNotFound, "unknownMessage", "there is no message "+r.PathValue("id"))
	}
	return m, ok
}

func (c *Catcher) deleteAll(w http.ResponseWriter, _ *http.Request) {
	c.store.deleteAll()
	w.Header().Set("Content-Type", "text/json")
}

func (c *Catcher) deleteOne(w http.ResponseWriter, r *http.Request) {
	if !c.store.delete(r.PathValue("id")) {
		fail(w, http.StatusNotFound, "unknownMessage", "there is no message "+r.PathValue("id"))
		return
	}
	w.Header().Set("Content-Type", "text/json")
}

func (c *Catcher) download(w http.ResponseWriter, r *http.Request) {
	m, ok := c.find(w, r)
	if !ok {
		return
	}
	w.Header().Set("Content-Type", "message/rfc822")
	w.Header().Set("Content-Disposition", `attachment; filename="`+string(m.ID)+`.eml"`)
	for _, name := range slices.Sorted(maps.Keys(m.Content.Headers)) {
		for _, value := range m.Content.Headers[name] {
			io.WriteString(w, name+": "+value+"\r\n")
		}
	}
	io.WriteString(w, "\r\n"+m.Content.Body)
}

// downloadPart gives out one part with its own fields as header, base64 taken
// off and any other encoding left on, as MailHog does. Only the fields that
// describe content are passed on: a mail sets no cookies here. The sandbox
// keeps an HTML part that calls itself inline from running as this site.
func (c *Catcher) downloadPart(w http.ResponseWriter, r *http.Request) {
	m, ok := c.find(w, r)
	if !ok {
		return
	}
	n, err := strconv.Atoi(r.PathValue("part"))
	if err != nil || n < 0 || m.MIME == nil || n >= len(m.MIME.Parts) {
		fail(w, http.StatusNotFound, "unknownPart", "message "+string(m.ID)+" has no part "+r.PathValue("part"))
		return
	}
	part := m.MIME.Parts[n]
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s-part-%d"`, m.ID, n))
	for name, values := range part.Headers {
		name = textproto.CanonicalMIMEHeaderKey(name)
		if strings.HasPrefix(name, "Content-") && name != "Content-Length" && len(values) > 0 {
			w.Header().Set(name, values[0])
		}
	}
	w.Header().Set("Content-Security-Policy", "sandbox; default-src 'none'")
	body := []byte(part.Body)
	if strings.EqualFold(w.Header().Get("Content-Transfer-Encoding"), "base64") {
		body, _ = base64.StdEncoding.DecodeString(part.Body) // what can be decoded
	}
	w.Write(body)
}
