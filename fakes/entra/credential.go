package entra

import (
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"strings"
)

// credential is a salted verifier of a secret. The zero value matches nothing.
type credential struct{ salt, hash []byte }

// rounds is the figure of R-AAC-29; the lab needs no better.
const rounds = 1000

func newCredential(secret string) credential {
	salt := make([]byte, 16)
	rand.Read(salt) // never fails
	return credential{salt, derive(secret, salt)}
}

func (c credential) matches(secret string) bool {
	return c.hash != nil && subtle.ConstantTimeCompare(c.hash, derive(secret, c.salt)) == 1
}

func derive(secret string, salt []byte) []byte {
	key, err := pbkdf2.Key(sha256.New, secret, salt, rounds, sha256.Size)
	if err != nil {
		panic(err) // only for lengths that are not used here
	}
	return key
}

// NewQuestion returns a question with its answer, compared without case and
// outer blanks (R-GAP-47).
func NewQuestion(text, answer string) Question {
	return Question{Text: text, Answer: newCredential(foldAnswer(answer))}
}

// Answered reports whether answer is the one that was registered.
func (q Question) Answered(answer string) bool { return q.Answer.matches(foldAnswer(answer)) }

func foldAnswer(s string) string { return strings.ToLower(strings.TrimSpace(s)) }
