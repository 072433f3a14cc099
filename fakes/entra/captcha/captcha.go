// Package captcha asks whether a person is there: a picture of letters and
// digits, and a sound of digits for who cannot see it (R-RST-11, R-RST-12).
//
// Modelled: a fresh riddle for every try, comparison without case, a lifetime
// of 10 minutes, any number of tries (R-GAP-46). Drawing and speaking is
// mojocn/base64Captcha's; it happens when the picture is asked for, so a client
// that does not render pays nothing. Not modelled: judging who is a robot by
// anything else.
package captcha

import (
	"bytes"
	"fmt"
	"image/color"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/mojocn/base64Captcha"

	"github.com/ssprlab/ssprlab/lab/clock"
	"github.com/ssprlab/ssprlab/lab/seed"
)

// Lifetime is how long a riddle can be answered (R-GAP-46).
const Lifetime = 10 * time.Minute

const (
	length = 6
	// letters leaves out what looks alike in the picture.
	letters = "ABCDEFGHJKLMNPRTUVWXY346789"
	numbers = "0123456789"
	// kept bounds the riddles that are remembered; the oldest go first.
	kept = 4096
)

type riddle struct {
	picture, sound string
	made           time.Time
}

// Store keeps the riddles that have been put and not yet answered.
type Store struct {
	clock *clock.Clock
	rng   *seed.Stream

	mu      sync.Mutex
	riddles map[string]riddle
	order   []string
}

// New returns an empty store.
func New(c *clock.Clock, s seed.Source) *Store {
	return &Store{clock: c, rng: s.Stream("entra/captcha"), riddles: map[string]riddle{}}
}

// Put makes a new riddle and returns its id, which tells nothing of the answer.
func (s *Store) Put() (id string) {
	id = s.rng.Token(12)
	r := riddle{s.rng.Text(length, letters), s.rng.Text(length, numbers), s.clock.Now()}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.riddles[id] = r
	s.order = append(s.order, id)
	if len(s.order) > kept {
		delete(s.riddles, s.order[0])
		s.order = s.order[1:]
	}
	return id
}

func (s *Store) find(id string) (riddle, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.riddles[id]
	return r, ok && s.clock.Since(r.made) < Lifetime
}

// Check reports whether typed answers the riddle, by eye or by ear, without
// regard to case and blanks (R-GAP-24). A riddle can be tried once.
func (s *Store) Check(id, typed string) bool {
	r, ok := s.find(id)
	s.mu.Lock()
	delete(s.riddles, id)
	s.mu.Unlock()
	typed = strings.Join(strings.Fields(typed), "")
	return ok && (strings.EqualFold(typed, r.picture) || typed == r.sound)
}

// Answer tells what the picture shows. It is for the lab's control port, never
// for a page.
func (s *Store) Answer(id string) (string, bool) {
	r, ok := s.find(id)
	return r.picture, ok
}

// Handler serves ID.png and ID.wav under the path it is mounted at.
func (s *Store) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
		id, form, _ := strings.Cut(name, ".")
		q, ok := s.find(id)
		draw, kind := drawPicture, "image/png"
		text := q.picture
		if form == "wav" {
			draw, kind, text = speak, "audio/wav", q.sound
		}
		if !ok || form != "wav" && form != "png" {
			http.Error(w, "no such riddle: ask for the page again", http.StatusNotFound)
			return
		}
		body, err := draw(text)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Cache-Control", "no-store")
		w.Write(body)
	})
}

// painter is made on first use: it reads its fonts.
var painter = sync.OnceValue(func() *base64Captcha.DriverString {
	return base64Captcha.NewDriverString(90, 280, 0, base64Captcha.OptionShowHollowLine|base64Captcha.OptionShowSineLine,
		length, letters, &color.RGBA{R: 255, G: 255, B: 255, A: 255}, nil, []string{"Comismsh.ttf", "actionj.ttf", "chromohv.ttf"})
})

func drawPicture(text string) ([]byte, error) {
	item, err := painter().DrawCaptcha(text)
	return written(item, err, "picture")
}

func speak(text string) ([]byte, error) {
	item, err := base64Captcha.NewDriverAudio(length, "en").DrawCaptcha(text)
	return written(item, err, "sound")
}

func written(item base64Captcha.Item, err error, what string) ([]byte, error) {
	if err != nil {
		return nil, fmt.Errorf("make the CAPTCHA's %s: %w", what, err)
	}
	var b bytes.Buffer
	if _, err := item.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("write the CAPTCHA's %s: %w", what, err)
	}
	return b.Bytes(), nil
}
