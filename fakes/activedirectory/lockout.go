package activedirectory

import "time"

// locks reports whether an account is locked out: by lockoutTime, for the
// policy's duration, or until somebody unlocks it.
func (p policy) locks(o *object, now time.Time) bool {
	since := o.values.number(attrLockoutTime)
	if since == 0 {
		return false
	}
	if p.duration >= 0 || p.duration == forever {
		return true
	}
	return after(since, p.duration) >= fileTime(now)
}

// countWrongPassword raises badPwdCount, anew when the observation window has
// passed since the last one, and locks the account at the threshold (R-WB-101).
// Where nothing locks, nothing is counted. The built-in Administrator is
// counted but never locked.
func (s *Server) countWrongPassword(o *object, p policy, now time.Time) {
	if p.threshold == 0 {
		return
	}
	d := newDraft(o)
	count := int64(1)
	if after(o.values.number(attrBadPasswordTime), p.window) >= fileTime(now) {
		count += o.values.number(attrBadPwdCount)
	}
	d.put(attrBadPwdCount, decimal(count))
	d.put(attrBadPasswordTime, decimal(fileTime(now)))
	if count >= p.threshold && o.sid != s.administrator {
		d.put(attrLockoutTime, decimal(fileTime(now)))
	}
	s.tree.commit(d, now)
}

// countSignIn notes a sign-in that succeeded, which forgets the wrong
// passwords and a lockout that has run out.
func (s *Server) countSignIn(o *object, now time.Time) {
	d := newDraft(o)
	d.put(attrLastLogon, decimal(fileTime(now)))
	d.put(attrLogonCount, decimal(o.values.number(attrLogonCount)+1))
	if o.values.number(attrBadPwdCount) != 0 {
		d.put(attrBadPwdCount, "0")
	}
	if o.values.number(attrLockoutTime) != 0 {
		d.put(attrLockoutTime, "0")
	}
	s.tree.commit(d, now)
}

// signIn checks a password and says in the real product's sub-codes why it
// will not do. What else is wrong with the account is told only to who knows
// the password; a lockout is told to anybody (R-WB-104..106, R-WB-110b).
func (s *Server) signIn(o *object, password string) error {
	now := s.clock.Now()
	p := s.policyFor(o)
	if p.locks(o, now) {
		return badLogin("775")
	}
	if h := hashOfText(password); !o.secret.isSet || h != o.secret.hash {
		if !o.secret.wasRecent(h) { // R-WB-110
			s.countWrongPassword(o, p, now)
		}
		return badLogin("52e")
	}
	expires := o.values.number(attrAccountExpires)
	must := p.expiry(o)
	switch {
	case o.values.number(attrUserAccountControl)&controlDisabled != 0:
		return badLogin("533")
	case expires > 0 && expires < fileTime(now):
		return badLogin("701")
	case must == 0:
		return badLogin("773")
	case must < fileTime(now):
		return badLogin("532")
	case !withinHours(o, now):
		return badLogin("530")
	}
	s.countSignIn(o, now)
	return nil
}

// withinHours reports whether an account may sign in at this hour of the week,
// in UTC: logonHours has a bit for each, from Sunday midnight on, and says
// nothing where it is missing or of another length.
func withinHours(o *object, now time.Time) bool {
	const hours = 7 * 24
	bits := o.values.text(attrLogonHours)
	if len(bits) != hours/8 {
		return true
	}
	hour := int(now.UTC().Weekday())*24 + now.UTC().Hour()
	return bits[hour/8]>>(hour%8)&1 == 1
}
