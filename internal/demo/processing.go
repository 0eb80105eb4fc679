package demo

import (
	"context"
	"fmt"
	"slices"

	"lienthong/internal/access"
	"lienthong/internal/demo/world"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/privacy"
)

// processing writes the register of personal-data processing: the steward of each owner writes the entry, its head
// confirms. The entry of a dataset that nobody takes data from is left as a draft that still lacks something.
func (l *loader) processing(ctx context.Context) error {
	for i := range l.w.Datasets {
		d := &l.w.Datasets[i]
		made, known := l.loaded.Datasets[d.Code()]
		if !known || made.State.Editable() {
			continue
		}
		steward, err := l.steward(ctx, d.Entry.Owner)
		if err != nil {
			return err
		}
		v, err := l.Privacy.Find(steward, string(d.Code()))
		if err != nil {
			return err
		}
		if v.Standing != privacy.None { // nothing personal, or there since an earlier loading
			continue
		}
		if err := l.entry(ctx, steward, d, v); err != nil {
			return fmt.Errorf("entry of %s: %w", d.Code(), explained(err))
		}
	}
	return nil
}

func (l *loader) entry(ctx, steward context.Context, d *world.Dataset, v privacy.View) error {
	code, c := string(d.Code()), l.content(steward, d, v)
	if len(d.Files) == 0 {
		c.Impact, c.Recipients = privacy.Impact{Status: privacy.ImpactInProgress}, nil
		_, err := l.Privacy.Save(steward, code, c, 0)
		return err
	}
	if _, err := l.Privacy.Save(steward, code, c, 0); err != nil {
		return err
	}
	if _, err := l.Privacy.Send(steward, code, 0); err != nil {
		return err
	}
	head, err := l.head(ctx, d.Entry.Owner)
	if err != nil {
		return err
	}
	_, err = l.Privacy.Confirm(head, code, 0)
	return err
}

// content says what the world knows of the dataset, and what every agency of it does alike.
func (l *loader) content(steward context.Context, d *world.Dataset, v privacy.View) privacy.Content {
	c := v.Proposal()
	who, now := access.ActorOf(steward), l.Clock.Now().In(i18n.Zone)
	c.Function = "Quản lý nhà nước theo chức năng của cơ quan: " + d.Entry.Name
	c.Source = "Cơ quan tạo lập và cập nhật trên hệ thống thông tin " + d.Entry.OfficialSystem
	c.Recipients = []string{"Cơ quan nhà nước được cấp quyền theo Quy chế"}
	for _, a := range d.Entry.Sharing.Agencies {
		if body, err := l.Agency.Known(steward, a); err == nil && body != nil && !slices.Contains(c.Recipients, body.Name) {
			c.Recipients = append(c.Recipients, body.Name)
		}
	}
	c.Months = 120
	c.Measures = []privacy.Measure{"access_control", "two_factor", "masking", "encrypted_rest", "encrypted_transit", "logging", "backup"}
	c.Impact = privacy.Impact{Status: privacy.ImpactDone, Number: fmt.Sprintf("%02d/ĐGTĐ-%d", 10+len(d.Entry.Name)%80, now.Year()), Date: privacy.Day(now.AddDate(0, -2, 0).Format("2006-01-02"))}
	c.Officer = privacy.Officer{Name: who.Name, Position: "Đầu mối dữ liệu", Contact: "0214.000.0000"}
	return c
}
