package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/ssprlab/ssprlab/lab"
	"github.com/ssprlab/ssprlab/lab/pki"
	"github.com/ssprlab/ssprlab/lab/scratch"
	"github.com/ssprlab/ssprlab/scenarios"
	"github.com/ssprlab/ssprlab/scenarios/run"
	"github.com/ssprlab/ssprlab/scenarios/script"
)

// upFlags are the flags of the verb up.
type upFlags struct {
	directory directoryFlags
	asJSON    bool
	seed      uint64
	port      int
}

func upCommand() *cobra.Command {
	var f upFlags
	c := &cobra.Command{
		Use:   "up [FILE]",
		Short: "Start a lab and keep it up until Ctrl-C",
		Long:  "Start a lab in the state that a scenario starts from (by default the house that comes with the\ncommand), print where everything is and who lives there, and keep it up until Ctrl-C.",
		Args:  cobra.MaximumNArgs(1),
		RunE:  func(c *cobra.Command, args []string) error { return up(c, args, f) },
	}
	f.directory.add(c)
	c.Flags().BoolVar(&f.asJSON, "json", false, "print one JSON object instead of tables")
	c.Flags().Uint64Var(&f.seed, "seed", 1, "where all chance comes from")
	c.Flags().IntVar(&f.port, "port", 8443, "port of the cloud's hosts; 0 takes any free one")
	return c
}

// house is the scenario whose state up starts in.
const house = "house.yaml"

func up(c *cobra.Command, args []string, f upFlags) error {
	if f.port < 0 || f.port > 65535 {
		return fail(statusBadInput, fmt.Errorf("--port %d: expected 0 to 65535", f.port))
	}
	s, err := state(c.ErrOrStderr(), args)
	if err != nil {
		return err
	}
	authority, err := pki.NewAuthority()
	if err != nil {
		return fail(statusNoLab, err)
	}
	o := run.Options{Authority: authority, Seed: f.seed, Port: f.port}
	closing, err := f.directory.open(c, &o)
	if err != nil {
		return err
	}
	defer closing()
	h, err := run.Open(c.Context(), s, o)
	if err != nil {
		return fail(statusNoLab, err)
	}
	defer h.Close()
	dir, err := scratch.Make("up", nil)
	if err != nil {
		return fail(statusNoLab, err)
	}
	defer dir.Remove()
	ca := filepath.Join(dir.Path(), "ca.pem")
	if err := os.WriteFile(ca, authority.PEM(), 0o644); err != nil {
		return fail(statusNoLab, err)
	}
	if err := announce(c.OutOrStdout(), h, ca, f.asJSON); err != nil {
		return fail(statusNoLab, err)
	}
	select {
	case <-c.Context().Done():
	case err := <-h.Lab.Failed():
		return fail(statusNoLab, err)
	}
	return nil
}

// state reads the scenario whose state the lab starts in.
func state(w io.Writer, args []string) (*script.Scenario, error) {
	if len(args) > 0 {
		list, err := read(w, args)
		if err != nil {
			return nil, err
		}
		return list[0], nil
	}
	list, problems := script.ReadFS(scenarios.Files, house)
	if len(problems) > 0 || len(list) == 0 {
		return nil, fail(statusBadInput, fmt.Errorf("the built-in house is not in order: %v", problems))
	}
	return list[0], nil
}

// place is something that a person may visit.
type place struct{ name, address string }

// places are the addresses of a lab, in the order of a day.
func places(e lab.Endpoints) []place {
	return []place{
		{"office", e.Office + "/"}, {"password reset", e.PasswordReset + "/"}, {"security info", e.SecurityInfo + "/"},
		{"my account", e.Account + "/"}, {"portal", e.Portal + "/"}, {"graph", e.Graph + "/"},
		{"connect wizard", e.Connect + "/"}, {"phones", e.Phone + "/"}, {"mail", e.Mail + "/"}, {"smtp", e.SMTP}, {"directory", e.LDAPS},
	}
}

// administrator is who rules the directory; nil for one of the user's, whose
// accounts are not the lab's to tell of.
func administrator(l *lab.Lab) map[string]string {
	d := l.Directory()
	if d.Within != "" {
		return nil
	}
	return map[string]string{"user": d.User, "password": d.Password}
}

// announce prints where everything is and who lives there.
func announce(w io.Writer, h *run.House, ca string, asJSON bool) error {
	e := h.Lab.Endpoints
	if asJSON {
		addresses := map[string]string{}
		for _, p := range places(e) {
			addresses[p.name] = p.address
		}
		out := json.NewEncoder(w)
		out.SetIndent("", "  ")
		return out.Encode(map[string]any{"addresses": addresses, "people": h.People, "caFile": ca,
			"directoryAdministrator": administrator(h.Lab), "hosts": e.Hosts,
			"control": map[string]string{"tenant": e.TenantControl, "connect": e.ConnectControl, "phone": e.PhoneControl, "mail": e.MailControl}})
	}
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "The lab is up. Ctrl-C stops it.")
	fmt.Fprintln(t)
	for _, p := range places(e) {
		fmt.Fprintf(t, "  %s\t%s\n", p.name, p.address)
	}
	if admin := administrator(h.Lab); admin != nil {
		fmt.Fprintf(t, "  directory administrator\t%s, password %s\n", admin["user"], admin["password"])
	} else {
		fmt.Fprintf(t, "  the lab's unit\t%s\n", h.Lab.Directory().Base)
	}
	fmt.Fprintf(t, "  control ports\ttenant %s, connect %s, phone %s, mail %s\n", e.TenantControl, e.ConnectControl, e.PhoneControl, e.MailControl)
	fmt.Fprintf(t, "  certificate authority\t%s\n\n", ca)
	fmt.Fprintf(t, "Browsers find these names by themselves; for tools that do not, a line of /etc/hosts:\n127.0.0.1 %s\n\n", strings.Join(e.Hosts, " "))
	fmt.Fprintln(t, "  NAME\tUSER NAME\tPASSWORD\tFROM\tPHONE\tALTERNATE MAIL\tROLES")
	for _, p := range h.People {
		fmt.Fprintf(t, "  %s\t%s\t%s\t%s\t%s\t%s\t%s\n", p.Name, p.UserName, p.Password, p.From, p.Mobile, p.Alternate, strings.Join(p.Roles, ", "))
	}
	return t.Flush()
}
