// Package script is the scenario language: how a rehearsal is written down,
// read, linted, and described to editors. This is its manual.
//
// A scenario is a YAML document in the words of the domain: the organisation
// as it stands at the start (policy, people, what they own and have
// registered), and then steps by named actors with what must hold after each.
// It says nothing of where it runs; directory and driver are chosen outside.
//
//	name: A forgotten password is reset and written back
//	rules: [R-RST-11, R-RST-55]
//	tenant:
//	  password reset: {enabled: all, methods: [mobile phone, email]}
//	people:
//	  adele:
//	    name: Adele Birch
//	    from: directory
//	    licence: AAD_PREMIUM
//	    mobile: "+1 4255550101"
//	    registered: [mobile phone]
//	steps:
//	  - name: She proves who she is by a text
//	    as: adele
//	    do:
//	      - ask to reset
//	      - verify by: text
//	      - generate password: first choice
//	      - choose password: ${first choice}
//	      - see: {heading: Your password has been reset}
//	    expect:
//	      mail: {to: adele}
//	      directory: {adele: {password: "is ${new password}", password set: now}}
//
// # Files
//
// A file ends in .yaml and holds one scenario, or several with a line "---"
// between them. [ReadFiles] and [ReadFS] read files and whole folders, except
// folders named testdata and those with a first dot or underscore. No two
// scenarios that are read together have the same name.
//
// Reading is strict, and all problems of all files come at once, each with
// file, line and column, the line itself, what was expected and the nearest
// known word. A key or word that is unknown, misspelt, there twice or out of
// range is a problem, and a scenario with a problem is not run. What of YAML
// would let a short file mean something else is refused: anchors, aliases,
// merge keys, tags, directives, complex keys. So are files over 1 MiB, a
// scenario over 64 KiB or 10,000 words and marks, lists and mappings more than
// 24 deep, control characters and what is not UTF-8.
//
// Four things about YAML that surprise people:
//
//   - A "#" after a blank begins a comment, so the key is written in quotes:
//     answer call: "#".
//   - Within [ ] and { } a ${…} stands in quotes, because of its braces.
//   - A text with ": " in it stands in quotes.
//   - A number where a text is due is the text as it is written: 000000 is six
//     noughts, +14255550101 keeps its plus. A plain true, false or null is
//     refused there; the word itself stands in quotes.
//
// yes, no, true and false are the same everywhere. A length of time is
// "6 minutes" or "1 hour 30 minutes", in seconds, minutes, hours and days. A
// time is 2019-11-04T08:00:00Z, or a date such as 2019-11-04.
//
// # A scenario's keys
//
// name (required): what it shows, in one line. about: prose. rules: ids of the
// catalogue's rules it proves, such as R-RST-11, R-PWD-31a or T-13. eras: a
// list of 2019 and now, default [now]; it runs once in each. except on: what
// does not hold on samba or openldap is left out there, openldap: {rule:
// R-WB-110, because: what it does instead}. start: when it starts, default a Monday of the era at eight in the morning UTC.
// organisation: its name, default Alder Works. domain: the cloud's domain and
// the UPN suffix, default alder.example.com. directory, tenant, connect,
// groups, people: the sections below. steps (required): the last section.
//
// Domains are fictional, wherever they stand: example.com, example.org,
// example.net and below them, or ending in .test, .example or .invalid. Phone
// numbers are 555-01xx.
//
// # The directory
//
// There is a directory on-premises when it is described here, or when a person
// or group is from: directory.
//
//	directory:
//	  domain: corp.alder.example.com
//	  password policy:
//	    minimum length: 7            # 0..128
//	    complexity: yes
//	    history: 24                  # 0..24
//	    minimum age: 0 days          # 0..998 days
//	    maximum age: 42 days         # 0..999 days; 0 days = passwords do not expire
//	    lockout threshold: 5         # 0..999; 0 = no lockout
//	    lockout window: 30 minutes
//	    lockout duration: 30 minutes # 0 minutes = until somebody unlocks
//	  delegation: [reset password, write lockout time, write password last set, unexpire password]
//
// These are the defaults (R-PWD-18), but for the domain, which is "corp." and
// the scenario's, and for the delegation, which has change password too.
// delegation is what the connector's account may do (R-GAP-14).
//
// # Connect
//
//	connect: {installed: yes, writeback: yes}
//
// installed is by default whether there is a directory, writeback whether
// Connect is installed.
//
// # The tenant
//
//	tenant:
//	  combined registration: all   # or none, or a group: who sees the preview in era 2019 (R-REG-02)
//	  password reset:
//	    enabled: selected          # none, selected or all (R-POL-11)
//	    group: SSPR pilot          # with selected, and only then (R-POL-12)
//	    methods required: 2        # 1 or 2 (R-POL-20)
//	    methods: [mobile app notification, mobile app code, email, mobile phone, office phone, security questions]
//	    questions: {to register: 5, to reset: 3}              # 3..5 (R-POL-33)
//	    registration: {required: yes, reconfirm after: 180}   # 0..730 days (R-POL-59)
//	    notifications: {users: yes, admins: no}
//	    helpdesk: mailto:helpdesk@alder.example.com           # or an http(s) URL
//	    write back: yes
//	    unlock without reset: yes
//	  banned passwords: [alder, harbour]   # at most 1000, of 4 to 16 characters (R-PWD-20)
//	  administrators reset: yes              # their own passwords (R-POL-84)
//	  verified domains: [alder.example.com, alder.test]
//
// password reset is the blade. What is left out has the values of R-GAP-49
// (enabled none, one method, registration required, users notified, admins
// not, no unlock); the methods are then email and mobile phone, the counts of
// questions 5 and 3, and write back is as in connect: the lab's choices. What
// the blade refuses is refused here, with the rule: the app notification with
// one method required (R-POL-23), the app as the only method (R-POL-26), days
// without required registration (R-POL-60), counts without security questions
// (R-POL-05), write back or unlock without reset while Connect does not write
// back (R-POL-06). Two methods required and one selected is saved by the blade
// with a warning (R-GAP-63), so it may stand here.
//
// verified domains are the tenant's custom domains, by default the scenario's;
// [] leaves the tenant with its first one only (R-POL-80).
//
// # Groups
//
//	groups:
//	  SSPR pilot: {from: cloud, members: [adele, grace]}
//	  Staff: {from: directory, members: [adele]}
//	  New pilot: {exists: no}
//
// A group that a step makes is declared with exists: no, so that expectations
// can speak of it.
//
// # People
//
//	people:
//	  adele:                       # the actor's name: [a-z][a-z0-9-]*
//	    name: Adele Birch          # required: given name and surname
//	    user name: adele.birch     # default the actor's name; the UPN is user name@domain
//	    from: directory            # or cloud, the default
//	    password: Winter-is-l0ng   # default drawn from the seed
//	    licence: AAD_PREMIUM       # default none
//	    roles: [Global Administrator]
//	    mail: adele.birch@alder.example.com   # primary address; default the UPN
//	    alternate email: adele@home.example.net
//	    mobile: "+1 4255550101"
//	    office phone: "+1 4255550102"
//	    own mobile: "+1 4255550103"          # instead of mobile, or beside it
//	    own email: adele@own.example.net     # instead of alternate email, or beside it
//	    registered: [app code, app notification, mobile phone, email, office phone, security questions]
//	    registered on: 2025-01-07  # default when the scenario starts
//	    must change: no            # the password, at the next sign-in
//	    locked: no                 # on-premises, by wrong passwords
//	    enabled: yes
//	    password never expires: no
//	    usage location: US
//
// Everyone who acts is declared here, except planner, who has no account and
// only sends mail. mobile, office phone and alternate email are the public
// attributes, which serve for reset without registration (R-POL-47). own
// mobile and own email are what the person has and no directory knows of until
// it is registered; the person answers and reads them before the others.
// Registered methods take their values from all of these, so mobile phone
// needs mobile or own mobile, office phone needs office phone, and email needs
// alternate email or own email. A number may be written badly on purpose
// (R-TRB-05).
//
// licence is a SKU part number: AAD_PREMIUM, AAD_PREMIUM_P2, EMS, EMSPREMIUM,
// SPE_E3, SPE_E5, SPB, ENTERPRISEPACK, ENTERPRISEPREMIUM,
// O365_BUSINESS_PREMIUM, or none. roles are: Global Administrator,
// Authentication Administrator, Authentication Policy Administrator,
// Conditional Access Administrator, Directory Synchronization Accounts, Domain
// Name Administrator, Global Reader, Groups Administrator, Helpdesk
// Administrator, Hybrid Identity Administrator, License Administrator,
// Password Administrator, Privileged Authentication Administrator, Privileged
// Role Administrator, Reports Reader, Security Administrator, Security Reader,
// User Administrator.
//
// # Steps
//
// A step is one of four: a person acts (as and do, then expect if anything
// must hold), time passes (after), something happens to the lab (lab), or
// something must hold (expect alone). Each may have a name, rules, and when:
// {era: 2019}, which skips it in the other era.
//
//	steps:
//	  - name: Adele signs in
//	    as: adele
//	    rules: [R-REG-13]
//	    when: {era: now}
//	    do: [sign in, sign out]
//	    expect: {phone: {adele: {texts: 0}}}
//	  - after: 31 minutes
//	  - lab: stop agent
//	  - lab: [start agent, synchronise]
//	  - lab: {disable account: adele}
//	  - name: Nobody got mail
//	    expect: {no mail: anyone else}
//
// The lab's acts are: stop agent, start agent, cut agent from cloud (it runs,
// its connection to the relay is gone), restore agent, stop directory, start
// directory, stop mail, start mail, and synchronise (a cycle of Connect, now).
// What an administrator does to an account on-premises names the person: disable
// account, enable account, protect account (it becomes a member of Domain
// Admins) and delete account. The cloud learns of it at the next cycle.
//
// # Values
//
// A text in acts and expectations may hold ${…}, filled in when the step runs;
// "$${" stands for the characters themselves. Of a person: ${adele.name},
// given name, surname, user name, upn, mail, alternate email, mobile, office
// phone, password (the one at the start). Of a person, by what the steps did:
// ${adele.captcha} (the answer to the CAPTCHA on the page), text code (of the
// newest text), mail code (of the newest mail with one), app code (what the
// app shows now), app key (what it was enrolled with), app number (what the
// page asks the app for), new password (the one chosen last) and old password
// (the one before). Those of the actor need no name: ${text code}. Of the
// scenario: ${organisation}, ${domain}, ${directory domain}. And every name
// that save or generate password has made before: ${first choice}.
//
// # Acts on a page
//
// An act is a word alone, or one key with what it needs. Fields, boxes,
// buttons and links are found by their accessible names; of several with the
// same, "Group > Label" says which by the legend around it.
//
//	do:
//	  - private window                # a fresh one without cookies
//	  - open: portal/password-reset/properties
//	  - fill: {User name: "${adele.upn}", Password: "${adele.password}"}   # in this order; "" clears
//	  - tick: [Mobile app code, Email]
//	  - untick: Security questions
//	  - choose: I forgot my password  # a radio button, or a list's entry
//	  - press: Next                   # a button, or else a link
//	  - back
//	  - reload
//	  - save: {name: support code, text after: "Support code:"}   # or field: label, or link: name
//	  - close window
//
// The places are: office, sign-in, password reset, security info, account,
// portal, connect wizard, mailbox and phone (the actor's own), each with a
// path or a query if need be: "password reset?mkt=de".
//
// see is what the page must show; what is not stated is not looked at. title
// and heading are compared whole, other texts have to be contained.
//
//	do:
//	  - see:
//	      at: password reset
//	      title: Get back into your account
//	      heading: Who are you?
//	      alert: [a first text, another]   # or no alert: yes
//	      text: Enter your user ID
//	      no text: verification step 1
//	      button: {Next: {disabled: yes}}  # or a name, or a list of names
//	      no button: Finish
//	      link:                            # or a name, or a list of names
//	        Contact your administrator: {to: "mailto:helpdesk@alder.example.com", new tab: no}
//	      no link: Sign in
//	      field:                           # or a label, or a list of labels
//	        User ID: {value: "${adele.upn}", disabled: no, error: ""}
//	        Remember me: {checked: no}
//	        Country: {options contains: [Germany, France]}
//	      no field: Old password
//	      picture: CAPTCHA
//	  - see: {no alert: yes}
//
// # Acts that are a journey
//
// These are made of the acts on pages, and end where the journey goes on by
// itself; a mistake on purpose is made with the acts above, or as shown.
//
//	do:
//	  - sign in                                # to office, as oneself, with the password as it is
//	  - sign in: {to: portal, user: "${adele.upn}", password: wrong}
//	  - sign out
//	  - ask to reset                           # from the sign-in page, up to Next
//	  - ask to reset: {through: password reset, user: nobody@alder.example.com}
//	  - solve captcha: wrong                   # types it; alone it is right
//	  - verify by: text                        # passes one gate (R-RST-23)
//	  - verify by: {way: text, number: "+1 4255550199"}
//	  - verify by: {way: email, code: "000000"}
//	  - verify by: {way: questions, wrong: 1}  # so many answers are wrong
//	  - generate password: second choice       # from the seed, good for any policy
//	  - choose password: ${second choice}      # types it twice and presses Finish
//	  - register: [app code, mobile phone by text]
//	  - scan app: key                          # enrols the actor's app; alone it scans the picture
//
// verify by is text, call, office call, email, app code, app notification or
// questions; a number goes with the first three, a code with text, email and
// app code. register is app code, app notification, mobile phone by text,
// mobile phone by call, office phone, email and security questions. through is
// sign-in or password reset. scan app is picture or key; solve captcha is
// right or wrong.
//
// # Acts away from the page
//
//	do:
//	  - answer call: "#"             # or another key, or decline
//	  - approve notification
//	  - approve notification: {number: "${app number}"}
//	  - deny notification
//	  - send mail: {template: awareness, to: [SSPR pilot, grace, desk@alder.example.com]}
//	  - bind                         # to the directory, with the password as it is
//	  - bind: {password: wrong, times: 5, result: wrong}
//
// result is of the last bind: ok, wrong, locked, disabled, must change or
// expired (R-WB-110b). Only an account of the directory can bind.
//
// # Expectations
//
// Mails, texts, calls, audit entries and events are those since the step
// began; a step that only expects looks at the time since the step before it
// began.
//
//	expect:
//	  mail:
//	    - {to: adele, from: "${organisation}", subject: Your password was reset, contains: adele, lacks: "${new password}"}
//	    - {to: "${adele.alternate email}", count: 1}
//	  no mail: [grace, anyone else]
//	  phone: {adele: {texts: 1, calls: 0, notifications: 0, contains: "${organisation}"}}
//	  directory:
//	    adele: {locked: no, enabled: yes, must change: no, bad passwords: 0, password: ["is ${new password}", "is not ${old password}"], password set: now}
//	  tenant:
//	    adele: {registered: [mobile phone], enough methods: yes, in scope: yes, capable: yes, licensed: yes, enabled: yes, synchronised: yes, member of: SSPR pilot, not member of: New pilot}
//	  audit:
//	    - {activity: Reset password (self-service), status: success, reason: completed, person: adele, by: adele, count: 1}
//	  no audit: {activity: Reset password (self-service), status: failure}
//	  agent: {events: [31001, 31002], no events: [33008]}
//
// mail: to is a person, at the primary address, or an address; from is part of
// the sender; subject is the whole subject; count is exact and by default 1.
// no mail names who got none; anyone else is everybody whom mail does not name.
//
// directory is read by LDAP: password is tried by a bind, password set is now
// or unchanged. tenant is read through Graph: registered is exactly these
// methods; enough methods, in scope and capable are isSsprRegistered,
// isSsprEnabled and isSsprCapable (R-AUD-51). audit is read through Graph:
// activity is the activity's display name (R-AUD-01..09, R-AUD-35..42, and the
// directory's own), status success or failure, reason part of the reason,
// person the target and by the actor; count is exact, by default at least one.
// agent is the agent's event log: events each at least once and in this order.
//
// # What the language does not do
//
// It has no loops, no conditions but the era, and no includes: a scenario is
// read from top to bottom by a person. It does not know whether a label stands
// on a page or a rule in the catalogue (it knows a rule's shape and area); the
// run and the catalogue's own check do. Guests, several directories, federation
// and hash synchronisation have no words yet. The JSON Schema of [Schema] knows
// keys, words, forms and ranges, and not what ties parts together: that people
// and groups are declared, or that methods fit their number.
package script
