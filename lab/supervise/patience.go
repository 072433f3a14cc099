package supervise

import "time"

// Bounds of waits, in real time.
const (
	startPatience     = 20 * time.Second // a started server answers a bind; a moved clock is seen
	provisionPatience = time.Minute      // another domain is provisioned
)
