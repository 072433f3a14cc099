// Package report writes the evidence of a run: what every step did, showed,
// sent and changed, for people and for machines.
//
// A runner fills a [Run] and calls [Write], which puts three files into a
// folder: index.html, one page that opens from disk without a server, a
// network or a script; results.json, of a fixed shape; junit.xml. Each file
// appears whole or not at all. [Line] prints the live line of one scenario.
//
// Every string goes through a [Redactor] before it is written, so that no
// password, code or key is left in clear in any of its usual disguises.
//
// Pictures are stored once however often they are seen, in a style sheet, so
// that a browser decodes only what it shows. Mails and stored pages stand in
// sandboxed frames that load nothing and run nothing.
//
// Not modelled: secrets inside pictures (the pages mask them before the picture
// is taken), secrets split over two fields, and any history of earlier runs.
package report
