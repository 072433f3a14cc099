package directory

import "context"

// Unit is an organisational unit.
type Unit struct {
	DN          string
	Name        string // ou
	Description string
}

// Units returns the organisational units below the DN under, "" being the
// whole base, however deep, and under itself if it is one.
func (d *Directory) Units(ctx context.Context, under string) ([]Unit, error) {
	entries, err := d.search(ctx, query{base: d.or(under), filter: "(objectClass=organizationalUnit)", attributes: []string{"ou", "description"}})
	if err != nil {
		return nil, err
	}
	units := make([]Unit, len(entries))
	for i, e := range entries {
		units[i] = Unit{e.DN, e.GetEqualFoldAttributeValue("ou"), e.GetEqualFoldAttributeValue("description")}
	}
	return units, nil
}
