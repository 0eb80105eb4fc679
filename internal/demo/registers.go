package demo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/account"
	"lienthong/internal/agency"
	"lienthong/internal/demo/world"
	"lienthong/internal/system"
)

// registers brings in the agencies of the profile, the people, and the stewards' designations.
func (l *loader) registers(ctx context.Context) error {
	ctx = access.WithActor(ctx, founder())
	if _, err := l.Agency.ImportProfile(ctx); err != nil {
		return err
	}
	if err := l.accounts(ctx); err != nil {
		return err
	}
	return l.stewards(l.as(ctx, admin))
}

func (l *loader) accounts(ctx context.Context) error {
	known := map[string]*account.Account{}
	all, err := l.Account.List(ctx, account.Filter{Limit: 1000})
	if err != nil {
		return err
	}
	for _, a := range all {
		known[a.Username] = a
	}
	for _, a := range l.w.Accounts {
		made := known[a.Username]
		if made == nil {
			if made, err = l.account(ctx, a); err != nil {
				return fmt.Errorf("add %s: %w", a.Username, err)
			}
		}
		l.people[a.Username] = access.Actor{
			Type: access.User, ID: made.ID, Name: made.FullName, Agency: made.Agency, Roles: slices.Clone(made.Roles), Auth: access.AuthTwo,
		}
	}
	return nil
}

func (l *loader) account(ctx context.Context, a world.Account) (*account.Account, error) {
	n := account.New{
		Username: a.Username, FullName: a.FullName, Agency: a.Agency, Roles: a.Roles, Sponsor: a.Sponsor, Commitment: a.Commitment,
		Password: world.Password, TOTPSecret: a.TOTPSecret,
	}
	if a.Sponsor != "" {
		n.ValidTo = l.Clock.Now().AddDate(0, 11, 0)
	}
	made, _, err := l.Account.Create(ctx, n)
	return made, err
}

// stewards designates the steward of every agency that has one in the demo.
func (l *loader) stewards(ctx context.Context) error {
	for _, a := range l.w.Accounts {
		if !slices.Contains(a.Roles, access.Steward) {
			continue
		}
		active, err := l.Agency.Stewards(ctx, a.Agency)
		if err != nil {
			return err
		}
		if len(active) > 0 {
			continue
		}
		_, err = l.Agency.Designate(ctx, agency.Steward{
			Agency: a.Agency, Account: l.people[a.Username].ID, Name: a.FullName, Decision: "Quyết định mẫu 15/QĐ ngày 10/01/2026", ValidFrom: world.Today().AddDate(0, -9, 0),
		})
		if err != nil {
			return fmt.Errorf("designate %s: %w", a.Username, err)
		}
	}
	return nil
}

// dictionary adds the elements and code lists that the demo's datasets need.
func (l *loader) dictionary(ctx context.Context) error {
	ctx = access.WithActor(ctx, access.JobActor("demo"))
	have, err := l.Dictionary.ListCodeLists(ctx)
	if err != nil {
		return err
	}
	names := map[string]bool{}
	for _, c := range have {
		names[c.Name] = true
	}
	for _, c := range l.w.Lists {
		if names[c.Name] {
			continue
		}
		if _, err := l.Dictionary.CreateCodeList(ctx, c); err != nil {
			return fmt.Errorf("add code list %s: %w", c.Name, err)
		}
	}
	for _, e := range l.w.Elements {
		if _, err := l.Dictionary.CreateElement(ctx, e); ignore(err, "dictionary.code_taken") != nil {
			return fmt.Errorf("add element %s: %w", e.Code, err)
		}
	}
	return nil
}

// systems registers the information systems with their approved levels.
func (l *loader) systems(ctx context.Context) error {
	ctx = l.as(ctx, engineer)
	for _, s := range l.w.Systems {
		_, err := l.System.Register(ctx, s.System)
		if ignore(err, "system.id_taken") != nil {
			return fmt.Errorf("register %s: %w", s.ID, err)
		}
		if err != nil || s.Level == 0 { // registered before, or without an approved level
			continue
		}
		if err := l.level(ctx, s); err != nil {
			return fmt.Errorf("approve the level of %s: %w", s.ID, err)
		}
	}
	return nil
}

// level takes a system to its approved level: one person proposes, the security officer records the decision.
func (l *loader) level(ctx context.Context, s world.SystemSpec) error {
	now := l.Clock.Now()
	kind, measures := system.ForApproval, ""
	if s.ID == world.SysTourism {
		kind, measures = system.ForException, "Chỉ gọi từ mạng số liệu chuyên dùng, giám sát hằng ngày trong thời gian chờ phê duyệt."
	}
	made, err := l.System.ProposeLevel(ctx, s.ID, system.Dossier{
		Kind: kind, Measures: measures, Level: s.Level, Number: fmt.Sprintf("%02d/HSĐX-CĐ mẫu", 10+len(s.ID)), Justification: "Loại thông tin xử lý và phạm vi phục vụ theo hồ sơ mẫu của bản dùng thử.",
	}, nil)
	if err != nil {
		return err
	}
	decision := system.LevelDecision{
		Level: s.Level, Authority: "Ủy ban nhân dân tỉnh (mẫu)", Number: fmt.Sprintf("Quyết định mẫu %02d/QĐ-PDCĐ", 10+len(s.ID)), DecidedAt: now.AddDate(0, -9, 0),
		ValidTo: now.AddDate(2, 0, 0), ReviewAt: now.AddDate(1, 3, 0), CheckedAt: now.AddDate(0, -2, 0),
	}
	switch s.ID {
	case world.SysTourism:
		decision.DecidedAt, decision.ValidTo, decision.ReviewAt = now.AddDate(0, 0, -30), now.AddDate(0, 0, 45), time.Time{}
	case world.SysRoads: // one that asks for attention
		decision.ValidTo, decision.ReviewAt = now.AddDate(0, 0, 20), time.Time{}
	case world.SysReport: // waits for the security officer
		return nil
	}
	_, err = l.System.RecordLevel(l.as(ctx, security), s.ID, made.ID, decision, &system.Attached{Name: "quyet-dinh-mau.pdf", Body: samplePDF("Quyết định mẫu: cấp độ an toàn")})
	return err
}

// plans of systems that are not connected: their own agencies make them.
func (l *loader) connectionPlans(ctx context.Context) error {
	for id, steps := range map[string]string{
		world.SysDocuments: "Nâng cấp phần mềm theo QCVN 102:2016/BTTTT, phê duyệt lại cấp độ, gửi yêu cầu kết nối",
		world.SysTourism:   "Xây dựng API cung cấp danh sách điểm đến, kiểm thử với nền tảng trong quý tới",
	} {
		steward, err := l.steward(ctx, l.ownerOf(id))
		if err != nil {
			continue // its agency has no steward in the demo, so that the plan is owed
		}
		if _, err := l.System.SetPlan(steward, id, system.Plan{TargetAt: l.Clock.Now().AddDate(0, 2, 0), Steps: steps}); err != nil {
			return fmt.Errorf("plan the connection of %s: %w", id, err)
		}
	}
	return nil
}
