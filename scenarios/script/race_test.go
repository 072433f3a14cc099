//go:build race

package script_test

// raceDetector makes everything some ten times slower.
const raceDetector = true
