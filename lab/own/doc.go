// Package own is a directory of the user's own: the file that names it, and the
// one unit of it in which the lab may write.
//
// The file is YAML. An example, with every key that there is:
//
//	address: ldaps://dc1.corp.example.com:636   # port 636 may be left out
//	dialect: active directory                   # the default; or openldap
//	ca: corp-ca.pem                             # who signed its certificate, in PEM; default: who the machine trusts
//	server name: dc1.corp.example.com           # in its certificate, if it is not the address's
//	base: DC=corp,DC=example,DC=com             # default: where the directory says that it starts
//	unit: OU=ssprlab,OU=Test,DC=corp,DC=example,DC=com
//	connector:                                  # the account that Connect uses
//	  user: MSOL_5f3c5f0e7d1c@corp.example.com  # a UPN, DOMAIN\name or a DN
//	  password from environment: SSPRLAB_CONNECTOR_PASSWORD
//	set-up:                                     # who makes and removes people; default: the connector account
//	  user: labadmin@corp.example.com
//	  password from file: labadmin.password
//
// Files are found from the folder of this one. There is no default for the
// unit: without it the lab does not start. A password stands in a variable or
// in a file of its own, never in this file and never on a command line.
//
// What the lab asks of the directory: the unit exists; the set-up account may
// create and delete organisational units, users and groups below it, and set
// their passwords; the connector account has the rights of password writeback on
// users below it ("ssprlab check-directory" tells which one it lacks, and how to
// grant it). The minimum password age should be 0: people are made when a
// scenario starts, and a day later is too late for it.
//
// What the lab does not do: it writes nowhere but below the unit (package
// directory refuses everything else before it is sent), it changes no policy
// and no clock, and it looks at nobody but its own people.
package own
