package connect

import (
	"net/http"
	"time"
)

type wizard struct{}

func (w *wizard) open(time.Time) bool { return false }

func (a *Agent) pageRoutes() http.Handler { return http.NotFoundHandler() }

func (a *Agent) forest() string { return a.config.Forest }
