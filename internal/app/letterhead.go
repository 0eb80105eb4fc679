package app

import (
	"context"
	"strings"

	"lienthong/internal/agency"
	"lienthong/internal/document"
)

// letterhead is what papers of an agency begin with; of the platform's operator when code is empty. Above a department
// stands the province's people's committee, above a service unit its parent; communes and the agencies of ministries have
// nobody of the province above them.
func (a *App) letterhead(ctx context.Context, code string) document.Letterhead {
	if code == "" {
		code = a.conf.Operator
	}
	l := document.Letterhead{
		Agency: a.agencyName(ctx, code), Place: a.conf.Province,
		Regulation: "Quy chế quản lý, kết nối, chia sẻ, khai thác và sử dụng dữ liệu số của các cơ quan nhà nước trên địa bàn tỉnh " + a.conf.Province,
	}
	body, err := a.agency.Known(ctx, code)
	if err != nil || body == nil {
		return l
	}
	switch body.Kind {
	case agency.Department:
		l.Superior = "Ủy ban nhân dân tỉnh " + a.conf.Province
	case agency.ServiceUnit:
		l.Superior = a.agencyName(ctx, body.Parent)
	case agency.Commune:
		for _, kind := range []string{"UBND xã ", "UBND phường "} {
			if name, is := strings.CutPrefix(body.Name, kind); is {
				l.Place = name
			}
		}
	}
	return l
}
