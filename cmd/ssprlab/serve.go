package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/ssprlab/ssprlab/lab"
	"github.com/ssprlab/ssprlab/lab/part"
	"github.com/ssprlab/ssprlab/lab/pki"
	"github.com/ssprlab/ssprlab/lab/scratch"
)

// serveFlags are the flags that every part takes.
type serveFlags struct {
	listen    string
	other     string // address of SMTP or LDAPS
	authority string
	identity  string
	seed      uint64
	era       string
	verbose   bool
}

func serveCommand() *cobra.Command {
	f := new(serveFlags)
	c := &cobra.Command{
		Use:   "serve PART",
		Short: "Run one part of a lab alone until Ctrl-C",
		Long: "Run one part of a lab alone: tenant, connect, phone, mail or directory. Parts started with the same\n" +
			"--authority trust each other. Each serves its pages and its control; the control can be told to\n" +
			"begin anew and which time it is (POST /lab/fresh, POST /lab/clock).",
		Args: cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return fmt.Errorf("serve what? Expected one of %v", part.Kinds())
			}
			return fmt.Errorf("unknown part %q: expected one of %v", args[0], part.Kinds())
		},
	}
	flags := c.PersistentFlags()
	flags.StringVar(&f.listen, "listen", "127.0.0.1:0", "address of pages and control")
	flags.StringVar(&f.authority, "authority", "", "folder that keeps the certificate authority; made if it is not there (default: an authority of its own)")
	flags.Uint64Var(&f.seed, "seed", 1, "where all chance comes from")
	flags.StringVar(&f.era, "era", "now", "the era's figures: now or 2019")
	flags.BoolVar(&f.verbose, "verbose", false, "log what happens to standard error")
	flags.StringVar(&f.identity, "identity", "", "folder with cert.pem, key.pem and ca.pem; the part then waits for orders")
	flags.Lookup("identity").Hidden = true // for containers
	c.AddCommand(serveTenant(f), serveConnect(f), servePhone(f), serveMail(f), serveDirectory(f))
	return c
}

func serveTenant(f *serveFlags) *cobra.Command {
	var d part.Tenant
	var domain string
	c := &cobra.Command{Use: "tenant", Short: "The cloud tenant with all its surfaces", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			d.Domains = []string{domain}
			return serve(c, *f, part.KindTenant, func(port int) (part.Description, error) {
				d.Hosts = part.CloudAt(port)
				return d, nil
			})
		}}
	c.Flags().StringVar(&d.Organisation, "organisation", "Alder Works", "display name")
	c.Flags().StringVar(&domain, "domain", "alder.example.com", "verified domain")
	c.Flags().StringVar(&d.SMTP, "smtp", "127.0.0.1:1025", "mail server that takes the tenant's mail")
	c.Flags().StringVar(&d.Phone, "phone", "https://phone."+part.Domain+":8444", "carrier of texts and calls")
	return c
}

func serveConnect(f *serveFlags) *cobra.Command {
	var d part.Connect
	var cloud, passwordFile, caFile string
	c := &cobra.Command{Use: "connect", Short: "The Connect agent", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return serve(c, *f, part.KindConnect, func(int) (part.Description, error) {
				var err error
				if d.Hosts, err = part.CloudOf(cloud); err != nil {
					return nil, fmt.Errorf("--cloud %w", err)
				}
				if d.Directory.Password, err = readSecret("--directory-password-file", passwordFile); err != nil {
					return nil, err
				}
				ca := caFile
				if ca == "" && f.authority != "" {
					ca = filepath.Join(f.authority, part.CAFile)
				}
				if ca == "" {
					return d, nil
				}
				pem, err := os.ReadFile(ca)
				d.Directory.CA = string(pem)
				return d, err
			})
		}}
	c.Flags().StringVar(&cloud, "cloud", "https://login."+part.Domain+":8443", "the tenant's sign-in page")
	c.Flags().StringVar(&d.Tenant, "tenant", "alder.example.com", "the tenant's domain or id")
	c.Flags().StringVar(&d.Directory.URL, "directory", "ldaps://127.0.0.1:1636", "address of the directory")
	c.Flags().StringVar(&d.Directory.ServerName, "directory-name", "", "name in the directory's certificate (default: the host)")
	c.Flags().StringVar(&d.Directory.User, "directory-user", "", "connector account: DN, UPN or DOMAIN\\name")
	c.Flags().StringVar(&passwordFile, "directory-password-file", "", "file with the connector account's password")
	c.Flags().StringVar(&caFile, "directory-ca", "", "file with the authority of the directory's certificate (default: that of --authority)")
	return c
}

func servePhone(f *serveFlags) *cobra.Command {
	return &cobra.Command{Use: "phone", Short: "Phones and authenticator apps", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return serve(c, *f, part.KindPhone, func(int) (part.Description, error) { return part.Phone{}, nil })
		}}
}

func serveMail(f *serveFlags) *cobra.Command {
	var smtp string
	c := &cobra.Command{Use: "mail", Short: "The mail catcher", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			f.other = smtp
			return serve(c, *f, part.KindMail, func(int) (part.Description, error) { return part.Mail{}, nil })
		}}
	c.Flags().StringVar(&smtp, "smtp-listen", "127.0.0.1:1025", "address of SMTP")
	return c
}

func serveDirectory(f *serveFlags) *cobra.Command {
	var d part.Directory
	var ldaps, passwordFile string
	c := &cobra.Command{Use: "directory", Short: "The embedded directory", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			f.other = ldaps
			return serve(c, *f, part.KindDirectory, func(int) (_ part.Description, err error) {
				d.AdministratorPassword, err = readSecret("--administrator-password-file", passwordFile)
				return d, err
			})
		}}
	c.Flags().StringVar(&ldaps, "ldaps-listen", "127.0.0.1:1636", "address of LDAP over TLS")
	c.Flags().StringVar(&d.Domain, "domain", "corp.alder.example.com", "DNS name of the domain")
	c.Flags().StringVar(&passwordFile, "administrator-password-file", "", "file with the administrator's password")
	return c
}

// readSecret reads a password from the file that a flag names: a command line
// is no place for one.
func readSecret(flag, file string) (string, error) {
	if file == "" {
		return "", fmt.Errorf("%s is missing: the name of a file with the password", flag)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("%s: %w", flag, err)
	}
	return strings.TrimRight(string(text), "\r\n"), nil
}

// serve runs a part until the command is interrupted. describe is told the
// port of the pages.
func serve(c *cobra.Command, f serveFlags, kind part.Kind, describe func(port int) (part.Description, error)) error {
	era, ok := lab.ParseEra(f.era)
	if !ok {
		return fail(statusBadInput, fmt.Errorf("--era %q: expected now or 2019", f.era))
	}
	p, err := part.Listen(kind, f.listen, f.other)
	if err != nil {
		return fail(statusNoLab, err)
	}
	p.Log = logTo(c.ErrOrStderr(), f.verbose)
	if f.identity != "" {
		id, err := part.ReadIdentity(f.identity)
		if err != nil {
			return fail(statusBadInput, err)
		}
		p.TLS, p.Roots = id.TLS, id.Roots
		return fail(statusNoLab, p.Serve(c.Context()))
	}
	ca, forget, err := trust(p, f.authority)
	if err != nil {
		return fail(statusNoLab, err)
	}
	defer forget()
	d, err := describe(p.Port()) // which may read the authority
	if err != nil {
		return fail(statusBadInput, err)
	}
	o, err := part.NewOrder(d, f.seed, era, 0)
	if err != nil {
		return fail(statusBadInput, err)
	}
	if err := p.Begin(o); err != nil {
		return fail(statusNoLab, err)
	}
	t := tabwriter.NewWriter(c.OutOrStdout(), 0, 4, 2, ' ', 0)
	fmt.Fprintf(t, "Serving the %s. Ctrl-C stops it.\n\n", kind.Name())
	for _, a := range p.Addresses() {
		fmt.Fprintf(t, "  %s\t%s\n", a.Name, a.URL)
	}
	fmt.Fprintf(t, "  certificate authority\t%s\n", ca)
	if err := t.Flush(); err != nil {
		return err
	}
	return fail(statusNoLab, p.Serve(c.Context()))
}

// trust gives a process its certificate, from the authority of a folder or one
// of its own, and returns where that is.
func trust(p *part.Process, folder string) (ca string, forget func(), err error) {
	forget = func() {}
	var a *pki.Authority
	if folder != "" {
		a, err = pki.OpenAuthority(folder)
	} else {
		var dir *scratch.Dir
		if dir, err = scratch.Make("serve", nil); err != nil {
			return "", forget, err
		}
		folder, forget = dir.Path(), func() { dir.Remove() }
		if a, err = pki.NewAuthority(); err == nil {
			err = os.WriteFile(filepath.Join(folder, part.CAFile), a.PEM(), 0o644)
		}
	}
	if err == nil {
		p.TLS, err = a.ServerConfig(append(part.Hosts(), "localhost", "127.0.0.1")...)
	}
	if err != nil {
		forget()
		return "", func() {}, err
	}
	p.Roots = a.Pool()
	return filepath.Join(folder, part.CAFile), forget, nil
}
