// Package export is the wire format in which a Connect agent exports users and
// groups to the tenant: one JSON document per batch, one result per object.
//
// Modelled: the attributes that the lab's journeys need, under the default
// mapping (R-POL-46). Not modelled: the product's own protocol, which is not
// public (the format is the lab's own), contacts, devices, and password hashes.
package export

import "time"

// Path is the route that takes a [Batch] (POST) and answers an [Answer].
const Path = "/v1/export"

// MaxObjects is how many objects one batch may carry; MaxBytes how long it may
// be.
const (
	MaxObjects = 500
	MaxBytes   = 8 << 20
)

// Batch is a part of an export.
type Batch struct {
	Users   []User   `json:"users,omitempty"`
	Groups  []Group  `json:"groups,omitempty"`
	Deleted []string `json:"deleted,omitempty"` // source anchors
	// Complete marks the last batch of a cycle.
	Complete bool `json:"complete,omitempty"`
}

// Len returns how many objects the batch carries.
func (b Batch) Len() int { return len(b.Users) + len(b.Groups) + len(b.Deleted) }

// User is a person as the directory has it. The directory is authoritative:
// what is empty here becomes empty in the tenant (R-AAC-25).
type User struct {
	Anchor      string    `json:"anchor"` // base64 (R-AAC-23)
	DN          string    `json:"dn"`
	SAM         string    `json:"sam"`
	Domain      string    `json:"domain"` // DNS name of the directory's domain
	SID         string    `json:"sid"`
	UPN         string    `json:"upn,omitempty"`
	DisplayName string    `json:"displayName,omitempty"`
	GivenName   string    `json:"givenName,omitempty"`
	Surname     string    `json:"surname,omitempty"`
	Mail        string    `json:"mail,omitempty"`
	OfficePhone string    `json:"officePhone,omitempty"` // telephoneNumber (R-POL-46)
	MobilePhone string    `json:"mobilePhone,omitempty"` // mobile (R-POL-46)
	Enabled     bool      `json:"enabled"`
	MustChange  bool      `json:"mustChange,omitempty"`
	PasswordSet time.Time `json:"passwordSet,omitzero"`
}

// Group is a security group.
type Group struct {
	Anchor  string   `json:"anchor"`
	DN      string   `json:"dn"`
	SAM     string   `json:"sam"`
	Domain  string   `json:"domain"`
	SID     string   `json:"sid"`
	Name    string   `json:"name"`
	Members []string `json:"members,omitempty"` // source anchors of users and groups
}

// Answer has one result per object, in the order users, groups, deleted.
type Answer struct {
	Results []Result `json:"results"`
}

// Result is what became of one object.
type Result struct {
	Anchor string `json:"anchor"`
	ID     string `json:"id,omitempty"` // of the object in the tenant
	Action Action `json:"action"`
	Error  string `json:"error,omitempty"` // one of the codes below, and a text after a colon
}

// Action is what was done with an object.
type Action string

// The actions.
const (
	Added     Action = "added"
	Joined    Action = "joined" // a cloud object became the directory's (R-AAC-24)
	Updated   Action = "updated"
	Unchanged Action = "unchanged"
	Deleted   Action = "deleted"
	Failed    Action = "failed"
)

// The errors of an object, by the product's names.
const (
	InvalidSoftMatch  = "InvalidSoftMatch"           // the match is not allowed (R-AAC-24)
	DuplicateValue    = "AttributeValueMustBeUnique" // another synchronised object has it
	DataValidation    = "DataValidationFailed"       // a required attribute is missing
	ReferenceNotFound = "ObjectNotFound"             // nothing has that source anchor
)
