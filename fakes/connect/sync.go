package connect

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra/provisioning/export"
	"github.com/ssprlab/ssprlab/lab/directory"
)

// Figures of the synchronisation cycle.
const (
	interval    = 30 * time.Minute   // R-AAC-18
	fullAfter   = 7 * 24 * time.Hour // R-AAC-18
	maxDeletes  = 500                // R-AAC-21
	batchSize   = 250
	cycleBounds = 5 * time.Minute // of real time, for everything in a cycle
)

// PolicyType is the kind of a cycle (R-AAC-19).
type PolicyType string

// The kinds: what has changed, or everything.
const (
	Delta   PolicyType = "delta"
	Initial PolicyType = "initial"
)

// Report is what a cycle did.
type Report struct {
	Policy    PolicyType `json:"policy"`
	Started   time.Time  `json:"started"`
	Status    string     `json:"status"` // "success", "completed-export-errors", "stopped-deletion-threshold-exceeded", "staging"
	Users     int        `json:"users"`  // in scope
	Groups    int        `json:"groups"`
	Added     int        `json:"added"`
	Joined    int        `json:"joined"`
	Updated   int        `json:"updated"`
	Deleted   int        `json:"deleted"`
	Errors    []string   `json:"errors,omitempty"`
	unchanged bool
}

// The statuses of a [Report] that need a name.
const (
	statusSuccess = "success"
	statusErrors  = "completed-export-errors"
	statusGuard   = "stopped-deletion-threshold-exceeded" // R-AAC-21
	statusStaging = "staging"                             // R-AAC-27
)

// errCycleRuns is why a second cycle, or the wizard, has to wait (R-AAC-16).
var errCycleRuns = errors.New("a synchronisation cycle is running")

// synchronise runs one cycle. A delta becomes initial when nothing was
// imported yet, or not for a week.
func (a *Agent) synchronise(ctx context.Context, policy PolicyType) (Report, error) {
	if !a.cycle.TryLock() {
		return Report{}, errCycleRuns
	}
	defer a.cycle.Unlock()
	ctx, cancel := context.WithTimeout(ctx, cycleBounds)
	defer cancel()
	a.mu.Lock()
	creds, units, staging, last := a.creds, a.units, a.staging, a.lastSync
	a.mu.Unlock()
	if creds == nil {
		return Report{}, errNotInstalled
	}
	now := a.config.Clock.Now()
	if a.space.number() == 0 || now.Sub(last) > fullAfter {
		policy = Initial
	}
	r := Report{Policy: policy, Started: now, Status: statusSuccess}
	changed, err := a.importAll(ctx, policy)
	if err == nil && staging {
		r.Status = statusStaging
	} else if err == nil {
		c := a.plan(units, &r)
		r.unchanged = !changed && len(c.users)+len(c.groups)+len(c.deleted) == 0
		err = a.exportAll(ctx, c, &r)
	}
	a.corp.forgetRights()
	return r, a.concluded(r, err)
}

// concluded notes how a cycle ended.
func (a *Agent) concluded(r Report, err error) error {
	if err != nil {
		a.events.write(SourceSync, runFailed, "", "The synchronisation cycle (%s) failed: %v", r.Policy, err)
		return fmt.Errorf("synchronise: %w", err)
	}
	for _, text := range r.Errors {
		a.events.write(SourceSync, runFailed, "", "An object was not exported: %s", text)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.report = r
	if r.Status != statusStaging {
		a.lastSync = r.Started
	}
	return nil
}

// importAll reads the directory into the connector space and reports whether
// there was anything to read. A delta of a directory in which nothing happened
// is one read.
func (a *Agent) importAll(ctx context.Context, policy PolicyType) (changed bool, err error) {
	dir, err := a.corp.use(ctx)
	if err != nil {
		return false, err
	}
	since := a.space.number()
	highest, err := dir.Latest(ctx)
	switch {
	case err != nil:
		return false, err
	case policy == Initial || highest < since: // restored from a copy
		since = 0
	case highest == since:
		return false, nil
	}
	delta, next, err := dir.Changes(ctx, since)
	if err != nil {
		return false, err
	}
	present, err := dir.Anchors(ctx, "")
	if err != nil {
		return false, err
	}
	twice := map[string]bool{}
	for _, anchor := range a.space.suspects(delta) {
		_, err := dir.AccountByAnchor(ctx, anchor)
		twice[anchor] = reasonOf(err) == directory.NotUnique
	}
	a.space.take(delta)
	a.space.settle(present, twice, next)
	return true, nil
}

// cargo is what a cycle exports.
type cargo struct {
	users   []export.User
	groups  []export.Group
	deleted []string
	sums    map[string][sha256.Size]byte // of users and groups, by anchor
}

// plan compares the connector space with what was exported. An anchor that
// several accounts have is left as it is (33003).
func (a *Agent) plan(units []string, r *Report) cargo {
	c := cargo{deleted: a.space.gone(), sums: map[string][sha256.Size]byte{}}
	all := a.space.list()
	scope := map[string]bool{}
	for _, o := range all {
		scope[o.anchor] = o.inScope(units)
		if !scope[o.anchor] && o.cloud != "" {
			c.deleted = append(c.deleted, o.anchor)
		}
	}
	for _, o := range all {
		switch {
		case !scope[o.anchor]:
		case o.twice:
			r.Errors = append(r.Errors, fmt.Sprintf("%s: hr=%s, several accounts have this source anchor", o.anchor, codeAmbiguous))
		case o.account != nil:
			r.Users++
			u := user(o)
			if sum := digest(u); sum != o.sent {
				c.users, c.sums[o.anchor] = append(c.users, u), sum
			}
		default:
			r.Groups++
			g := group(o, scope)
			if sum := digest(g); sum != o.sent {
				c.groups, c.sums[o.anchor] = append(c.groups, g), sum
			}
		}
	}
	return c
}

// exportAll sends what a cycle found: deletions first, so that a name is free
// for its successor, then users, then groups. More than 500 deletions are not
// sent (R-AAC-21).
func (a *Agent) exportAll(ctx context.Context, c cargo, r *Report) error {
	if len(c.deleted) > maxDeletes {
		a.events.write(SourceDirectory, deletionThreshold, "", "The export was stopped: %d deletions are more than the threshold of %d.", len(c.deleted), maxDeletes)
		r.Status = statusGuard
		c.deleted = nil
	}
	for _, b := range c.batches() {
		if b.Len() == 0 && r.unchanged {
			return nil // an idle cycle is reported with the next beat
		}
		if err := a.exportBatch(ctx, b, c, r); err != nil {
			return err
		}
	}
	if len(r.Errors) > 0 && r.Status == statusSuccess {
		r.Status = statusErrors
	}
	return nil
}

// batches cuts the cargo into batches; the last one, perhaps an empty one,
// completes the cycle.
func (c cargo) batches() (list []export.Batch) {
	for part := range slices.Chunk(c.deleted, batchSize) {
		list = append(list, export.Batch{Deleted: part})
	}
	for part := range slices.Chunk(c.users, batchSize) {
		list = append(list, export.Batch{Users: part})
	}
	for part := range slices.Chunk(c.groups, batchSize) {
		list = append(list, export.Batch{Groups: part})
	}
	if len(list) == 0 {
		list = append(list, export.Batch{})
	}
	list[len(list)-1].Complete = true
	return list
}

func (a *Agent) exportBatch(ctx context.Context, b export.Batch, c cargo, r *Report) error {
	answer, err := a.cloud.export(ctx, a.credentials(), b)
	if err != nil {
		return err
	}
	for _, result := range answer.Results {
		switch result.Action {
		case export.Added:
			r.Added++
		case export.Joined:
			r.Joined++
		case export.Updated:
			r.Updated++
		case export.Deleted:
			r.Deleted++
		case export.Failed:
			r.Errors = append(r.Errors, result.Anchor+": "+result.Error)
		}
		if slices.Contains(b.Deleted, result.Anchor) {
			a.space.forsake(result.Anchor)
		} else {
			a.space.exported(result, c.sums[result.Anchor])
		}
	}
	return nil
}
