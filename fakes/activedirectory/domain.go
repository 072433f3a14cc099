package activedirectory

import (
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"github.com/ssprlab/ssprlab/lab/directory/sd"
)

// birth is an object that a new domain has.
type birth struct {
	class  classID
	name   string // of its first step
	parent *object
	rid    uint32
	sid    sd.SID // instead of rid, for the built-in groups
	values []valueSet
}

// makeDomain fills the tree with what every new domain has, as far as clients
// of a password lab ever look at it.
func (s *Server) makeDomain(c Config) error {
	random := c.Seed.Stream("activedirectory/sid").Bytes(12)
	sid, err := sd.NewSID(5, 21, binary.LittleEndian.Uint32(random), binary.LittleEndian.Uint32(random[4:]),
		binary.LittleEndian.Uint32(random[8:]))
	if err != nil {
		return err
	}
	s.sid = sid
	for rid, into := range map[uint32]*sd.SID{
		ridAdministrator: &s.administrator, ridDomainAdmins: &s.domainAdmins, ridDomainUsers: &s.domainUsers,
	} {
		if *into, err = sid.WithRID(rid); err != nil {
			return err
		}
	}
	for i := range s.categories {
		s.categories[i] = "CN=" + classID(i).definition().category + ",CN=Schema,CN=Configuration," + s.base
		s.defaults[i] = &sd.ACL{Entries: s.defaultEntries(classID(i))}
	}
	return s.populate(c.AdministratorPassword)
}

func (s *Server) populate(password string) error {
	now := s.clock.Now()
	domain := s.bear(now, birth{class: classDomain, name: s.base, sid: s.sid, values: []valueSet{
		{attrBehaviorVersion, []string{"7"}}, {attrNTMixedDomain, []string{"0"}}, {attrMachineAccountQuota, []string{"10"}},
		{attrIsCriticalSystemObject, []string{"TRUE"}},
	}})
	domain.values = factoryPolicy().write(domain.values)
	s.domain = domain
	users := s.container(now, domain, "Users")
	s.container(now, domain, "Computers")
	s.critical(now, birth{class: classUnit, name: "Domain Controllers", parent: domain})
	system := s.container(now, domain, "System")
	s.settings = s.critical(now, birth{class: classSettingsContainer, name: "Password Settings Container", parent: system})
	builtin := s.critical(now, birth{class: classBuiltinDomain, name: "Builtin", parent: domain})
	s.configuration(now)
	s.groups(now, users, builtin)
	return s.accounts(now, users, password)
}

func (s *Server) container(now time.Time, parent *object, name string) *object {
	return s.critical(now, birth{class: classContainer, name: name, parent: parent})
}

func (s *Server) critical(now time.Time, b birth) *object {
	b.values = append(b.values, valueSet{attrIsCriticalSystemObject, []string{"TRUE"}})
	return s.bear(now, b)
}

// bear makes an object without any of the checks that a client's would meet.
// The name of one without a parent is a whole distinguished name.
func (s *Server) bear(now time.Time, b birth) *object {
	o := s.newObject(b.class, now)
	o.step, o.parent, o.sid = rdn{b.class.definition().rdn.keyword(), b.name}, b.parent, b.sid
	if b.parent == nil {
		name, _ := parseDN(b.name) // checked by nameDomain
		o.step, o.name, o.key = name[0], b.name, name.key()
	}
	if b.rid != 0 {
		o.sid, _ = s.sid.WithRID(b.rid) // has room, as makeDomain has seen
	}
	o.descriptor = s.newDescriptor(b.class, nil)
	for _, v := range b.values {
		o.values = o.values.with(v.attr, v.values)
	}
	o.usnCreated = s.tree.nextUSN()
	o.usnChanged = o.usnCreated
	s.tree.insert(o)
	return o
}

// keyword is the attribute as a step of a name begins with it.
func (a attr) keyword() string { return strings.ToUpper(a.name()) }

// configuration makes the second naming context, where clients look for the
// domain's NetBIOS name.
func (s *Server) configuration(now time.Time) {
	head := s.bear(now, birth{class: classConfiguration, name: "CN=Configuration," + s.base})
	s.critical(now, birth{class: classSchema, name: "Schema", parent: head})
	partitions := s.critical(now, birth{class: classCrossRefContainer, name: "Partitions", parent: head})
	s.critical(now, birth{class: classCrossRef, name: s.netbios, parent: partitions, values: []valueSet{
		{attrNCName, []string{s.base}}, {attrDNSRoot, []string{s.dns}}, {attrNETBIOSName, []string{s.netbios}},
		{attrSystemFlags, []string{"3"}},
	}})
}

// groups makes the groups that rights hang on.
func (s *Server) groups(now time.Time, users, builtin *object) {
	const builtinLocal = groupSecurity | groupLocal | groupBuiltin
	group := func(b birth, account string, kind, accountType int64) *object {
		b.class = classGroup
		b.values = []valueSet{{attrSAMAccountName, []string{account}}, {attrGroupType, []string{decimal(kind)}},
			{attrSAMAccountType, []string{decimal(accountType)}}}
		return s.critical(now, b)
	}
	builtinGroup := func(name string, rid uint32) *object {
		sid, _ := sd.Administrators().Domain().WithRID(rid) // has room
		return group(birth{name: name, parent: builtin, sid: sid}, name, builtinLocal, typeLocalGroup)
	}
	global := func(name string, rid uint32) *object {
		return group(birth{name: name, parent: users, rid: rid}, name, globalSecurity, typeGroup)
	}
	administrators := builtinGroup("Administrators", sd.Administrators().RID())
	people, guests := builtinGroup("Users", 545), builtinGroup("Guests", 546)
	admins, members, visitors := global("Domain Admins", ridDomainAdmins), global("Domain Users", ridDomainUsers), global("Domain Guests", ridDomainGuests)
	s.connect(administrators, admins)
	s.connect(people, members)
	s.connect(guests, visitors)
	universal := func(name string, rid uint32) *object {
		return group(birth{name: name, parent: users, rid: rid}, name, groupSecurity|groupUniversal, typeGroup)
	}
	universal("Schema Admins", ridSchemaAdmins)
	s.connect(administrators, universal("Enterprise Admins", ridEnterprise))
}

func (s *Server) connect(group, member *object) {
	group.attach(attrMember, member)
	member.attach(attrMemberOf, group)
}

// accounts makes Administrator, and the two disabled accounts that every
// listing of people has to cope with.
func (s *Server) accounts(now time.Time, users *object, password string) error {
	bits := int64(controlNormal | controlDontExpire)
	if password == "" {
		bits |= controlDisabled
	} else if err := factoryPolicy().checkQuality(password); err != nil {
		return fmt.Errorf("the Administrator's password: %w", err)
	}
	administrator := s.account(now, users, "Administrator", ridAdministrator, bits)
	if password != "" {
		administrator.secret = secret{}.remember(hashOfText(password), 1)
		administrator.values = administrator.values.with(attrPwdLastSet, []string{decimal(fileTime(now))})
	}
	for _, group := range []string{"Domain Admins", "Enterprise Admins", "Schema Admins"} {
		s.connect(s.byAccountName(group), administrator)
	}
	s.connect(s.byAccountName("Administrators"), administrator)
	s.account(now, users, "Guest", ridGuest, controlNormal|controlDisabled|controlNoPassword|controlDontExpire)
	s.account(now, users, "krbtgt", ridKrbtgt, controlNormal|controlDisabled)
	return nil
}

func (s *Server) account(now time.Time, users *object, name string, rid uint32, bits int64) *object {
	values := append(newUserValues(), valueSet{attrSAMAccountName, []string{name}},
		valueSet{attrUserAccountControl, []string{decimal(bits)}})
	return s.critical(now, birth{class: classUser, name: name, parent: users, rid: rid, values: values})
}

// newUserValues is what the directory writes on every new person.
func newUserValues() []valueSet {
	zero := []string{"0"}
	return []valueSet{
		{attrUserAccountControl, []string{decimal(controlNewUser)}},
		{attrSAMAccountType, []string{decimal(typeUser)}},
		{attrPrimaryGroupID, []string{decimal(ridDomainUsers)}},
		{attrAccountExpires, []string{decimal(never)}},
		{attrCodePage, zero}, {attrCountryCode, zero}, {attrPwdLastSet, zero}, {attrBadPwdCount, zero},
		{attrBadPasswordTime, zero}, {attrLastLogon, zero}, {attrLastLogoff, zero}, {attrLogonCount, zero},
	}
}
