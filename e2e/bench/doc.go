// Package bench measures what the lab promises, each figure against a yardstick
// that is taken in the same run: the start of the lab against the start of
// slapd and of the browser, a journey in the browser against the same page
// loads by bare chromedp. Ratios travel between machines; milliseconds do not.
//
//	make bench
//	go test ./e2e/bench -run '^$' -bench . -benchtime 5s -count 3 | go run ./e2e/bench/table -write docs/benchmarks.md
//
// Package table judges the figures and writes them into docs/benchmarks.md.
//
// Not measured here: what single parts take (their packages have benchmarks of
// their own), containers, and machines with more than one lab under load.
package bench
