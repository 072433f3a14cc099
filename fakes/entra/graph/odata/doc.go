// Package odata reads the query options of OData v4 ($filter, $orderby,
// $select) against a schema and applies them to entities, and writes values as
// JSON. It knows nothing of users, tenants or HTTP.
//
// Modelled: eq, ne, gt, ge, lt, le, in, and, or, not, parentheses, startswith
// and endswith, any() over collections with or without a condition, /$count of
// a collection, paths into complex values, literals of text, numbers,
// booleans, moments, dates, GUIDs and null; names and keywords whatever their
// case; which property supports what, and what only an advanced query may ask.
// Not modelled: all(), arithmetic, functions of text and time, casts,
// fractions, $search, $apply and $expand.
package odata
