package connect

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/ssprlab/ssprlab/fakes/page"
)

// shownEvents is how many events the page lists; the control lists all.
const shownEvents = 200

// showEvents is the server's event log, the latest first.
func (a *Agent) showEvents(w http.ResponseWriter, q *http.Request) {
	source := q.URL.Query().Get("source")
	list := a.events.all(func(e Event) bool { return source == "" || e.Source == source })
	slices.Reverse(list)
	table := page.Table{Caption: "Events", Head: []string{"Time", "Level", "Source", "Event", "Message"}, Empty: "No events yet."}
	for _, e := range list[:min(len(list), shownEvents)] {
		table.Rows = append(table.Rows, []page.Cell{{Text: e.Time.Format("2006-01-02 15:04:05")}, {Text: e.Level}, {Text: e.Source},
			{Text: strings.TrimSpace(strconv.Itoa(e.ID) + " " + e.Name)}, {Text: e.Message}})
	}
	page.Write(w, http.StatusOK, page.Page{
		Surface: a.product(), Heading: "Event log", Wide: true,
		Lead: []string{"The application log of " + a.config.Server + "."},
		Parts: []page.Part{page.Links{Label: "Sources", Items: []page.Link{{Label: "All sources", URL: "/events", Current: source == ""},
			{Label: SourceWriteback, URL: "/events?source=" + SourceWriteback, Current: source == SourceWriteback},
			{Label: SourceSync, URL: "/events?source=" + SourceSync, Current: source == SourceSync}}}, table, home()},
	})
}
