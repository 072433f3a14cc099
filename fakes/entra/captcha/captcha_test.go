package captcha

import (
	"bytes"
	"image/png"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/lab/clock"
	"github.com/ssprlab/ssprlab/lab/seed"
)

func store() (*Store, *clock.Clock) {
	c := clock.New(time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC))
	return New(c, seed.New(1)), c
}

func TestTheAnswerIsTakenOnceWhateverItsCase(t *testing.T) { // R-RST-12, R-GAP-24
	s, _ := store()
	id := s.Put()
	answer, _ := s.Answer(id)
	if !s.Check(id, " "+strings.ToLower(answer)) {
		t.Error("the answer in lower case was refused")
	}
	if s.Check(id, answer) {
		t.Error("a riddle was answered twice")
	}
}

func TestAWrongAnswerUsesTheRiddleUp(t *testing.T) { // R-GAP-46: a new picture for every try
	s, _ := store()
	id := s.Put()
	answer, _ := s.Answer(id)
	if s.Check(id, answer+"X") || s.Check(id, answer) {
		t.Error("a riddle that was missed could be answered")
	}
}

func TestARiddleLivesTenMinutes(t *testing.T) { // R-GAP-46
	s, c := store()
	id := s.Put()
	answer, _ := s.Answer(id)
	c.Advance(Lifetime)
	if s.Check(id, answer) {
		t.Error("an old riddle was answered")
	}
}

func TestPictureAndSound(t *testing.T) {
	s, _ := store()
	id := s.Put()
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/captcha/"+id+".png", nil))
	img, err := png.Decode(bytes.NewReader(w.Body.Bytes()))
	if err != nil || img.Bounds().Dx() != 280 {
		t.Fatalf("picture: %v, status %d", err, w.Code)
	}
	if dir := os.Getenv("SSPRLAB_PICTURES"); dir != "" {
		os.WriteFile(dir+"/captcha.png", w.Body.Bytes(), 0o644)
	}
	w = httptest.NewRecorder()
	s.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/captcha/"+id+".wav", nil))
	if !bytes.HasPrefix(w.Body.Bytes(), []byte("RIFF")) || w.Header().Get("Content-Type") != "audio/wav" {
		t.Errorf("sound: status %d, %s", w.Code, w.Header().Get("Content-Type"))
	}
	for _, path := range []string{"/captcha/none.png", "/captcha/" + id, "/captcha/" + id + ".txt"} {
		w = httptest.NewRecorder()
		s.Handler().ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if w.Code != 404 {
			t.Errorf("%s: status %d", path, w.Code)
		}
	}
}

func TestOldRiddlesAreForgotten(t *testing.T) {
	s, _ := store()
	first := s.Put()
	for range kept {
		s.Put()
	}
	if _, ok := s.Answer(first); ok || len(s.riddles) > kept {
		t.Errorf("%d riddles kept", len(s.riddles))
	}
}
