package script

// The acts that are many on the pages: a runner makes them of the others, and
// they end where the journey goes on by itself.
type (
	// SignIn signs the actor in.
	SignIn struct {
		To       Location // default office
		User     Value    // default the actor's UPN
		Password Value    // default the actor's password as it is now
	}
	// SignOut signs the actor out.
	SignOut struct{}
	// SolveCaptcha types the answer of the CAPTCHA; it presses nothing.
	SolveCaptcha struct{ Wrong bool }
	// AskToReset goes to the reset page, types the user ID and the CAPTCHA,
	// and presses Next.
	AskToReset struct {
		Through Place // PlaceSignIn (the link on the password page, default) or PlacePasswordReset
		User    Value // default the actor's UPN
	}
	// VerifyBy passes one gate.
	VerifyBy struct {
		Way    Way
		Number Value // what to type for the number; default the right one
		Code   Value // what to type for the code; default the right one
		Wrong  int   // how many of the answers to the questions are wrong; default none
	}
	// Register goes through the registration of methods, from the page that
	// asks for more information or from the security info page, to its end.
	Register struct{ Methods []Registering }
	// ChoosePassword types a new password twice and presses Finish. It is the
	// actor's ${new password} from then on if the page accepts it.
	ChoosePassword struct{ Password Value }
	// GeneratePassword draws a password from the seed, which any policy of
	// the lab accepts, and keeps it under a name.
	GeneratePassword struct{ Name string }
	// ScanApp enrols the actor's authenticator app by what the page shows.
	ScanApp struct{ By ScanBy }
)

func (SignIn) act()           {}
func (SignOut) act()          {}
func (SolveCaptcha) act()     {}
func (AskToReset) act()       {}
func (VerifyBy) act()         {}
func (Register) act()         {}
func (ChoosePassword) act()   {}
func (GeneratePassword) act() {}
func (ScanApp) act()          {}

// Way is a way to pass a gate of the reset journey (R-RST-23).
type Way string

// The ways.
const (
	ByText         Way = "text"
	ByCall         Way = "call"
	ByOfficeCall   Way = "office call"
	ByEmail        Way = "email"
	ByAppCode      Way = "app code"
	ByNotification Way = "app notification"
	ByQuestions    Way = "questions"
)

// Registering is a method and the way to set it up (R-REG-44..49).
type Registering string

// The ways to set a method up.
const (
	RegisterAppCode         Registering = "app code"
	RegisterAppNotification Registering = "app notification"
	RegisterMobileByText    Registering = "mobile phone by text"
	RegisterMobileByCall    Registering = "mobile phone by call"
	RegisterOfficePhone     Registering = "office phone"
	RegisterEmail           Registering = "email"
	RegisterQuestions       Registering = "security questions"
)

// ScanBy is how the app is enrolled.
type ScanBy string

// The ways to enrol the app.
const (
	ScanPicture ScanBy = "picture" // the QR code (R-REG-44)
	ScanKey     ScanBy = "key"     // the key beside it, typed (R-REG-45)
)

func ways() []word[Way] {
	return called(ByText, ByCall, ByOfficeCall, ByEmail, ByAppCode, ByNotification, ByQuestions)
}

func registrations() []word[Registering] {
	return called(RegisterAppCode, RegisterAppNotification, RegisterMobileByText, RegisterMobileByCall,
		RegisterOfficePhone, RegisterEmail, RegisterQuestions)
}

func journeyVerbs() []verb {
	rightWrong := []word[SolveCaptcha]{{name: "right"}, {name: "wrong", value: SolveCaptcha{Wrong: true}}}
	scans := mapped(oneOf("way to enrol the app", called(ScanPicture, ScanKey)), func(b ScanBy) ScanApp { return ScanApp{b} })
	methods := oneOrMore("a method, or a list of methods", oneOf("method to register", registrations()))
	return []verb{
		with("sign in", "where to, as whom and with which password", signInShape()).orAlone(SignIn{To: Location{Place: PlaceOffice}}),
		alone("sign out", "sign out", SignOut{}),
		with("solve captcha", "right or wrong", oneOf("answer", rightWrong)).orAlone(SolveCaptcha{}),
		with("ask to reset", "through which page and for whom", askShape()).orAlone(AskToReset{Through: PlaceSignIn}),
		with("verify by", "a way to pass the gate", verifyShape()),
		with("register", "the methods to register", mapped(methods, func(m []Registering) Register { return Register{m} })),
		with("choose password", "the new password", mapped(value("a password, such as ${first choice}", false),
			func(v Value) ChoosePassword { return ChoosePassword{v} })),
		with("generate password", "the name to keep it under", mapped(savedName(),
			func(n placed[string]) GeneratePassword { return GeneratePassword{n.value} })),
		with("scan app", "picture or key", scans).orAlone(ScanApp{ScanPicture}),
	}
}

func signInShape() shape[SignIn] {
	return object("sign in act", "where to, as whom and with which password", func(s *SignIn) []field {
		s.To.Place = PlaceOffice
		return []field{
			opt("to", "the place to sign in to; default office", location(), &s.To),
			opt("user", "default the actor's UPN", value("a user name", false), &s.User),
			opt("password", "default the actor's password as it is now", value("a password", false), &s.Password),
		}
	})
}

func askShape() shape[AskToReset] {
	return object("ask to reset act", "through which page and for whom", func(a *AskToReset) []field {
		a.Through = PlaceSignIn
		return []field{
			opt("through", "sign-in (the link on its password page, default) or password reset",
				oneOf("way in", called(PlaceSignIn, PlacePasswordReset)), &a.Through),
			opt("user", "default the actor's UPN", value("a user name", false), &a.User),
		}
	})
}

func verifyShape() shape[VerifyBy] {
	way := oneOf("way to verify", ways())
	full := object("verify by act", "a way, and what to type instead of what is right", func(v *VerifyBy) []field {
		return []field{
			req("way", "the way", way, &v.Way),
			opt("number", "what to type for the number; default the right one", value("a number", false), &v.Number),
			opt("code", "what to type for the code; default the right one", value("a code", false), &v.Code),
			opt("wrong", "how many answers to the questions are wrong; default none", whole(1, 5), &v.Wrong),
		}
	})
	return either(mapped(way, func(w Way) VerifyBy { return VerifyBy{Way: w} }), checked(full, checkVerify))
}

// checkVerify refuses a number, a code or answers where the page asks for none.
func checkVerify(r *reader, n *node, v VerifyBy) bool {
	phone := v.Way == ByText || v.Way == ByCall || v.Way == ByOfficeCall
	code := v.Way == ByText || v.Way == ByEmail || v.Way == ByAppCode
	if !v.Number.Empty() && !phone {
		r.problem(n.at, "no number is typed to verify by "+string(v.Way), "no number", "")
		return false
	}
	if !v.Code.Empty() && !code {
		r.problem(n.at, "no code is typed to verify by "+string(v.Way), "no code", "")
		return false
	}
	if v.Wrong > 0 && v.Way != ByQuestions {
		r.problem(n.at, "no question is answered to verify by "+string(v.Way), "wrong with way: questions", "")
		return false
	}
	return true
}
