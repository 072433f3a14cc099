package connect

import (
	"cmp"
	"context"
	"crypto/rsa"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/relay/envelope"
	"github.com/ssprlab/ssprlab/lab/clock"
	"github.com/ssprlab/ssprlab/lab/directory"
	"github.com/ssprlab/ssprlab/lab/seed"
)

// ClientID is the public client that the agent asks for tokens as. The token
// endpoint must know it.
const ClientID = "cb1056e2-e479-49de-ae31-7812af012ed8"

// Config is what an agent is made of. Directory and Cloud are required; every
// other field has a useful zero value.
type Config struct {
	Clock *clock.Clock // default: the machine's time
	Seed  seed.Source
	Era   entra.Era
	Log   *slog.Logger // default: none; passwords never go there

	// Directory is how the connector account (MSOL_…) reaches the directory.
	// Connections of 0 means 8 here.
	Directory directory.Config
	Forest    string // its name in the wizard, default the domain's DNS name
	Server    string // name of the server the agent runs on, default "CONNECT01"
	Cloud     Cloud
	Version   string // default: a supported one of the era (R-WB-53)

	// Keys makes the agent's RSA-2048 keys: one at once, in the background, and
	// one more each time writeback is disabled (R-WB-06). Default: a fresh key
	// each. A function that hands out prepared keys must give none to two
	// agents, unless all of them live in one process and trust each other.
	Keys func() (*rsa.PrivateKey, error)
}

// Cloud is the way out.
type Cloud struct {
	Hosts entra.Hosts
	// HTTP dials the cloud and trusts its certificates. Its Timeout is not
	// used: a listener has none, and everything else has its own.
	HTTP   *http.Client
	Tenant string // domain or id, default "organizations"
}

func (c Config) withDefaults() Config {
	if c.Clock == nil {
		c.Clock = new(clock.Clock)
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Cloud.HTTP == nil {
		c.Cloud.HTTP = http.DefaultClient
	}
	c.Directory.Connections = cmp.Or(c.Directory.Connections, 8)
	c.Server = cmp.Or(c.Server, "CONNECT01")
	c.Cloud.Tenant = cmp.Or(c.Cloud.Tenant, "organizations")
	version := "2.4.131.0"
	if c.Era == entra.Era2019 {
		version = "1.3.21.0"
	}
	c.Version = cmp.Or(c.Version, version)
	if c.Keys == nil {
		c.Keys = newKey
	}
	return c
}

// Agent is a Connect agent. Make it with [New] and close it.
type Agent struct {
	config  Config
	log     *slog.Logger
	ids     *seed.Stream
	life    context.Context // ends with Close
	end     context.CancelFunc
	crew    crew
	events  *eventLog
	keys    *keyring
	cable   *cable
	cloud   *cloud
	corp    *corp
	space   *space
	past    *history
	wizard  wizard
	pages   http.Handler
	control http.Handler

	cycle sync.Mutex // one synchronisation cycle at a time

	mu         sync.Mutex
	creds      *envelope.Credentials // nil: not installed
	account    envelope.Account      // of who configured it last
	configured bool                  // writeback is enabled
	staging    bool
	units      []string // DNs of what is synchronised; nil: everything
	service    *service // nil: stopped
	lastSync   time.Time
	report     Report // of the last cycle
	timer      *clock.Timer
}

// New returns an agent that is not installed yet, and starts to make its key
// in the background.
func New(c Config) *Agent {
	c = c.withDefaults()
	a := &Agent{config: c, log: c.Log, ids: c.Seed.Stream("connect/ids"), past: newHistory(), space: newSpace()}
	a.life, a.end = context.WithCancel(context.Background())
	a.events = &eventLog{clock: c.Clock, log: c.Log}
	a.keys = &keyring{source: c.Keys, crew: &a.crew}
	a.cable = &cable{next: transportOf(c.Cloud.HTTP)}
	a.cloud = newCloud(c, a.cable)
	a.corp = &corp{config: c.Directory, clock: c.Clock, life: a.life}
	a.pages, a.control = a.pageRoutes(), a.controlRoutes()
	a.keys.prepare()
	return a
}

// Handler returns the pages of the server: the wizard and the event log.
func (a *Agent) Handler() http.Handler { return a.pages }

// Control returns the lab's control of the agent, apart from its pages:
//
//	POST /install    {"user","password"} or {"token"}, and {"staging"}: install, then a full cycle
//	POST /configure  {"writeback","user","password"}: what the wizard does
//	POST /sync       {"policy":"delta"|"initial"}: a cycle now -> [Report]
//	POST /stop, /start        the service
//	POST /cut?from=cloud|corp, /restore   the network
//	GET  /status     [Status]
//	GET  /events     ?source=&id=&tracking=: {"events":[Event]}, oldest first
//
// /start and /restore answer when the agent listens again.
func (a *Agent) Control() http.Handler { return a.control }

// Close stops the agent and waits for everything that it started, the making
// of a key included.
func (a *Agent) Close() error {
	a.mu.Lock()
	s := a.service
	a.service = nil
	if a.timer != nil {
		a.timer.Stop()
	}
	a.mu.Unlock()
	a.end()
	a.corp.close() // ends what is under way in the directory
	if s != nil {
		s.stop()
	}
	a.crew.close()
	a.cable.CloseIdleConnections()
	return nil
}
