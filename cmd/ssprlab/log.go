package main

import (
	"io"
	"log/slog"
)

// logTo returns a log of everything that happens, or of nothing.
func logTo(w io.Writer, verbose bool) *slog.Logger {
	if !verbose {
		return slog.New(slog.DiscardHandler)
	}
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug}))
}
