package report

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"testing"
)

// drawn is a picture with so many colours: a plain ground, and on it each of
// them at several places, in another order every time.
func drawn(t testing.TB, colours, step int) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 400, 300))
	for i := range m.Pix {
		m.Pix[i] = 0xee
	}
	places := 400 * 300
	for i := range max(places/8, colours) {
		c := i % colours
		at := i * 7919 % places
		m.SetRGBA(at%400, at/400, color.RGBA{R: uint8(c * step), G: uint8(c * step / 256), B: uint8(c / 97), A: 0xff})
	}
	var out bytes.Buffer
	if err := png.Encode(&out, m); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// farthest is the greatest difference of two pictures in any channel.
func farthest(t testing.TB, a, b []byte) int {
	t.Helper()
	one, err := png.Decode(bytes.NewReader(a))
	if err != nil {
		t.Fatal(err)
	}
	two, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	if one.Bounds() != two.Bounds() {
		t.Fatalf("sizes %v and %v", one.Bounds(), two.Bounds())
	}
	p, q := rgba(one), rgba(two)
	far := 0
	for i := 0; i < len(p.Pix); i += 4 {
		far = max(far, difference(colour(p.Pix[i:]), colour(q.Pix[i:])))
	}
	return far
}

func TestShrinkKeepsFewColoursExactly(t *testing.T) {
	before := drawn(t, 200, 1)
	after := shrink(before)
	if len(after) >= len(before) {
		t.Errorf("%d bytes became %d", len(before), len(after))
	}
	if far := farthest(t, before, after); far != 0 {
		t.Errorf("a colour moved by %d", far)
	}
}

func TestShrinkMovesRareColoursALittle(t *testing.T) {
	before := drawn(t, 1000, 1)
	after := shrink(before)
	if bytes.Equal(before, after) {
		t.Error("1000 colours were not made fewer")
	}
	if far := farthest(t, before, after); far > tooFar {
		t.Errorf("a colour moved by %d, at most %d is unseen", far, tooFar)
	}
}

func TestShrinkLeavesPhotographsAndRubbish(t *testing.T) {
	photograph := drawn(t, 60000, 7)
	small := shrink(drawn(t, 200, 1))
	for name, data := range map[string][]byte{"photograph": photograph, "palette": small, "rubbish": []byte("GIF89a"), "nothing": nil} {
		if !bytes.Equal(shrink(data), data) {
			t.Errorf("the %s was changed", name)
		}
	}
}

func TestAlbumLeavesOutWhatIsNoPicture(t *testing.T) {
	page := Page{Heading: "Broken", PNG: []byte("not a picture")}
	run := &Run{Scenarios: []*Scenario{{Passed: true, Steps: []*Step{{Passed: true, Pages: []Page{page}}}}}}
	if album := newAlbum(run); len(album.order) != 0 || album.find(page.PNG) != nil {
		t.Errorf("%d pictures", len(album.order))
	}
}

func BenchmarkShrink(b *testing.B) {
	data := drawn(b, 1000, 1)
	for b.Loop() {
		shrink(data)
	}
}
