package activedirectory

import (
	"encoding/binary"
	"slices"
	"unicode/utf16"

	//lint:ignore SA1019 weak as it is, this is what the real product keeps
	"golang.org/x/crypto/md4"
)

// ntHash is MD4 of a password in UTF-16LE, the form in which the real product
// keeps passwords and from which hash synchronisation starts.
type ntHash [md4.Size]byte

// secret is what the directory remembers of an account's passwords.
type secret struct {
	isSet   bool
	hash    ntHash
	history []ntHash // the latest, which is hash, first; replaced, never changed in place
}

func hashOf(utf16le []byte) ntHash {
	h := md4.New()
	h.Write(utf16le) // never fails
	return ntHash(h.Sum(nil))
}

// hashOfText is the hash of a password as a bind brings it.
func hashOfText(password string) ntHash {
	b := make([]byte, 0, 2*len(password))
	for _, unit := range utf16.Encode([]rune(password)) {
		b = binary.LittleEndian.AppendUint16(b, unit)
	}
	return hashOf(b)
}

// newPassword is a password to be set, in both forms.
type newPassword struct {
	hash ntHash
	text string
}

// readPassword reads a value of unicodePwd: the password in double quotes, in
// UTF-16LE (R-WB-32).
func readPassword(value string) (newPassword, error) {
	const quote = "\"\x00"
	n := len(value)
	if n < 2*len(quote) || n%2 != 0 || value[:2] != quote || value[n-2:] != quote {
		return newPassword{}, willNotPerform("00002035")
	}
	raw := []byte(value[2 : n-2])
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(raw[2*i:])
	}
	return newPassword{hashOf(raw), string(utf16.Decode(units))}, nil
}

// remember returns the secret after a new password. limit is the policy's
// length of the history; the password in use is always in it.
func (s secret) remember(h ntHash, limit int64) secret {
	kept := min(len(s.history), max(int(limit), 1)-1)
	history := make([]ntHash, 0, kept+1)
	return secret{true, h, append(append(history, h), s.history[:kept]...)}
}

// wasRecent reports whether h is one of the two passwords before the one in
// use. Such a password is refused at a bind but not counted (R-WB-110).
func (s secret) wasRecent(h ntHash) bool {
	const uncounted = 2
	return len(s.history) > 1 && slices.Contains(s.history[1:min(len(s.history), 1+uncounted)], h)
}

// passwordOrder is what a modify asks of unicodePwd: a set, or a change by who
// gives the old password too.
type passwordOrder struct {
	asked   bool // whether the request is about the password at all
	change  bool
	oldHash ntHash
	chosen  newPassword
}

// readPasswordOrder finds the order in the changes of a modify: one replace is a
// set (R-WB-32), one delete and one add are a change (R-WB-33), anything else
// is refused.
func readPasswordOrder(changes []change) (passwordOrder, error) {
	var adds, deletes, replaces []string
	var order passwordOrder
	for _, c := range changes {
		if c.attr != attrUnicodePwd {
			continue
		}
		order.asked = true
		if len(c.values) != 1 {
			return order, willNotPerform("0000001F")
		}
		switch c.op {
		case opAdd:
			adds = append(adds, c.values[0])
		case opDelete:
			deletes = append(deletes, c.values[0])
		default:
			replaces = append(replaces, c.values[0])
		}
	}
	if !order.asked {
		return order, nil
	}
	return order, order.take(adds, deletes, replaces)
}

func (p *passwordOrder) take(adds, deletes, replaces []string) error {
	var err error
	switch {
	case len(replaces) == 1 && len(adds)+len(deletes) == 0:
		p.chosen, err = readPassword(replaces[0])
	case len(replaces) == 0 && len(adds) == 1 && len(deletes) == 1:
		var old newPassword
		if old, err = readPassword(deletes[0]); err == nil {
			p.change, p.oldHash = true, old.hash
			p.chosen, err = readPassword(adds[0])
		}
	default:
		err = willNotPerform("0000001F")
	}
	return err
}

// setPassword carries the order out on the draft. A set checks length and
// complexity alone (R-WB-97, R-WB-98); a change checks the old password, age
// and history as well (R-WB-100). Neither unlocks (R-WB-105) nor minds that
// the account is disabled (R-WB-104). pwdLastSet becomes now unless the same
// request writes it.
func (s *Server) setPassword(d *draft, order passwordOrder, writesLastSet bool) error {
	now := s.clock.Now()
	p := s.policyFor(d.o)
	if order.change {
		if p.locks(d.o, now) {
			return refuse(constraintViolation, "00000775: Password change not permitted, account locked out!")
		}
		if !d.o.secret.isSet || d.o.secret.hash != order.oldHash {
			s.countWrongPassword(d.o, p, now) // R-WB-101
			return restriction("00000056", "The old password specified doesn't match!")
		}
		if err := p.checkAge(d.o, now); err != nil {
			return err
		}
	}
	if err := p.checkQuality(order.chosen.text); err != nil {
		return err
	}
	if order.change && p.inHistory(d.o.secret, order.chosen.hash) {
		return restriction("0000052D", "the password was already used (in history)!")
	}
	d.secret = d.secret.remember(order.chosen.hash, p.history)
	if !writesLastSet {
		d.put(attrPwdLastSet, decimal(fileTime(now)))
	}
	d.replicated = true
	return nil
}
