// Package accessweb shows rights: the grants that were given, the purposes they are bound to, the roles, the owners' default
// sharing policies, the history of rights; and answers what the one decision would say.
//
// Owns: the pages under /access and the operations /api/v1/access, /api/v1/purposes and /api/v1/authz.
// Does not own: any rule; access.Service decides who sees what, access.Decide what is allowed. Nothing here gives a right:
// grants come from approved connection requests alone.
//
// Start reading at Pages.Routes.
package accessweb
