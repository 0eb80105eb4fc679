package demo

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"lienthong/internal/access"
	"lienthong/internal/agency"
	"lienthong/internal/catalog"
	"lienthong/internal/connection"
	"lienthong/internal/demo/world"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/ids"
	"lienthong/internal/system"
)

// Size says how much a large province holds.
type Size struct{ Agencies, Datasets, Grants, Requests int }

// FullSize is a province after ten years of use, at which the lists are measured.
func FullSize() Size { return Size{Agencies: 500, Datasets: 5_000, Grants: 50_000, Requests: 200_000} }

// large fills a loaded demo up. Agencies, systems, datasets and grants go through the platform's own services, so that
// grants stand in the log and decide. Old requests are copies of the demo's, written past the process, as if imported:
// nobody can wait for two hundred thousand to be appraised.
type large struct {
	*loader
	db       *controldb.DB
	size     Size
	agencies []string          // codes of the added ones
	systems  map[string]string // by agency
	datasets []string
	owners   []string // of the datasets
}

// Large fills a loaded demo up to the size. What is there already is counted and not added again.
func Large(ctx context.Context, p Platform, loaded *Loaded, db *controldb.DB, size Size) error {
	l := &large{loader: &loader{Platform: p, w: loaded.World, people: loaded.Actors, loaded: loaded}, db: db, size: size, systems: map[string]string{}}
	for _, s := range []struct {
		what string
		do   func(context.Context) error
	}{
		{"agencies and systems", l.addAgencies}, {"datasets", l.addDatasets}, {"grants", l.addGrants}, {"requests", l.addRequests},
	} {
		began := time.Now()
		if err := s.do(ctx); err != nil {
			return fmt.Errorf("make the demo large, %s: %w", s.what, explained(err))
		}
		l.say("demo: %s are there, %d s", s.what, int(time.Since(began).Seconds()))
	}
	return nil
}

// kinds of units that communes have.
var unitKinds = []string{"Trạm Y tế", "Trường Tiểu học", "Trường Trung học cơ sở", "Trường Mầm non"}

// topics of data that units keep.
var topics = []string{
	"hộ nghèo", "hộ cận nghèo", "người có công", "trẻ em dưới sáu tuổi", "học sinh bán trú", "giáo viên", "lịch tiêm chủng", "khám sức khỏe định kỳ", "cơ sở vật chất",
	"thiết bị dạy học", "công trình nước sạch", "đường giao thông nông thôn", "diện tích gieo trồng", "đàn gia súc", "rừng trồng mới", "điểm sạt lở", "nhà văn hóa",
	"lễ hội truyền thống", "hợp tác xã", "làng nghề", "hộ kinh doanh", "giấy phép xây dựng", "biến động đất đai", "đơn thư", "cán bộ công chức", "thi đua khen thưởng",
	"thu ngân sách", "chi ngân sách", "tài sản công", "đầu tư công", "hồ sơ thủ tục hành chính", "văn bản đến", "văn bản đi", "bảo hiểm y tế", "người cao tuổi",
	"người khuyết tật", "trợ giúp đột xuất", "thôn bản", "điểm du lịch", "chợ phiên",
}

func (l *large) addAgencies(ctx context.Context) error {
	ctx = access.WithActor(ctx, founder())
	known, err := l.Agency.List(ctx, agency.Filter{})
	if err != nil {
		return err
	}
	communes := slices.DeleteFunc(slices.Clone(known), func(a *agency.Agency) bool { return a.Kind != agency.Commune })
	missing := l.size.Agencies - len(known)
	rows := []string{"code,name,kind,valid_from,parent"}
	for i := range max(missing, 0) {
		at := communes[i%len(communes)]
		code := fmt.Sprintf("%s.%02d", at.Code, 50+i/len(communes))
		rows = append(rows, fmt.Sprintf("%s,%s %s,service_unit,2025-07-01,%s", code, unitKinds[i/len(communes)%len(unitKinds)], strings.TrimPrefix(at.Name, "UBND "), at.Code))
	}
	if missing > 0 {
		if _, err := l.Agency.Import(ctx, strings.NewReader(strings.Join(rows, "\n"))); err != nil {
			return err
		}
		if known, err = l.Agency.List(ctx, agency.Filter{}); err != nil {
			return err
		}
	}
	for _, a := range known { // the same ones in the same order at every start, since datasets are counted by it
		if a.Kind == agency.Commune || slices.ContainsFunc(communes, func(c *agency.Agency) bool { return c.Code == a.Parent }) {
			l.agencies = append(l.agencies, a.Code)
		}
	}
	slices.Sort(l.agencies)
	return l.addSystems(ctx)
}

// addSystems gives every added agency a steward and a system with an approved level.
func (l *large) addSystems(ctx context.Context) error {
	engineers := l.as(ctx, engineer)
	for i, code := range l.agencies {
		has, err := l.Agency.ActiveSteward(ctx, code)
		if err != nil {
			return err
		}
		if has == nil {
			if _, err := l.Agency.Designate(ctx, agency.Steward{Agency: code, Name: "Bộ phận dữ liệu", Decision: "Quyết định mẫu 15/QĐ ngày 10/01/2026", ValidFrom: world.Today().AddDate(0, -9, 0)}); err != nil {
				return fmt.Errorf("designate a steward of %s: %w", code, err)
			}
		}
		id := "don-vi-" + strings.ToLower(strings.ReplaceAll(code, ".", "-"))
		l.systems[code] = id
		made := world.SystemSpec{Level: 4, System: system.System{
			ID: id, Name: fmt.Sprintf("Phần mềm quản lý của đơn vị %s", code), Owner: code, Category: system.Categories()[i%6], Layer: system.LayerUse,
		}}
		_, err = l.System.Register(engineers, made.System)
		if fault.Is(err, "system.id_taken") {
			continue
		}
		if err != nil {
			return err
		}
		if err := l.level(engineers, made); err != nil {
			return fmt.Errorf("approve the level of %s: %w", id, err)
		}
	}
	return nil
}

// stewardOf acts for an agency that has nobody with an account.
func stewardOf(ctx context.Context, code string) context.Context {
	return access.WithActor(ctx, access.Actor{Type: access.User, ID: "demo", Name: "Bộ phận dữ liệu", Agency: code, Roles: []access.Role{access.Steward}, Auth: access.AuthTwo})
}

func (l *large) addDatasets(ctx context.Context) error {
	pattern := l.w.Datasets[0]
	for i := range l.size.Datasets {
		code := l.agencies[i%len(l.agencies)]
		topic := topics[i/len(l.agencies)%len(topics)]
		slug := fmt.Sprintf("du-lieu-%d", i/len(l.agencies))
		d := pattern.Entry
		d.ID, d.Code, d.Owner, d.OfficialSystem = "", catalog.Code(code+"/"+slug), code, l.systems[code]
		d.Name = fmt.Sprintf("Danh sách %s do đơn vị %s quản lý", topic, code)
		d.Description = "Dữ liệu về " + topic + " trên địa bàn, phục vụ theo dõi, báo cáo và giải quyết công việc hằng ngày của đơn vị."
		d.Classification.Scope = catalog.Private
		l.datasets, l.owners = append(l.datasets, string(d.Code)), append(l.owners, code)
		if err := l.addDataset(stewardOf(ctx, code), d, pattern.Schema); err != nil {
			return fmt.Errorf("%s: %w", d.Code, err)
		}
	}
	return nil
}

func (l *large) addDataset(ctx context.Context, d catalog.Dataset, schema catalog.Schema) error {
	_, err := l.Catalog.FindByCode(ctx, d.Code)
	if !fault.Is(err, "catalog.not_found") {
		return err
	}
	made, err := l.Catalog.Create(ctx, d)
	if err != nil {
		return err
	}
	if _, err := l.Catalog.DefineSchema(ctx, made.ID, schema); err != nil {
		return err
	}
	_, err = l.Catalog.Register(ctx, made.ID, true, true)
	return err
}

// grantsAtOnce is how many connections are set up side by side.
const grantsAtOnce = 4

// addGrants sets up copies of an approved request, one for each agency and round, through the only way to a grant.
func (l *large) addGrants(ctx context.Context) error {
	have, err := countRows(ctx, l.db, "access_grant")
	if err != nil {
		return err
	}
	live, err := l.pattern(ctx, connection.Live)
	if err != nil {
		return err
	}
	per := max(len(live.Grants), 1)
	const batch = 500
	for left := max(l.size.Grants-have, 0) / per; left > 0; left -= batch {
		list := make([]*connection.Request, min(left, batch))
		for i := range list {
			list[i] = l.copyOf(live, left-i)
			unsettled(list[i])
		}
		if err := l.grantAll(ctx, list); err != nil {
			return err
		}
	}
	return nil
}

// grantAll sets requests up side by side: they share the commits of the log.
func (l *large) grantAll(ctx context.Context, list []*connection.Request) error {
	if err := insertRequests(ctx, l.db, list, nil); err != nil {
		return err
	}
	group, running := errgroup.WithContext(ctx)
	group.SetLimit(grantsAtOnce)
	for _, r := range list {
		group.Go(func() error {
			if _, err := l.Grants.Run(l.as(running, engineer), r.ID, connection.Input{}); err != nil {
				return fmt.Errorf("set up %s: %w", r.Number, explained(err))
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return settle(ctx, l.db, list, l.Clock.Now())
}

// pattern is the demo's request of a system in a state.
func (l *large) pattern(ctx context.Context, state connection.State) (*connection.Request, error) {
	names := make([]string, 0, len(l.loaded.Requests))
	for name := range l.loaded.Requests {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if r := l.loaded.Requests[name]; r.State == state && r.Need.System != "" && len(r.Need.Operations) == 0 {
			v, err := l.Connections.Find(l.as(ctx, appraiser), r.ID)
			return v.Request, err
		}
	}
	return nil, fmt.Errorf("the demo has no request in state %s", state)
}

// copyOf is a request like the pattern, of another agency and time.
func (l *large) copyOf(pattern *connection.Request, i int) *connection.Request {
	r := *pattern
	r.ID = connection.ID(ids.New())
	r.Agency = l.agencies[i%len(l.agencies)]
	r.Number = fmt.Sprintf("%d-%06d/KNDL-%s", 2016+i%10, i+1, r.Agency)
	r.Need.System = l.systems[r.Agency]
	return &r
}

// unsettled takes a live request back to its approval.
func unsettled(r *connection.Request) {
	r.Number = "G" + r.Number
	r.State, r.Config, r.Reviewed, r.Run, r.RunHash, r.Grants, r.Credential = connection.Approved, 0, 0, 0, "", nil, ""
	r.Confirmed, r.Minutes, r.LiveSince, r.TestedFrom = nil, nil, time.Time{}, time.Time{}
}

// states of old requests, the usual ones more often.
var oldStates = []connection.State{
	connection.Live, connection.Live, connection.Live, connection.Live, connection.Terminated, connection.Terminated, connection.Rejected, connection.Withdrawn,
	connection.Appraising, connection.Testing,
}

func (l *large) addRequests(ctx context.Context) error {
	have, err := countRows(ctx, l.db, "connection_request")
	if err != nil {
		return err
	}
	live, err := l.pattern(ctx, connection.Live)
	if err != nil {
		return err
	}
	v, err := l.Connections.Find(l.as(ctx, appraiser), live.ID)
	if err != nil {
		return err
	}
	const batch = 500
	var list []*connection.Request
	now := l.Clock.Now()
	for i := range max(l.size.Requests-have, 0) {
		r := l.copyOf(live, i)
		at := i % len(l.datasets)
		r.State, r.Owner, r.Need.Dataset, r.Grants, r.Credential = oldStates[i%len(oldStates)], l.owners[at], l.datasets[at], nil, ""
		r.CreatedAt = now.Add(-time.Duration(i%17_000) * time.Hour)
		r.UpdatedAt = r.CreatedAt.Add(11 * 24 * time.Hour)
		if list = append(list, r); len(list) == batch {
			if err := insertRequests(ctx, l.db, list, v.Steps); err != nil {
				return err
			}
			list = list[:0]
		}
	}
	return insertRequests(ctx, l.db, list, v.Steps)
}
