package checkup

import (
	"fmt"

	"github.com/ssprlab/ssprlab/lab/directory"
)

// command is a command that grants a right, word by word, and where it is
// typed.
type command struct {
	Where string
	words []string // an argument each, in the quotes of that shell
	next  string   // what ends a line that goes on
}

// quoted puts a word in double quotes. Names with such quotes in them are not
// for pasting: they come out as they are.
func quoted(word string) string { return `"` + word + `"` }

// grants are the commands that grant a right to the connector account.
func (e *examination) grants(r directory.Right) []command {
	if e.config.Dialect == directory.OpenLDAP {
		return []command{e.accessLine()}
	}
	on := e.config.Unit
	if r.OnRoot() {
		on = e.root
	}
	commands := []command{e.dsacls(r, on)}
	if sddl, err := r.SDDL(e.connector.SID); err == nil {
		commands = append(commands, command{"on a controller of Samba's", []string{"samba-tool dsacl set", "--action=allow", "--objectdn=" + quoted(on), "--sddl=" + quoted(sddl)}, ` \`})
	}
	if r != directory.ChangePassword {
		commands = append(commands, command{"with the PowerShell module of Entra Connect (ADSyncConfig), which grants all four",
			[]string{"Set-ADSyncPasswordWritebackPermissions", "-ADConnectorAccountDN " + quoted(e.connector.DN), "-ADobjectDN " + quoted(e.config.Unit)}, " `"})
	}
	return commands
}

// dsacls is the command of Windows. A right of the domain's root is granted
// there and for it alone, the others on the users below.
func (e *examination) dsacls(r directory.Right, on string) command {
	who := e.connector.SAM + "@" + e.config.Domain()
	what := map[directory.Right]string{
		directory.WriteLockoutTime: "WP;lockoutTime", directory.WritePwdLastSet: "WP;pwdLastSet",
	}[r]
	if what == "" {
		what = "CA;" + r.String()
	}
	words := []string{"dsacls", quoted(on)}
	if r.OnRoot() {
		words = append(words, "/G", quoted(who+":"+what))
	} else {
		words = append(words, "/I:S", "/G", quoted(who+":"+what+";user"))
	}
	return command{"in a command prompt of Windows, as a domain administrator", words, " ^"}
}

// accessLine is what slapd's configuration needs: one line for all.
func (e *examination) accessLine() command {
	return command{"in slapd's configuration, before other lines about these attributes (olcAccess, or access in slapd.conf)",
		[]string{"to", fmt.Sprintf("dn.subtree=%s", quoted(e.config.Unit)), "attrs=userPassword,pwdReset,pwdAccountLockedTime",
			"by", fmt.Sprintf("dn.exact=%s", quoted(e.connector.DN)), "write", "by", "self", "write", "by", "anonymous", "auth", "by", "*", "break"}, ""}
}

// lines breaks a command between its words, so that it fits and can be pasted
// as it is.
func (c command) lines(width int) (lines []string) {
	line := ""
	for _, w := range c.words {
		switch {
		case line == "":
			line = w
		case len([]rune(line))+1+len([]rune(w))+len(c.next) > width:
			lines = append(lines, line+c.next)
			line = "  " + w
		default:
			line += " " + w
		}
	}
	return append(lines, line)
}
