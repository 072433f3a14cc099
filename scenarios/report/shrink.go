package report

import (
	"bytes"
	"cmp"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"slices"
)

// most is how many colours a palette of one byte holds.
const most = 256

// tooMany is the number of colours from which a picture is a photograph, and
// better kept as it is.
const tooMany = 6000

// tooFar is the greatest difference in one channel, of 255, that a colour may
// suffer: below it nobody sees it at the edge of a letter.
const tooFar = 24

// shrink returns the picture as a palette PNG if that is smaller and looks the
// same, and the picture itself otherwise. Pages have few colours: those that
// fill areas keep their exact value, only rare ones at the edges of letters
// move to the nearest.
func shrink(data []byte) []byte {
	decoded, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return data
	}
	if _, already := decoded.(*image.Paletted); already {
		return data
	}
	pixels := rgba(decoded)
	counts := count(pixels)
	if counts == nil {
		return data
	}
	palette, places, ok := choose(counts)
	if !ok {
		return data
	}
	small := image.NewPaletted(pixels.Rect, palette)
	last, place := packed(0), places[0]
	for i := range small.Pix {
		if c := colour(pixels.Pix[4*i:]); c != last { // most are as the one before
			last, place = c, places[c]
		}
		small.Pix[i] = place
	}
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&out, small); err != nil || out.Len() >= len(data) {
		return data
	}
	return out.Bytes()
}

// rgba returns the picture with four bytes a pixel and without gaps.
func rgba(m image.Image) *image.RGBA {
	if p, ok := m.(*image.RGBA); ok && p.Stride == 4*p.Rect.Dx() {
		return p
	}
	p := image.NewRGBA(image.Rect(0, 0, m.Bounds().Dx(), m.Bounds().Dy()))
	draw.Draw(p, p.Rect, m, m.Bounds().Min, draw.Src)
	return p
}

// packed is a colour as one number.
type packed uint32

func colour(pixel []byte) packed {
	return packed(pixel[0])<<24 | packed(pixel[1])<<16 | packed(pixel[2])<<8 | packed(pixel[3])
}

func (p packed) rgba() color.RGBA {
	return color.RGBA{R: uint8(p >> 24), G: uint8(p >> 16), B: uint8(p >> 8), A: uint8(p)}
}

// count returns how often each colour is there, or nil if they are too many.
func count(m *image.RGBA) map[packed]int {
	counts := map[packed]int{}
	last, run := packed(0), 0
	for i := 0; i < len(m.Pix); i += 4 {
		c := colour(m.Pix[i:])
		if c == last {
			run++
			continue
		}
		counts[last] += run
		last, run = c, 1
		if len(counts) > tooMany {
			return nil
		}
	}
	counts[last] += run
	if counts[0] == 0 {
		delete(counts, 0) // it was only where the count began
	}
	return counts
}

// choose returns a palette, and for every colour its place in it; not ok if a
// colour would have to move too far. One half of the palette are the most
// frequent colours, as they are; the other half are those that lie farthest
// from what is there already.
func choose(counts map[packed]int) (color.Palette, map[packed]uint8, bool) {
	colours := make([]packed, 0, len(counts))
	for c := range counts {
		colours = append(colours, c)
	}
	slices.SortFunc(colours, func(a, b packed) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	kept := colours
	if len(colours) > most {
		kept = spread(colours)
	}
	palette := make(color.Palette, len(kept))
	for i, c := range kept {
		palette[i] = c.rgba()
	}
	places := make(map[packed]uint8, len(colours))
	for _, c := range colours {
		place, far := nearest(kept, c)
		if far > tooFar {
			return nil, nil, false
		}
		places[c] = place
	}
	return palette, places, true
}

// spread picks a palette from colours that are sorted by frequency.
func spread(colours []packed) []packed {
	kept := slices.Clone(colours[:most/2])
	away := make([]int, len(colours)) // from the nearest colour that is kept
	for i, c := range colours {
		_, away[i] = nearest(kept, c)
	}
	for len(kept) < most {
		farthest := 0
		for i := range away {
			if away[i] > away[farthest] {
				farthest = i
			}
		}
		next := colours[farthest]
		kept = append(kept, next)
		for i, c := range colours {
			away[i] = min(away[i], difference(next, c))
		}
	}
	return kept
}

// nearest returns the place of the colour most like c, and by how much they
// differ in the channel that differs most.
func nearest(kept []packed, c packed) (uint8, int) {
	best, least := 0, 256
	for i, k := range kept {
		if d := difference(k, c); d < least {
			best, least = i, d
		}
	}
	return uint8(best), least
}

func difference(a, b packed) int {
	far := 0
	for shift := 0; shift < 32; shift += 8 {
		d := int(a>>shift&0xff) - int(b>>shift&0xff)
		far = max(far, d, -d)
	}
	return far
}
