package graph

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/ssprlab/ssprlab/fakes/entra/graph/odata"
)

// fault is an error in Graph's envelope (graph-fidelity 2.3).
type fault struct {
	status  int
	code    string
	message string
	detail  *detail
	// unmodelled: the product can do it, the lab cannot.
	unmodelled bool
}

// detail is one of the envelope's details.
type detail struct{ code, message, target string }

const (
	badRequest       = "Request_BadRequest"
	unsupportedQuery = "Request_UnsupportedQuery"
)

func bad(message string) *fault {
	return &fault{status: http.StatusBadRequest, code: badRequest, message: message}
}

func badf(format string, args ...any) *fault { return bad(fmt.Sprintf(format, args...)) }

func unsupported(message string) *fault {
	return &fault{status: http.StatusBadRequest, code: unsupportedQuery, message: message}
}

func missingObject(key string) *fault {
	return &fault{status: http.StatusNotFound, code: "Request_ResourceNotFound",
		message: fmt.Sprintf("Resource '%s' does not exist or one of its queried reference-property objects are not present.", key)}
}

func missingItem(key string) *fault {
	return &fault{status: http.StatusNotFound, code: "resourceNotFound", message: fmt.Sprintf("Resource '%s' is not found.", key)}
}

func denied() *fault {
	return &fault{status: http.StatusForbidden, code: "Authorization_RequestDenied", message: "Insufficient privileges to complete the operation."}
}

func wrongMethod() *fault {
	return &fault{status: http.StatusMethodNotAllowed, code: badRequest, message: "Specified HTTP method is not allowed for the request target."}
}

// mastered refuses to change what comes from the directory on-premises.
func mastered() *fault {
	return bad("Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.")
}

func required(property, resource string) *fault {
	return badf("A value is required for property '%s' of resource '%s'.", property, resource)
}

func invalid(property, resource string) *fault {
	return badf("Invalid value specified for property '%s' of resource '%s'.", property, resource)
}

func conflict(property string) *fault {
	message := fmt.Sprintf("Another object with the same value for property %s already exists.", property)
	f := bad(message)
	f.detail = &detail{"ObjectConflict", message, property}
	return f
}

// unmodelled is for what the product knows and the lab does not.
func unmodelled(what string) *fault {
	return &fault{status: http.StatusNotImplemented, code: "notModelled", message: "The lab does not model " + what + ".", unmodelled: true}
}

// queryFault turns what is wrong with a query option into a fault.
func queryFault(err error) *fault {
	var e *odata.Error
	switch {
	case !errors.As(err, &e):
		return bad(err.Error())
	case e.Unsupported:
		return unsupported(e.Text)
	case e.Position >= 0:
		return bad("Invalid filter clause: " + e.Text)
	}
	return bad(e.Text)
}

// append writes the envelope behind b.
func (f *fault) append(b []byte, q *request) []byte {
	text := func(key, value string) {
		b = odata.AppendText(b, key)
		b = append(b, ':')
		b = odata.AppendText(b, value)
		b = append(b, ',')
	}
	b = append(b, `{"error":{`...)
	text("code", f.code)
	text("message", f.message)
	if f.detail != nil {
		b = append(b, `"details":[{`...)
		text("code", f.detail.code)
		text("message", f.detail.message)
		text("target", f.detail.target)
		b = append(b[:len(b)-1], "}],"...)
	}
	b = append(b, `"innerError":{`...)
	text("date", q.graph.tenant.Now().Format("2006-01-02T15:04:05"))
	text("request-id", q.id)
	text("client-request-id", q.clientID)
	return append(b[:len(b)-1], "}}}"...)
}
