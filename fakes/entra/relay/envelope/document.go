package envelope

import "time"

// BeatInterval is how often an agent reports that it lives, on the lab's clock
// (R-WB-07).
const BeatInterval = 5 * time.Minute

// Installation is what an agent says of itself when it is installed.
type Installation struct {
	Version string `json:"version"`
	Server  string `json:"server,omitempty"`
}

// Credentials are what an agent shows to listen and to export.
type Credentials struct {
	Agent  string `json:"agent"`
	Secret string `json:"secret"` // the random password of R-WB-04
	Tenant string `json:"tenant"`
}

// Onboarding is the request to enable or disable writeback. Secret is the
// agent's present one; PublicKey (PKIX, DER) is needed to enable.
type Onboarding struct {
	Secret    string `json:"secret"`
	Version   string `json:"version"`
	PublicKey []byte `json:"publicKey,omitempty"`
}

// Key is an agent's public key (PKIX, DER).
type Key struct {
	PublicKey []byte `json:"publicKey"`
}

// Beat is an agent's sign of life.
type Beat struct {
	Version  string    `json:"version"`
	LastSync time.Time `json:"lastSync,omitzero"`
}

// Problem is the error of every route.
type Problem struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

func (p *Problem) Error() string { return p.Code + ": " + p.Message }

// The codes of a [Problem].
const (
	BadRequest   = "BadRequest"
	Unauthorized = "Unauthorized"
	Forbidden    = "Forbidden" // the account's roles do not suffice
	NotLicensed  = "NoLicence" // R-LIC-09
	NoSuchAgent  = "NoSuchAgent"
	Unknown      = "NotModelled"
)

// Account is what a wizard needs to know of who signed in.
type Account struct {
	Tenant       string   `json:"tenant"`
	Organisation string   `json:"organisation"`
	Domains      []string `json:"domains"` // verified ones (R-AAC-06)
	UPN          string   `json:"upn"`
	Roles        []string `json:"roles"`
	// MayConfigure: the roles suffice to configure Connect (R-AAC-04).
	MayConfigure bool `json:"mayConfigure"`
	// Licensed: somebody in the tenant holds a licence with writeback (R-LIC-09).
	Licensed bool `json:"licensed"`
}
