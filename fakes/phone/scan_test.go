package phone

import (
	"bytes"
	"image"
	"image/png"
	"strings"
	"testing"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"
)

func drawn(t *testing.T, text string, size int) []byte {
	t.Helper()
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		t.Fatal(err)
	}
	if code, err = barcode.Scale(code, size, size); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, code); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Among these are codes, drawn exactly and with next to no margin, that the
// search for the corners of a code in a picture does not find.
func TestEveryExactPictureIsRead(t *testing.T) {
	filler := strings.Repeat("x%2F", 50)
	for _, test := range []struct{ from, to, size int }{{45, 52, 220}, {49, 50, 250}, {143, 146, 250}, {153, 155, 250}} {
		for n := test.from; n < test.to; n++ {
			text := "phonefactor://activate_account?code=123456789&url=" + filler[:n]
			if got, err := readQRCode(drawn(t, text, test.size)); err != nil || got != text {
				t.Errorf("%d more letters at %d pixels: %q, %v", n, test.size, got, err)
			}
		}
	}
}

// What is seen on a picture comes from anywhere: it is read or refused, and
// breaks nothing.
func FuzzReadQRCode(f *testing.F) {
	f.Add(uint8(40), []byte{0, 255, 0})
	f.Add(uint8(1), []byte{0})
	f.Fuzz(func(t *testing.T, width uint8, pixels []byte) {
		if width == 0 || len(pixels) < int(width) {
			return
		}
		img := &image.Gray{Pix: pixels, Stride: int(width), Rect: image.Rect(0, 0, int(width), len(pixels)/int(width))}
		var b bytes.Buffer
		if err := png.Encode(&b, img); err != nil {
			t.Fatal(err)
		}
		readQRCode(b.Bytes())
		readQRCode(pixels)
	})
}

func FuzzParseActivation(f *testing.F) {
	f.Add("phonefactor://activate_account?code=123456789&url=https%3A%2F%2Fmysignins.lab.test%2Fapp")
	f.Add("phonefactor://activate_account?code=1&url=https%3A%2F%2F%5B")
	f.Fuzz(func(t *testing.T, uri string) {
		code, address, err := parseActivation(uri)
		if err == nil && (strings.Trim(code, "0123456789") != "" || !strings.HasPrefix(strings.ToLower(address), "https:")) {
			t.Errorf("%q gives code %q, address %q", uri, code, address)
		}
	})
}
