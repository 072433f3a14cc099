// Package e2e runs every built-in scenario as a Ginkgo spec, in each era that it
// names, on every directory: embedded, Samba and OpenLDAP. On the embedded one
// all scenarios run by both drivers; on those in containers the form client
// runs all, and the browser those at the top.
//
//	go test ./e2e/...
//	go run github.com/onsi/ginkgo/v2/ginkgo -p --label-filter='driver:http' ./e2e
//	go test ./e2e -ginkgo.label-filter='era:2019 && !driver:browser'
//
// Every spec carries labels of the form key:value: driver (browser, http), era
// (2019, now), directory (embedded, samba, openldap), folder (of the scenario's file, dots for
// slashes, "top" for none) and rule (each id the scenario proves).
//
// The specs of one process share a driver of each kind and the authority it
// trusts; each has a lab of its own, so they run in any order and in parallel.
//
// Without a browser the browser's specs are skipped, which one line says. With
// CI=true or SSPRLAB_REQUIRE_BROWSER set they fail instead. The same holds for
// the Docker engine and SSPRLAB_REQUIRE_DOCKER.
//
// Not here: the pictures and the report, which the command writes (ssprlab
// run), and what holds for the house as a whole, which package house proves.
package e2e
