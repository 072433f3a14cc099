package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html/template"
	"image/png"
	"runtime"
	"strings"
	"sync"
)

// A picture is one image of the report, stored once.
type picture struct {
	class         string // its name in the style sheet
	png           []byte
	width, height int
}

// An album holds the pictures of a run, each once, by what is in them.
type album struct {
	byHash map[[sha256.Size]byte]*picture
	order  []*picture
}

// newAlbum collects the pictures of a run and makes each as small as it gets
// without a visible loss, on as many processors as there are. What is no PNG
// is left out.
func newAlbum(run *Run) *album {
	a := &album{byHash: map[[sha256.Size]byte]*picture{}}
	for _, s := range run.Scenarios {
		for _, step := range s.Steps {
			for _, page := range step.Pages {
				a.add(page.PNG)
			}
		}
	}
	work := make(chan *picture)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for p := range work {
				p.png = shrink(p.png)
			}
		})
	}
	for _, p := range a.order {
		work <- p
	}
	close(work)
	workers.Wait()
	return a
}

// add enters a picture unless it is there already.
func (a *album) add(data []byte) {
	if len(data) == 0 {
		return
	}
	hash := sha256.Sum256(data)
	if _, known := a.byHash[hash]; known {
		return
	}
	size, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return
	}
	p := &picture{class: fmt.Sprintf("p%d", len(a.order)+1), png: data, width: size.Width, height: size.Height}
	a.byHash[hash] = p
	a.order = append(a.order, p)
}

// find returns the picture for a page's data, or nil.
func (a *album) find(data []byte) *picture {
	if len(data) == 0 {
		return nil
	}
	return a.byHash[sha256.Sum256(data)]
}

// style is the rule of a style sheet that holds the picture.
func (p *picture) style() template.CSS {
	var rule strings.Builder
	rule.Grow(len(p.png)*4/3 + 64)
	rule.WriteString("." + p.class + "{background-image:url(data:image/png;base64,")
	rule.WriteString(base64.StdEncoding.EncodeToString(p.png))
	rule.WriteString(")}")
	return template.CSS(rule.String())
}
