package graph

import (
	"strings"

	"github.com/ssprlab/ssprlab/fakes/entra/graph/odata"
)

// entity is an object that Graph shows.
type entity interface {
	odata.Entity
	// ID is the object's id, by which pages go on.
	ID() string
}

// column is one property of T and how it is read.
type column[T any] struct {
	odata.Property
	value func(T) odata.Value
}

// table is a type of Graph with the Go type behind it.
type table[T any] struct {
	schema  *odata.Schema
	columns []column[T]
	id      func(T) string
}

// newTable returns the table of a type. A simple one knows no advanced
// queries, as only the directory's do.
func newTable[T any](name string, simple bool, id func(T) string, columns ...column[T]) *table[T] {
	s := &odata.Schema{Name: "microsoft.graph." + name, Simple: simple}
	for _, c := range columns {
		s.Properties = append(s.Properties, c.Property)
	}
	return &table[T]{s, columns, id}
}

// row is one object of a table.
type row[T any] struct {
	*table[T]
	of T
}

func (r row[T]) Schema() *odata.Schema      { return r.schema }
func (r row[T]) Property(i int) odata.Value { return r.columns[i].value(r.of) }
func (r row[T]) ID() string                 { return r.id(r.of) }

func (t *table[T]) row(of T) entity { return row[T]{t, of} }

func (t *table[T]) rows(list []T) []entity {
	rows := make([]entity, len(list))
	for i, of := range list {
		rows[i] = t.row(of)
	}
	return rows
}

// The columns' shapes. A text is null when it is empty.

func text[T any](name string, value func(T) string) column[T] {
	return column[T]{odata.Property{Name: name, Kind: odata.Text, Filter: odata.Basic, Starts: odata.Basic},
		func(of T) odata.Value { return odata.Optional(value(of)) }}
}

func fixed[T any](name string, kind odata.Kind, value odata.Value) column[T] {
	return column[T]{odata.Property{Name: name, Kind: kind}, func(T) odata.Value { return value }}
}

// never is a property that the product has and the tenant does not keep.
func never[T any](name string) column[T] { return fixed[T](name, odata.Text, odata.Null()) }

func empty[T any](name string) column[T] {
	return list(name, func(T) []string { return nil })
}

func yes[T any](name string, value func(T) bool) column[T] {
	return column[T]{odata.Property{Name: name, Kind: odata.Boolean, Filter: odata.Basic}, func(of T) odata.Value { return odata.Bool(value(of)) }}
}

func moment[T any](name string, value func(T) odata.Value) column[T] {
	return column[T]{odata.Property{Name: name, Kind: odata.Moment, Filter: odata.Basic}, value}
}

func list[T any](name string, value func(T) []string) column[T] {
	return column[T]{odata.Property{Name: name, Kind: odata.Text, List: true, Filter: odata.Basic, Starts: odata.Basic},
		func(of T) odata.Value { return odata.Texts(value(of)) }}
}

func complexes[T any](name string, of *odata.Schema, many bool, value func(T) odata.Value) column[T] {
	return column[T]{odata.Property{Name: name, Kind: odata.Complex, Of: of, List: many, Filter: odata.Basic}, value}
}

// hidden makes the column one that is returned only when it is selected.
func (c column[T]) hidden() column[T] { c.Hidden = true; return c }

// sorted lets every query sort by the column.
func (c column[T]) sorted() column[T] { c.Sort = odata.Basic; return c }

// ends lets advanced queries ask how the column ends.
func (c column[T]) ends() column[T] { c.Ends = true; return c }

// filters sets what a filter may ask of the column.
func (c column[T]) filters(equal, starts odata.Support) column[T] {
	c.Filter, c.Starts = equal, starts
	return c
}

// part declares a part of a complex value that filters may ask for.
func part(name string, kind odata.Kind) odata.Property {
	p := odata.Property{Name: name, Kind: kind, Filter: odata.Basic}
	if kind == odata.Text {
		p.Starts = odata.Basic
	}
	return p
}

func complexType(name string, parts ...odata.Property) *odata.Schema {
	return &odata.Schema{Name: "microsoft.graph." + name, Properties: parts}
}

func field(name string, v odata.Value) odata.Field { return odata.Field{Name: name, Value: v} }

// union is the type of a collection of several types: it has every property
// that one of them has, for advanced queries alone.
func union(name string, of ...*odata.Schema) *odata.Schema {
	u := &odata.Schema{Name: "microsoft.graph." + name}
	for _, s := range of {
		for _, p := range s.Properties {
			if u.Find(p.Name) >= 0 {
				continue
			}
			p.Filter, p.Starts, p.Sort = odata.Advanced, odata.Advanced, odata.Advanced
			u.Properties = append(u.Properties, p)
		}
	}
	return u
}

// mixed shows an object through the union of its collection.
type mixed struct {
	entity
	through *odata.Schema
}

func (m mixed) Schema() *odata.Schema { return m.through }

func (m mixed) Property(i int) odata.Value {
	own := m.entity.Schema().Find(m.through.Properties[i].Name)
	if own < 0 {
		return odata.Null()
	}
	return m.entity.Property(own)
}

// typeName is the annotation of an object's type.
func typeName(s *odata.Schema) string { return "#" + s.Name }

// service is how the directory service calls a type in references, or "".
func service(s *odata.Schema) string {
	switch strings.TrimPrefix(s.Name, "microsoft.graph.") {
	case "user":
		return "User"
	case "group":
		return "Group"
	case "directoryRole":
		return "DirectoryRole"
	}
	return ""
}
