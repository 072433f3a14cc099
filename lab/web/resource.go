package web

import (
	"encoding/base64"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strings"
)

// String says what an act does, without the values it fills in.
func (a Act) String() string {
	if a.Press != "" {
		return fmt.Sprintf("press %q", a.Press)
	}
	var labels []string
	for _, f := range a.Fill {
		labels = append(labels, f.Label)
	}
	labels = append(append(append(labels, a.Tick...), a.Untick...), a.Choose...)
	return "fill in " + quoted(labels)
}

// IsHTML reports whether a content type is that of a page.
func IsHTML(contentType string) bool {
	kind, _, _ := strings.Cut(contentType, ";")
	kind = strings.ToLower(strings.TrimSpace(kind))
	return kind == "text/html" || kind == "application/xhtml+xml"
}

// StatusError says that a resource was answered with a status of 400 or above.
type StatusError struct {
	URL    string
	Status int
}

func (e *StatusError) Error() string {
	return fmt.Sprintf("web: %s answered %d %s", e.URL, e.Status, http.StatusText(e.Status))
}

// DataURL returns what a data: URL holds; ok is false for any other URL.
func DataURL(ref string) (body []byte, contentType string, ok bool, err error) {
	if len(ref) < 5 || !strings.EqualFold(ref[:5], "data:") {
		return nil, "", false, nil
	}
	kind, data, found := strings.Cut(ref[5:], ",")
	if !found {
		return nil, "", true, fmt.Errorf("web: a data: URL without a comma: %.40q", ref)
	}
	text, err := url.PathUnescape(data)
	if err != nil {
		return nil, "", true, fmt.Errorf("web: read a data: URL: %w", err)
	}
	kind, encoded := strings.CutSuffix(kind, ";base64")
	if kind == "" {
		kind = "text/plain;charset=US-ASCII"
	}
	if _, _, err := mime.ParseMediaType(kind); err != nil {
		return nil, "", true, fmt.Errorf("web: the type %q of a data: URL: %w", kind, err)
	}
	if !encoded {
		return []byte(text), kind, true, nil
	}
	body, err = base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, "", true, fmt.Errorf("web: decode a data: URL: %w", err)
	}
	return body, kind, true, nil
}
