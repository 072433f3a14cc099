package access_test

import (
	"net/url"
	"strings"
)

func phones(s *stage) {
	base := s.lab.Endpoints.Phone
	v := s.visitor("Bela").open(base + "/").look("phones")
	v.press("Open", "Number, or owner of an app", "12").look("phones-refused")
	v.open(base + "/numbers/" + url.PathEscape(mobile)).look("phone")
	v.open(base + "/numbers/" + url.PathEscape("+1 4255550198")).look("phone-empty")
	v.open(base + "/apps/Bela").look("phone-app")
	v.press("Add", "Key, or the address in the QR code", "not a key").look("phone-app-refused")
	v.open(base + "/apps/Nobody").look("phone-app-empty")
}

func mail(s *stage) {
	base := s.lab.Endpoints.Mail
	v := s.visitor("Carla").open(base + "/").look("mails")
	for _, l := range v.view.Links {
		if strings.Contains(l.URL, "/mail/") {
			v.open(l.URL).look("mail")
			break
		}
	}
	v.open(base + "/mail/none").look("mail-none")
	must(s, s.mails.DeleteAll(s.Context()))
	v.open(base + "/").look("mails-empty")
}
