package web

import "lienthong/internal/access"

// RoleKey is the message key of a role's name.
func RoleKey(r access.Role) string { return "web.role_" + string(r) }
