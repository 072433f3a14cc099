// Package provisioning is the cloud's end of synchronisation, the host
// "provisioning.": a Connect agent exports users and groups to it, and they
// become objects of the tenant.
//
// Modelled: the join by source anchor, then by user principal name or primary
// mail address, administrators excepted today (R-AAC-24); the directory as
// authority over what it exports (R-AAC-25); the default mapping of phones
// (R-POL-46); disabled accounts (R-ELG-31); deletion; nested groups.
//
// Not modelled: the product's own protocol, which is not public (see package
// export), the recycle bin, attribute filtering, and the domain
// "onmicrosoft.com": a user principal name whose suffix is not verified gets
// the tenant's default domain, which is the lab's convention. The guard against
// more than 500 deletions sits in the agent (R-AAC-21).
package provisioning
