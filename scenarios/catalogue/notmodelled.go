package catalogue

import (
	_ "embed" // the exceptions are data in this folder
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// The name ends in .yml, as scenarios do not: the folder is one of scenarios.
//
//go:embed not-modelled.yml
var notModelledYAML []byte

const notModelledFile = "scenarios/catalogue/not-modelled.yml"

// notModelled reads the exceptions: a mapping from an id or a range of ids to
// the reason why the lab does not model it. All faults are reported at once.
func (x *index) notModelled(data []byte) (map[int]string, error) {
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", notModelledFile, err)
	}
	reasons := map[int]string{}
	var faults []error
	for _, doc := range file.Docs {
		for _, pair := range pairs(doc.Body) {
			line := pair.Key.GetToken().Position.Line
			if err := x.except(reasons, pair); err != nil {
				faults = append(faults, fmt.Errorf("%s:%d: %w", notModelledFile, line, err))
			}
		}
	}
	return reasons, errors.Join(faults...)
}

func pairs(body ast.Node) []*ast.MappingValueNode {
	switch node := body.(type) {
	case *ast.MappingNode:
		return node.Values
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{node}
	}
	return nil
}

func (x *index) except(reasons map[int]string, pair *ast.MappingValueNode) error {
	key := pair.Key.GetToken().Value
	cited := citations(key)
	if len(cited) == 0 {
		return fmt.Errorf("%q is neither an id nor a range of ids", key)
	}
	reason, ok := scalar(pair.Value)
	if !ok {
		return fmt.Errorf("%s needs a reason why it is not modelled", key)
	}
	for _, c := range cited {
		places, err := x.expand(c)
		if err != nil {
			return err
		}
		for _, i := range places {
			if _, twice := reasons[i]; twice {
				return fmt.Errorf("%s has a reason already", x.rules[i].ID)
			}
			reasons[i] = reason
		}
	}
	return nil
}

// scalar returns the text of a reason, on one line.
func scalar(node ast.Node) (string, bool) {
	var text string
	switch value := node.(type) {
	case *ast.StringNode:
		text = value.Value
	case *ast.LiteralNode:
		text = value.Value.Value
	}
	text = strings.Join(strings.Fields(text), " ")
	return text, text != ""
}
