package app

import (
	"context"
	"fmt"

	"lienthong/internal/catalog"
	"lienthong/internal/system"
)

// agencyUses tells what an agency still holds and must give up before it is ended by hand: grants in force, datasets that
// it owns, systems that call. An end that the clock brings takes the grants with it (connection.Sweep).
func (a *App) agencyUses(ctx context.Context, code string) ([]string, error) {
	grants, err := a.access.CountOf(ctx, code)
	if err != nil {
		return nil, err
	}
	owned, err := a.catalog.List(ctx, catalog.Filter{Owner: code})
	if err != nil {
		return nil, err
	}
	systems, err := a.system.List(ctx, system.Filter{Owner: code})
	if err != nil {
		return nil, err
	}
	datasets, calling := 0, 0
	for _, d := range owned {
		if d.State != catalog.Retired && !d.State.Editable() {
			datasets++
		}
	}
	for _, s := range systems {
		if !s.Suspended {
			calling++
		}
	}
	var held []string
	for _, one := range []struct {
		n    int
		what string
	}{{grants, "%d quyền đang hiệu lực"}, {datasets, "%d tập dữ liệu là chủ quản"}, {calling, "%d hệ thống thông tin chưa tạm dừng"}} {
		if one.n > 0 {
			held = append(held, fmt.Sprintf(one.what, one.n))
		}
	}
	return held, nil
}
