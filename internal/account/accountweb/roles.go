package accountweb

import (
	"context"

	"lienthong/internal/access"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web"
)

// RoleLabel is the official name of a role.
func RoleLabel(r access.Role, lang i18n.Lang) string {
	text := web.Messages[web.RoleKey(r)]
	if lang == i18n.En {
		return text.En
	}
	return text.Vi
}

// roleJSON is one line of the matrix of roles.
type roleJSON struct {
	Role        access.Role         `json:"role"`
	Name        string              `json:"name" doc:"In the language of the request"`
	Province    bool                `json:"province" doc:"Its work spans all agencies"`
	TwoFactor   bool                `json:"two_factor" doc:"It gives nothing without a second factor"`
	Permissions []access.Permission `json:"permissions"`
	Excludes    []access.Role       `json:"excludes" doc:"Roles that the same person may not hold"`
}

type rolesBody struct {
	Body struct {
		Roles []roleJSON `json:"roles"`
	}
}

func (p *Pages) opRoleMatrix(ctx context.Context, _ *struct{}) (*rolesBody, error) {
	out := &rolesBody{}
	for _, r := range access.AllRoles() {
		line := roleJSON{Role: r, Name: RoleLabel(r, i18n.LangOf(ctx)), Province: r.Province(), TwoFactor: r.NeedsStrongAuth(),
			Permissions: append([]access.Permission{}, r.Permissions()...), Excludes: []access.Role{}}
		for _, other := range access.AllRoles() {
			if _, _, apart := access.Incompatible([]access.Role{r, other}); apart && other != r {
				line.Excludes = append(line.Excludes, other)
			}
		}
		out.Body.Roles = append(out.Body.Roles, line)
	}
	return out, nil
}
