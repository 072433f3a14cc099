package script

import (
	"github.com/invopop/jsonschema"
)

// LabAct is what happens to the lab itself, by no actor's hand.
type LabAct struct {
	Verb   LabVerb
	Person string // whose account on-premises it happens to; "" = nobody's
}

// String is the act as a step's name has it.
func (a LabAct) String() string {
	if a.Person == "" {
		return string(a.Verb)
	}
	return string(a.Verb) + " of " + a.Person
}

// LabVerb says what happens to the lab.
type LabVerb string

// What can happen to the lab.
const (
	StopAgent      LabVerb = "stop agent"
	StartAgent     LabVerb = "start agent"
	CutAgent       LabVerb = "cut agent from cloud" // the agent runs, its connection to the relay is gone
	RestoreAgent   LabVerb = "restore agent"
	StopDirectory  LabVerb = "stop directory"
	StartDirectory LabVerb = "start directory"
	StopMail       LabVerb = "stop mail"
	StartMail      LabVerb = "start mail"
	Synchronise    LabVerb = "synchronise" // a cycle of Connect, now (R-AAC-19)
)

// What can happen to an account on-premises, by an administrator there. The
// cloud learns of it at the next cycle.
const (
	DisableAccount LabVerb = "disable account"
	EnableAccount  LabVerb = "enable account"
	ProtectAccount LabVerb = "protect account" // made a member of Domain Admins (R-WB-87)
	DeleteAccount  LabVerb = "delete account"
)

func labVerbs() []word[LabVerb] {
	return called(StopAgent, StartAgent, CutAgent, RestoreAgent, StopDirectory, StartDirectory, StopMail, StartMail, Synchronise)
}

func accountVerbs() []word[LabVerb] {
	return called(DisableAccount, EnableAccount, ProtectAccount, DeleteAccount)
}

// labShape reads a word alone ("stop agent"), or a mapping of one word to the
// person whose account it happens to ("disable account: adele").
func labShape() shape[LabAct] {
	alone := mapped(oneOf("lab act", labVerbs()), func(v LabVerb) LabAct { return LabAct{Verb: v} })
	account := entries("a mapping from what happens to the person whose account it happens to", oneOf("lab act on an account", accountVerbs()), personRef(),
		func(v LabVerb, person string) LabAct { return LabAct{v, person} })
	one := checked(account, func(r *reader, n *node, all []LabAct) bool {
		if len(n.entries) != 1 {
			r.problem(n.at, "a lab act of several keys, or none", "one act an entry of the list; look at the dashes", "")
			return false
		}
		return len(all) == 1
	})
	one.schema = func(d *definitions) *jsonschema.Schema {
		s := &jsonschema.Schema{Type: "object", Description: account.expected, Properties: jsonschema.NewProperties(),
			AdditionalProperties: jsonschema.FalseSchema, MinProperties: size(1), MaxProperties: size(1)}
		for _, w := range accountVerbs() {
			s.Properties.Set(w.name, personRef().schema(d))
		}
		return s
	}
	return either(alone, mapped(one, func(all []LabAct) LabAct {
		if len(all) == 0 {
			return LabAct{}
		}
		return all[0]
	}))
}
