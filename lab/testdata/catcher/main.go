// Command catcher is to a lab what MailHog's image is: mails by SMTP at port
// 1025, MailHog's API by plain HTTP at port 8025, and nothing that only the
// lab's catcher has.
package main

import (
	"log"
	"net"
	"net/http"
	"strings"

	"github.com/ssprlab/ssprlab/fakes/mail"
)

func main() {
	c := mail.New(mail.Config{Hostname: "standin.example.com"})
	smtp, err := net.Listen("tcp", ":1025")
	if err != nil {
		log.Fatal(err)
	}
	go func() { log.Fatal(c.ServeSMTP(smtp)) }()
	log.Fatal(http.ListenAndServe(":8025", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/lab/") {
			http.NotFound(w, r)
			return
		}
		c.Handler().ServeHTTP(w, r)
	})))
}
