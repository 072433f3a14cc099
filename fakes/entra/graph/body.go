package graph

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
)

// maxBody is the largest body that is read, in bytes, before and after gzip.
const maxBody = 1 << 20

// decode unpacks a body that came with gzip, as an SDK sends every body
// (graph-fidelity 1), and bounds it.
func (q *request) decode() *fault {
	var source io.Reader = io.LimitReader(q.Body, maxBody+1)
	if strings.EqualFold(q.Header.Get("Content-Encoding"), "gzip") {
		unpacked, err := gzip.NewReader(source)
		if err != nil {
			return unreadable()
		}
		source = io.LimitReader(unpacked, maxBody+1)
	}
	body, err := io.ReadAll(source)
	switch {
	case err != nil:
		return unreadable()
	case len(body) > maxBody:
		return &fault{status: http.StatusRequestEntityTooLarge, code: "RequestBodyTooLarge", message: "The request body is larger than 1 MiB."}
	}
	q.Body = io.NopCloser(bytes.NewReader(body))
	return nil
}

func unreadable() *fault {
	return &fault{status: http.StatusBadRequest, code: "BadRequest",
		message: "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format."}
}

// members is a JSON object whose values wait to be read.
type members map[string]json.RawMessage

// object reads the body as a JSON object, without annotations
// (graph-fidelity 1); binds are the "…@odata.bind" among them.
func (q *request) object() (body, binds members, f *fault) {
	d := json.NewDecoder(q.Body)
	if err := d.Decode(&body); err != nil || body == nil {
		return nil, nil, unreadable()
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, nil, unreadable()
	}
	binds = members{}
	for name, value := range body {
		if property, ok := strings.CutSuffix(name, "@odata.bind"); ok {
			binds[property] = value
		}
		if strings.Contains(name, "@") {
			delete(body, name)
		}
	}
	return body, binds, nil
}

// read decodes one member into to; resource and property name it in the error.
func read[T string | *string | bool | []string | int | passwordProfile | []json.RawMessage](raw json.RawMessage, to *T, property, resource string) *fault {
	if err := json.Unmarshal(raw, to); err != nil {
		return invalid(property, resource)
	}
	return nil
}

// bodies are the requests that are read as a whole.
type bodies interface {
	struct {
		ID string `json:"@odata.id"`
	} | licenceOrder
}

// readBody decodes the body.
func readBody[T bodies](q *request, to *T) *fault {
	if err := json.NewDecoder(q.Body).Decode(to); err != nil {
		return unreadable()
	}
	return nil
}
