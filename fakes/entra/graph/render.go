package graph

import (
	"net/http"
	"strings"

	"github.com/ssprlab/ssprlab/fakes/entra/graph/odata"
)

// appendContext writes the annotation of what the answer is, and a comma.
func (q *request) appendContext(b []byte, context, selected, tail string) []byte {
	if selected != "" {
		context += "(" + strings.ReplaceAll(selected, " ", "") + ")"
	}
	b = append(b, `"@odata.context":`...)
	b = odata.AppendText(b, q.root()+"/$metadata#"+context+tail)
	return append(b, ',')
}

// appendEntity writes what is left of an object that was begun, and its end.
// shown are the positions in the entity's schema; nil for those of its type.
func (q *request) appendEntity(b []byte, e entity, shown []int, typed bool) []byte {
	of, own := e, true
	if m, ok := e.(mixed); ok {
		of, own = m.entity, false
	}
	schema := of.Schema()
	if typed && !q.bare {
		b = append(b, `"@odata.type":`...)
		b = append(odata.AppendText(b, typeName(schema)), ',')
	}
	if name := service(schema); name != "" && q.beta && !q.bare {
		b = append(b, `"@odata.id":`...)
		b = append(odata.AppendText(b, q.reference(of.ID(), name)), ',')
	}
	if shown == nil {
		shown, own = schema.Shown(), true
	}
	for _, i := range shown {
		if !own {
			if i = schema.Find(e.Schema().Properties[i].Name); i < 0 {
				continue // another type of the collection has it
			}
		}
		b = odata.AppendText(b, schema.Properties[i].Name)
		b = append(b, ':')
		b = append(of.Property(i).Append(b), ',')
	}
	if b[len(b)-1] == ',' {
		b = b[:len(b)-1]
	}
	return append(b, '}')
}

// reference is how the directory service refers to an object.
func (q *request) reference(id, service string) string {
	return q.host() + "/v2/" + q.graph.tenant.ID + "/directoryObjects/" + id + "/Microsoft.DirectoryServices." + service
}

// one answers a single object of a collection.
func (q *request) one(context string, e entity, typed bool) (reply, *fault) {
	return q.show(http.StatusOK, context, "/$entity", e, typed)
}

// singleton answers the one object that an address stands for.
func (q *request) singleton(context string, e entity) (reply, *fault) {
	return q.show(http.StatusOK, context, "", e, false)
}

// created answers a new object.
func (q *request) created(context string, e entity) (reply, *fault) {
	a, f := q.show(http.StatusCreated, context, "/$entity", e, false)
	a.location = q.reference(e.ID(), service(e.Schema()))
	return a, f
}

func (q *request) show(status int, context, tail string, e entity, typed bool) (reply, *fault) {
	values, f := q.options()
	if f != nil {
		return reply{}, f
	}
	var shown []int
	selected, _ := option(values, "$select")
	if selected != "" {
		if shown, f = selectOf(selected, e.Schema()); f != nil {
			return reply{}, f
		}
	}
	b := append(make([]byte, 0, 1024), '{')
	if !q.bare {
		b = q.appendContext(b, context, selected, tail)
	}
	return reply{status: status, body: q.appendEntity(b, e, shown, typed)}, nil
}

// done answers a write that has nothing to show.
func done() (reply, *fault) { return reply{status: http.StatusNoContent}, nil }
