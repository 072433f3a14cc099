package bench

import (
	"encoding/json"
	"testing"
	"time"

	api "github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"github.com/ssprlab/ssprlab/lab"
	"github.com/ssprlab/ssprlab/lab/container"
	"github.com/ssprlab/ssprlab/lab/pki"
	"github.com/ssprlab/ssprlab/lab/supervise"
	"github.com/ssprlab/ssprlab/lab/web/form"
	"github.com/ssprlab/ssprlab/scenarios"
	"github.com/ssprlab/ssprlab/scenarios/run"
	"github.com/ssprlab/ssprlab/scenarios/script"
)

// BenchmarkSambaStart is the warm start of a whole lab on Samba, images built
// and nothing else prepared, in turn with its yardstick: the bare start of the
// Samba container to its first bind. "fresh-ms" is what the same container takes
// to be pristine again, and "lab-MiB" is what the containers of the lab hold.
func BenchmarkSambaStart(b *testing.B) {
	s := newBareSamba(b)
	var labs, bare, fresh samples
	var memory float64
	for b.Loop() {
		var l *lab.Lab
		var err error
		labs.measure(func() { l, err = lab.Start(b.Context(), lab.Config{Authority: s.authority, Directory: lab.Samba}) })
		if err != nil {
			b.Fatal(err)
		}
		memory = max(memory, s.memory(b))
		if err := l.Stop(); err != nil {
			b.Fatal(err)
		}
		s.start(b, &bare, &fresh)
	}
	inMilliseconds(b, labs.median(), "start-ms")
	inMilliseconds(b, bare.median(), "bare-ms")
	b.ReportMetric(ratio(labs.median(), bare.median()), "of-bare")
	inMilliseconds(b, fresh.median(), "fresh-ms")
	b.ReportMetric(memory, "lab-MiB")
}

// bareSamba starts the Samba container alone.
type bareSamba struct {
	engine    *container.Engine
	docker    *client.Client
	image     string
	authority *pki.Authority
	files     []container.File
	order     supervise.Fresh
}

func newBareSamba(b *testing.B) *bareSamba {
	b.Helper()
	engine, err := container.Open(b.Context())
	if err != nil {
		b.Skip(err)
	}
	b.Cleanup(func() { engine.Close() })
	s := &bareSamba{engine: engine}
	for _, name := range []string{container.Parts, container.Samba} { // the last one's is kept
		img, err := container.Named(name)
		if err == nil {
			s.image, err = engine.Build(b.Context(), img, nil)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	if s.docker, err = client.New(client.FromEnv); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.docker.Close() })
	if s.authority, err = pki.NewAuthority(); err != nil {
		b.Fatal(err)
	}
	cert, key, err := s.authority.IssuePEM("127.0.0.1")
	if err != nil {
		b.Fatal(err)
	}
	s.order = supervise.Fresh{Cert: string(cert), Key: string(key), CA: string(s.authority.PEM())}
	s.files = []container.File{{Path: supervise.ControlFolder + "/cert.pem", Content: cert}, {Path: supervise.ControlFolder + "/key.pem", Content: key}}
	return s
}

// start measures the start of the container to the first bind, which the
// supervisor makes, and how long it takes to be pristine again.
func (s *bareSamba) start(b *testing.B, bare, fresh *samples) {
	b.Helper()
	g := s.engine.NewGroup()
	defer g.Close()
	var c *supervise.Client
	var err error
	begin := func() {
		var dc *container.Container
		dc, err = g.Start(b.Context(), container.Spec{Name: "dc", Image: s.image, Files: s.files, Memory: []container.Folder{{Path: supervise.RunFolder}},
			Ports: []container.Port{{Number: supervise.ControlPort}, {Number: supervise.LDAPSPort, Later: true}}})
		if err == nil {
			c = supervise.NewClient("https://"+dc.Addr(supervise.ControlPort), s.authority.Pool(), "")
			_, err = c.Fresh(b.Context(), s.order)
		}
	}
	if bare.measure(begin); err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	if fresh.measure(func() { _, err = c.Fresh(b.Context(), s.order) }); err != nil {
		b.Fatal(err)
	}
}

// memory is what all containers of labs hold, in MiB, without what the kernel
// keeps of files and may drop.
func (s *bareSamba) memory(b *testing.B) float64 {
	b.Helper()
	list, err := s.docker.ContainerList(b.Context(), client.ContainerListOptions{Filters: make(client.Filters).Add("label", "io.github.ssprlab.lab")})
	if err != nil {
		b.Fatal(err)
	}
	var all uint64
	for _, c := range list.Items {
		all += held(b, s.docker, c.ID)
	}
	return float64(all) / (1 << 20)
}

// BenchmarkSambaWalkthrough is the walkthrough by the form client on Samba, in
// turn with the same on the embedded directory. Containers and keys are there.
func BenchmarkSambaWalkthrough(b *testing.B) {
	if e, err := container.Open(b.Context()); err != nil {
		b.Skip(err)
	} else {
		e.Close()
	}
	list, problems := script.ReadFS(scenarios.Files, "walkthrough.yaml")
	if len(problems) > 0 {
		b.Fatal(problems)
	}
	authority, err := pki.NewAuthority()
	if err != nil {
		b.Fatal(err)
	}
	fleet, err := lab.OpenFleet(b.Context(), lab.FleetConfig{Directory: lab.Samba, Authority: authority})
	if err != nil {
		b.Fatal(err)
	}
	defer fleet.Close()
	d := form.New(form.Config{RootCAs: authority.Pool(), Hosts: hosts()})
	defer d.Close()
	o := run.Options{Driver: d, Authority: authority, Keys: new(lab.KeyRing), Seed: 1, NoEvidence: true}
	onSamba := o
	onSamba.Directory, onSamba.Fleet = lab.Samba, fleet
	once := func(o run.Options) time.Duration {
		done, err := run.Run(b.Context(), list, o)
		if err != nil {
			b.Fatal(err)
		}
		var took time.Duration
		for _, s := range done.Scenarios {
			if !s.Passed {
				b.Fatalf("%s failed: %s", s.Name, s.Error)
			}
			took += s.Duration
		}
		return took
	}
	once(o) // makes the keys
	once(onSamba)
	var embedded, samba samples
	for b.Loop() {
		embedded = append(embedded, once(o))
		samba = append(samba, once(onSamba))
	}
	inMilliseconds(b, embedded.median(), "embedded-ms")
	inMilliseconds(b, samba.median(), "samba-ms")
	b.ReportMetric(ratio(samba.median(), embedded.median()), "of-embedded")
}

// held is what a container holds, by the kernel's account of its group.
func held(b *testing.B, docker *client.Client, id string) uint64 {
	b.Helper()
	answer, err := docker.ContainerStats(b.Context(), id, client.ContainerStatsOptions{})
	if err != nil {
		b.Fatal(err)
	}
	defer answer.Body.Close()
	var stats api.StatsResponse
	if err := json.NewDecoder(answer.Body).Decode(&stats); err != nil {
		b.Fatal(err)
	}
	m := stats.MemoryStats
	inactive := max(m.Stats["total_inactive_file"], m.Stats["inactive_file"]) // of version 1 and 2 of control groups
	return m.Usage - min(inactive, m.Usage)
}
