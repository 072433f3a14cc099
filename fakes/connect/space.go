package connect

import (
	"crypto/sha256"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/ssprlab/ssprlab/fakes/entra/provisioning/export"
	"github.com/ssprlab/ssprlab/lab/directory"
)

// object is an entry of the connector space: what is known of one object of
// the directory and of its counterpart in the tenant.
type object struct {
	anchor  string
	dn      string
	cloud   string             // id in the tenant; "" until exported
	account *directory.Account // nil: it is a group
	group   *directory.Group
	members []string // source anchors of a group's members
	loose   []string // DNs of members that are not in the space
	twice   bool     // another object has the same anchor (33003)
	sent    [sha256.Size]byte
}

// space is the connector space, in memory.
type space struct {
	mu      sync.RWMutex
	objects map[string]*object // by source anchor
	dns     map[string]string  // anchors by lower-case DN
	clouds  map[string]string  // anchors by cloud anchor, "User_<guid>" (R-AAC-26)
	graves  map[string]bool    // anchors of exported objects that are gone, until the tenant knows
	usn     int64              // where the next delta begins; 0: nothing was imported
}

func newSpace() *space {
	return &space{objects: map[string]*object{}, dns: map[string]string{}, clouds: map[string]string{}, graves: map[string]bool{}}
}

// byCloud returns the user with a cloud anchor.
func (s *space) byCloud(cloudAnchor string) (object, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	o := s.objects[s.clouds[cloudAnchor]]
	if o == nil {
		return object{}, false
	}
	return *o, true
}

// suspects returns the source anchors that several accounts may have, after d
// is imported: those that several of d have, those that were known elsewhere,
// and those that several had before.
func (s *space) suspects(d directory.Delta) []string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	seen, found := map[string]bool{}, map[string]bool{}
	for _, a := range d.Accounts {
		o := s.objects[a.Anchor]
		if seen[a.Anchor] || o != nil && !strings.EqualFold(o.dn, a.DN) {
			found[a.Anchor] = true
		}
		seen[a.Anchor] = true
	}
	for anchor, o := range s.objects {
		if o.twice {
			found[anchor] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// take imports what was made or changed.
func (s *space) take(d directory.Delta) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range d.Accounts {
		s.put(d.Accounts[i].Anchor, d.Accounts[i].DN).account = &d.Accounts[i]
	}
	for i := range d.Groups {
		g := &d.Groups[i]
		o := s.put(g.Anchor, g.DN)
		o.group, o.members, o.loose = g, nil, g.Members
	}
}

// put returns the object with an anchor, at its DN.
func (s *space) put(anchor, dn string) *object {
	o := s.objects[anchor]
	if o == nil {
		o = &object{anchor: anchor}
		s.objects[anchor] = o
	} else if o.dn != "" && !strings.EqualFold(o.dn, dn) {
		delete(s.dns, strings.ToLower(o.dn))
	}
	o.dn = dn
	s.dns[strings.ToLower(dn)] = anchor
	return o
}

// settle brings the DNs up to date, drops what is gone, and resolves members.
// present lists every object of the directory, its DN by anchor; twice tells
// of the suspects whether several accounts have them.
func (s *space) settle(present map[string]string, twice map[string]bool, usn int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for anchor, o := range s.objects {
		if dn, ok := present[anchor]; ok {
			o = s.put(anchor, dn)
			o.twice = twice[anchor]
			continue
		}
		delete(s.dns, strings.ToLower(o.dn))
		delete(s.objects, anchor)
		if o.cloud != "" {
			s.graves[anchor] = true
			delete(s.clouds, "User_"+o.cloud)
		}
	}
	for _, o := range s.objects {
		s.resolve(o)
	}
	s.usn = usn
}

// gone returns the source anchors of what is to be deleted in the tenant
// because it is gone from the directory.
func (s *space) gone() []string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var anchors []string
	for anchor := range s.graves {
		if s.objects[anchor] == nil { // it may have come back
			anchors = append(anchors, anchor)
		}
	}
	slices.Sort(anchors)
	return anchors
}

// resolve turns members from DNs into anchors, as far as they are known.
func (s *space) resolve(o *object) {
	var loose []string
	for _, dn := range o.loose {
		if anchor, ok := s.dns[strings.ToLower(dn)]; ok {
			o.members = append(o.members, anchor)
		} else {
			loose = append(loose, dn)
		}
	}
	o.loose = loose
	o.members = slices.DeleteFunc(o.members, func(anchor string) bool { return s.objects[anchor] == nil })
	slices.Sort(o.members)
}

// number returns where the next delta begins; 0 before the first import.
func (s *space) number() int64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.usn
}

// exported notes what became of an object in the tenant.
func (s *space) exported(r export.Result, sent [sha256.Size]byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.objects[r.Anchor]
	if o == nil || r.Action == export.Failed {
		return
	}
	o.sent, o.cloud = sent, r.ID
	if o.account != nil {
		s.clouds["User_"+r.ID] = o.anchor
	}
}

// forsake forgets the counterpart of an object that was deleted in the tenant.
func (s *space) forsake(anchor string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.graves, anchor)
	if o := s.objects[anchor]; o != nil {
		delete(s.clouds, "User_"+o.cloud)
		o.cloud, o.sent = "", [sha256.Size]byte{}
	}
}

// list returns copies of all objects, by DN.
func (s *space) list() []object {
	s.mu.RLock()
	defer s.mu.RUnlock()
	all := make([]object, 0, len(s.objects))
	for _, o := range s.objects {
		all = append(all, *o)
	}
	slices.SortFunc(all, func(a, b object) int { return strings.Compare(a.dn, b.dn) })
	return all
}

// digest tells whether an object has to be exported again.
func digest[T export.User | export.Group](v T) [sha256.Size]byte {
	raw, err := json.Marshal(v)
	if err != nil {
		return [sha256.Size]byte{} // not of these types
	}
	return sha256.Sum256(raw)
}
