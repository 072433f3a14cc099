// Package graph is the tenant's graph host: Microsoft Graph v1.0 and beta over
// the state of [entra.Tenant], for clients that nobody here wrote, and beside
// it the portal's backend for the Password reset policy, which Graph does not
// have.
//
// Modelled: users, groups and their members, licences, directory roles, the
// organisation and its domains, what people have registered
// (authentication/methods), the registration report (R-AUD-51..53), the
// directory audit log (R-AUD-58), the authorization policy's switch for
// administrators (R-POL-84); $filter, $select, $orderby, $top, $count and
// paging; permissions of applications and of people, the roles that people
// need beside them; the product's errors.
//
// Not modelled: $expand, $search, $batch, delta queries, the recycle bin,
// owners, mail-enabled and dynamic groups, group licensing, writing
// authentication methods, sign-in logs and activity, and properties that the
// tenant does not keep (jobTitle, department, …): they read as null, and
// writing them is refused. mailNickname is required where the product requires
// it, but always reads as the part of the name before the @. Whatever is not
// modelled is answered with 501 in Graph's envelope and noted by
// [entra.Tenant.Unhandled].
package graph
