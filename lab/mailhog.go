package lab

import (
	"fmt"
	"slices"

	"github.com/ssprlab/ssprlab/lab/container"
	"github.com/ssprlab/ssprlab/lab/part"
)

// mailHog is the container of MailHog itself in a crew whose fleet has an image
// of it. It takes the mails, and the lab's catcher is the front of its pages:
// see [part.Mail].
const mailHog part.Kind = "mailhog"

// mailHogPort is where MailHog serves its pages and API in its container.
const mailHogPort = 8025

// kinds are the containers of a crew.
func (f *Fleet) kinds() []part.Kind {
	list := slices.DeleteFunc(part.Kinds(), func(k part.Kind) bool { return k == part.KindDirectory })
	if f.config.MailImage != "" {
		list = append(list, mailHog)
	}
	return list
}

// mailHogSpec is what MailHog's container is. Its image listens where it likes,
// which is where the lab's catcher does too. It prints every mail, codes
// included, which nobody shall keep.
func (f *Fleet) mailHogSpec(c *crew) container.Spec {
	return container.Spec{
		Name: string(mailHog), Image: f.config.MailImage, Networks: c.on(Cloud), OpenFiles: 4096, Silent: true,
		Ports: []container.Port{{Number: smtpPort}, {Number: mailHogPort}},
	}
}

// catcher is which container takes the mails.
func (c *crew) catcher() part.Kind {
	if c.containers[mailHog] != nil {
		return mailHog
	}
	return part.KindMail
}

// smtp is where mails are taken, for those outside and for the tenant.
func (c *crew) smtp() (outside, inside string) {
	k := c.catcher()
	return c.containers[k].Addr(smtpPort), fmt.Sprintf("%s:%d", k, smtpPort)
}

// described is what is ordered of a part: of the catcher, that it be MailHog's
// front where that takes the mails.
func (c *crew) described(d part.Description) part.Description {
	if d.Kind() == part.KindMail && c.catcher() == mailHog {
		return part.Mail{MailHog: fmt.Sprintf("http://%s:%d", mailHog, mailHogPort)}
	}
	return d
}
