package access_test

import (
	"strings"

	"github.com/ssprlab/ssprlab/fakes/entra/setup"
	"github.com/ssprlab/ssprlab/lab/web"
)

func portal(s *stage) {
	v := s.enter("Ada", s.lab.Endpoints.Portal, "/").look("portal-home")
	v.press("Users").look("portal-users")
	v.press("Carla Elm").look("portal-user-cloud")
	v.press("Assign", "Licence", "None", "Usage location", "US").look("portal-user-unlicensed")
	v.press("Assign", "Licence", v.options("Licence")[1], "Usage location", "Not set").look("portal-user-refused")
	v.press("Assign", "Licence", v.options("Licence")[1], "Usage location", "US").look("portal-user-saved")
	v.press("Users").press("Egon Oak").press("Reset password").look("portal-temporary-password")
	v.press("Groups").look("portal-groups")
	v.press("Create", "Group name", "").look("portal-groups-refused")
	v.press("Create", "Group name", "Night shift").look("portal-group-empty")
	v.press("Add").look("portal-group-member")
	blade(v)
	v.press("Audit logs").look("blade-audit")
	v.press("Usage & insights").look("blade-usage")
	v.open(s.lab.Endpoints.Portal + "/password-protection").look("protection")
	v.press("Save", "Custom banned password list", "ab\nacme").look("protection-refused")
	v.press("Save", "Custom banned password list", "acme\nalder works").look("protection-saved")
	v.open(s.lab.Endpoints.Portal + "/users/nobody").look("portal-not-found")
	v.open(s.lab.Endpoints.Portal + "/nowhere").look("portal-no-such-page")
	s.enter("Bela", s.lab.Endpoints.Portal, "/").look("portal-no-access")
	s.policy(func(*setup.Policy) {})
}

func (v *visitor) options(label string) []string {
	v.Helper()
	f := v.view.Field(label)
	if f == nil {
		v.Fatalf("no field %q on %q", label, v.view.Heading)
	}
	return f.Options
}

// blade walks the pages of the Password reset blade.
func blade(v *visitor) {
	v.press("Password reset").look("blade-properties")
	v.act(form("Selected", "Save")).look("blade-properties-refused")
	v.act(form("Selected", "Save", "Select group", "Pilot of the new self-service, first wave")).look("blade-properties-saved")
	v.press("Authentication methods").look("blade-methods")
	v.act(form("1", "Save")).look("blade-methods-refused")
	v.act(web.Act{Choose: []string{"1"}, Untick: []string{"Security questions"}, Press: "Save"}).look("blade-methods-saved")
	v.press("Registration").look("blade-registration")
	v.press("Save", "Number of days before users are asked to re-confirm their authentication information", "731").look("blade-registration-refused")
	v.act(form("No", "Save")).look("blade-registration-off")
	v.press("Notifications").look("blade-notifications")
	v.press("Save").look("blade-notifications-saved")
	v.press("Customization").look("blade-customization")
	v.act(form("Yes", "Save")).look("blade-customization-refused")
	v.press("Save", "Custom helpdesk email or URL", "https://help.alder.example.com/").look("blade-customization-saved")
	v.press("On-premises integration").look("blade-on-premises-off")
}

func integration(s *stage) {
	v := s.enter("Ada", s.lab.Endpoints.Portal, "/password-reset/on-premises").look("blade-on-premises")
	v.press("Save").look("blade-on-premises-saved")
	s.control(s.lab.Endpoints.ConnectControl, "/cut?from=cloud", nil)
	v.press("On-premises integration").look("blade-on-premises-lost")
	s.control(s.lab.Endpoints.ConnectControl, "/restore", nil)
}

// connect walks the wizard of the agent through its first run and a later one.
func connect(s *stage) {
	v := s.visitor("Ada").open(s.lab.Endpoints.Connect + "/").look("connect-welcome")
	v.press("Continue").look("connect-terms-refused")
	v.act(web.Act{Tick: []string{"I agree to the license terms and privacy notice"}, Press: "Continue"})
	v.wizard("first")
	v.press("Exit").look("connect-later")
	v.press("Configure").look("connect-tasks")
	v.press("Next").look("connect-tasks-refused")
	v.act(form("Customize synchronization options", "Next"))
	v.open(s.lab.Endpoints.Connect + "/").look("connect-open-elsewhere")
	v.press("Event log").look("connect-events")
	v.open(s.lab.Endpoints.Connect + "/nowhere").look("connect-no-such-page")
}

// wizard walks to the wizard's last page, once wrongly at the sign-in.
func (v *visitor) wizard(run string) {
	for range 20 {
		name := "connect-" + run + "-" + v.view.URL[strings.LastIndex(v.view.URL, "/")+1:]
		v.look(name)
		switch {
		case v.view.Button("Exit") != nil:
			return
		case v.view.Field("Password") != nil:
			v.press("Next", "User name", "", "Password", "").look(name + "-empty")
			v.press("Next", "User name", "Ada"+domain, "Password", "wrong").look(name + "-refused")
			v.press("Next", "User name", "Ada"+domain, "Password", password)
		case strings.HasSuffix(v.view.URL, "/features"):
			v.act(web.Act{Tick: []string{"Password writeback"}, Press: "Next"})
		case strings.HasSuffix(v.view.URL, "/suffixes"):
			v.act(web.Act{Tick: []string{"Continue without matching all UPN suffixes to verified domains"}, Press: "Next"})
		default:
			v.press(v.forward())
		}
	}
	v.Fatalf("the wizard does not end: %s", v.view.Heading)
}

// forward is the button that leads on.
func (v *visitor) forward() string {
	for _, name := range []string{"Next", "Install", "Customize", "Configure"} {
		if v.view.Button(name) != nil {
			return name
		}
	}
	v.Fatalf("no way on from %q", v.view.Heading)
	return ""
}

func previews(s *stage) {
	v := s.enter("Ada", s.lab.Endpoints.Portal, "/previews").look("previews")
	v.act(form("Selected", "Save")).look("previews-refused")
	v.act(form("Selected", "Save", "Select group", "Pilot of the new self-service, first wave")).look("previews-saved")
	v.open(s.lab.Endpoints.Portal + "/").look("portal-home-2019")
	v.open(s.lab.Endpoints.Portal + "/password-reset/properties").look("blade-properties-2019")
}
