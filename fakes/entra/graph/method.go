package graph

import (
	"strings"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/graph/odata"
)

const authentication = "users/{}/authentication/"

var methodRoutes = []route{
	closed("POST", authentication+"methods/{}/resetPassword"),
	closed("POST", authentication+"passwordMethods/{}/resetPassword"),
	closed("GET", authentication+"operations/{}"),
	closed("POST", authentication+"phoneMethods"),
	closed("PATCH", authentication+"phoneMethods/{}"),
	closed("PUT", authentication+"phoneMethods/{}"),
	closed("DELETE", authentication+"phoneMethods/{}"),
	closed("POST", authentication+"emailMethods"),
	closed("PATCH", authentication+"emailMethods/{}"),
	closed("PUT", authentication+"emailMethods/{}"),
	closed("DELETE", authentication+"emailMethods/{}"),
	closed("DELETE", authentication+"microsoftAuthenticatorMethods/{}"),
	closed("POST", authentication+"softwareOathMethods"),
	closed("DELETE", authentication+"softwareOathMethods/{}"),
	on("GET", authentication+"methods", (*request).listMethods),
	on("GET", authentication+"methods/{}", (*request).getMethod),
	on("GET", authentication+"passwordMethods", listOne("passwordMethods", passwordMethods)),
	on("GET", authentication+"passwordMethods/{}", getOne("passwordMethods", passwordMethods)),
	on("GET", authentication+"phoneMethods", listOne("phoneMethods", phoneMethods)),
	on("GET", authentication+"phoneMethods/{}", getOne("phoneMethods", phoneMethods)),
	on("GET", authentication+"emailMethods", listOne("emailMethods", emailMethods)),
	on("GET", authentication+"emailMethods/{}", getOne("emailMethods", emailMethods)),
	on("GET", authentication+"microsoftAuthenticatorMethods", listOne("microsoftAuthenticatorMethods", authenticatorMethods)),
	on("GET", authentication+"microsoftAuthenticatorMethods/{}", getOne("microsoftAuthenticatorMethods", authenticatorMethods)),
	on("GET", authentication+"softwareOathMethods", listOne("softwareOathMethods", oathMethods)),
	on("GET", authentication+"softwareOathMethods/{}", getOne("softwareOathMethods", oathMethods)),
}

// The well-known ids of methods of which a user has one (graph-fidelity 2.4).
const (
	passwordMethodID = "28c10230-6103-485e-b985-444c60001490"
	mobileMethodID   = "3179e48a-750b-4051-897c-87b9720928f7"
	emailMethodID    = "3ddfcfc8-9383-446f-83cc-3ab9be4be18f"
)

// method is a registered authentication method of a user.
type method struct {
	*entra.User
	id  string
	app entra.App // of an authenticator app
}

func methodID(m *method) string { return m.id }

func methodTable(name string, columns ...column[*method]) *table[*method] {
	all := append([]column[*method]{text("id", methodID).filters(odata.No, odata.No)}, columns...)
	for i := range all {
		all[i] = all[i].filters(odata.No, odata.No)
	}
	return newTable(name+"AuthenticationMethod", true, methodID, all...)
}

func added(value func(*method) odata.Value) column[*method] { return moment("createdDateTime", value) }

// The types of methods. No secret is ever returned: password and secretKey are
// always null. Not kept: when a phone or an address was registered.
var (
	passwordType = methodTable("password", never[*method]("password"), added(func(m *method) odata.Value { return odata.At(m.PasswordSet) }))
	phoneType    = methodTable("phone",
		text("phoneNumber", func(m *method) string { return m.Security.Phone }),
		fixed[*method]("phoneType", odata.Text, odata.String("mobile")),
		fixed[*method]("smsSignInState", odata.Text, odata.String("notAllowedByPolicy")),
		added(func(*method) odata.Value { return odata.Null() }))
	emailType = methodTable("email",
		text("emailAddress", func(m *method) string { return m.Security.Email }),
		added(func(*method) odata.Value { return odata.Null() }))
	authenticatorType = methodTable("microsoftAuthenticator",
		text("displayName", func(m *method) string { return m.app.Name }),
		fixed[*method]("deviceTag", odata.Text, odata.String("SoftwareTokenActivated")),
		never[*method]("phoneAppVersion"),
		added(func(m *method) odata.Value { return odata.At(m.app.Added) }))
	oathType = methodTable("softwareOath", never[*method]("secretKey"), added(func(m *method) odata.Value { return odata.At(m.app.Added) }))
)

func passwordMethods(u *entra.User) []entity {
	return []entity{passwordType.row(&method{User: u, id: passwordMethodID})}
}

// phoneMethods are the registered numbers. The numbers of the directory are no
// method; they serve for resets alone (R-POL-41).
func phoneMethods(u *entra.User) []entity {
	if u.Security.Phone == "" {
		return nil
	}
	return []entity{phoneType.row(&method{User: u, id: mobileMethodID})}
}

func emailMethods(u *entra.User) []entity {
	if u.Security.Email == "" {
		return nil
	}
	return []entity{emailType.row(&method{User: u, id: emailMethodID})}
}

// authenticatorMethods are the apps that take notifications, oathMethods those
// that only make codes (R-REG-28, R-REG-29).
func authenticatorMethods(u *entra.User) []entity { return apps(u, authenticatorType, true) }
func oathMethods(u *entra.User) []entity          { return apps(u, oathType, false) }

func apps(u *entra.User, t *table[*method], notified bool) (rows []entity) {
	for _, a := range u.Security.Apps {
		if (a.Device != "") == notified {
			rows = append(rows, t.row(&method{User: u, id: a.ID, app: a}))
		}
	}
	return rows
}

// methods are everything a user has registered; the password comes first.
func methods(u *entra.User) (rows []entity) {
	for _, of := range []func(*entra.User) []entity{passwordMethods, phoneMethods, emailMethods, authenticatorMethods, oathMethods} {
		rows = append(rows, of(u)...)
	}
	return rows
}

var methodTypes = simple(union("authenticationMethod", passwordType.schema, phoneType.schema, emailType.schema, authenticatorType.schema, oathType.schema))

// simple makes a union one that cannot be filtered.
func simple(s *odata.Schema) *odata.Schema {
	s.Simple = true
	for i := range s.Properties {
		s.Properties[i].Filter, s.Properties[i].Starts, s.Properties[i].Sort = odata.No, odata.No, odata.No
	}
	return s
}

func methodContext(u entra.User, name string) string {
	return "users('" + u.ID + "')/authentication/" + name
}

func (q *request) listMethods() (reply, *fault) {
	u, f := q.user(q.args[0])
	if f != nil {
		return reply{}, f
	}
	rows := methods(&u)
	for i, e := range rows {
		rows[i] = mixed{e, methodTypes}
	}
	return q.list(collection{context: methodContext(u, "methods"), schema: methodTypes, typed: true, page: directoryPage}, rows)
}

func (q *request) getMethod() (reply, *fault) {
	u, f := q.user(q.args[0])
	if f != nil {
		return reply{}, f
	}
	return q.pick(methodContext(u, "methods"), methods(&u), true)
}

func (q *request) pick(context string, rows []entity, typed bool) (reply, *fault) {
	for _, e := range rows {
		if strings.EqualFold(e.ID(), q.args[1]) {
			return q.one(context, e, typed)
		}
	}
	return reply{}, missingItem(q.args[1])
}

// listOne answers the methods of one type.
func listOne(name string, of func(*entra.User) []entity) handler {
	types := map[string]*odata.Schema{
		"passwordMethods": passwordType.schema, "phoneMethods": phoneType.schema, "emailMethods": emailType.schema,
		"microsoftAuthenticatorMethods": authenticatorType.schema, "softwareOathMethods": oathType.schema,
	}
	return func(q *request) (reply, *fault) {
		u, f := q.user(q.args[0])
		if f != nil {
			return reply{}, f
		}
		return q.list(collection{context: methodContext(u, name), schema: types[name], page: directoryPage}, of(&u))
	}
}

// getOne answers one method of one type.
func getOne(name string, of func(*entra.User) []entity) handler {
	return func(q *request) (reply, *fault) {
		u, f := q.user(q.args[0])
		if f != nil {
			return reply{}, f
		}
		return q.pick(methodContext(u, name), of(&u), false)
	}
}
