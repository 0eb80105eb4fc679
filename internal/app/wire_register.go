package app

import (
	"context"

	"lienthong/internal/access"
	"lienthong/internal/agency"
	"lienthong/internal/catalog"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/task"
	"lienthong/internal/warehouse"
)

// useRegister ties the register of datasets to what it asks of others.
func (a *App) useRegister() {
	a.catalog.UseHoldings(holdings{a.warehouse})
	a.catalog.UsePapers(a.papers)
	a.catalog.OnChange(a.datasetChanged)
	a.catalog.NameOwners(func(ctx context.Context) (map[string]string, error) {
		all, err := a.agency.List(ctx, agency.Filter{})
		names := make(map[string]string, len(all))
		for _, x := range all {
			names[x.Code] = x.Name
		}
		return names, err
	})
	a.catalog.UsePurposes(func(ctx context.Context) ([]string, error) {
		all, err := a.access.Purposes(ctx)
		var codes []string
		for _, p := range all {
			codes = append(codes, p.Code)
		}
		return codes, err
	})
}

// holdings tell the register what the warehouse holds.
type holdings struct{ *warehouse.Service }

func (h holdings) Holding(ctx context.Context, dataset catalog.Code) (catalog.Holding, bool, error) {
	v, err := h.Current(ctx, string(dataset))
	if fault.Is(err, "warehouse.no_version") {
		return catalog.Holding{}, false, nil
	}
	return catalog.Holding{Version: v.Number, SourceTime: v.Provenance.SourceTime, Persons: v.Persons()}, err == nil, err
}

func (h holdings) Holdings(ctx context.Context) (map[catalog.Code]catalog.Holding, error) {
	all, err := h.Latest(ctx)
	out := make(map[catalog.Code]catalog.Holding, len(all))
	for code, x := range all {
		out[catalog.Code(code)] = catalog.Holding{Version: x.Number, SourceTime: x.SourceTime, Persons: x.Persons}
	}
	return out, err
}

// What somebody must do about a dataset, in working days.
const (
	reviewDays   = 5
	completeDays = 5
	confirmDays  = 3
	classifyDays = 10
)

// datasetChanged keeps the inbox true: who must review, complete, classify or confirm, in the transaction of the change.
func (a *App) datasetChanged(ctx context.Context, q controldb.Querier, before, after catalog.Dataset) error {
	subject, path := "catalog.dataset/"+string(after.Code), "/catalog/"+string(after.Code)
	for _, t := range []struct {
		was, is bool
		task    task.Task
	}{
		{before.State == catalog.Registered, after.State == catalog.Registered, task.Task{
			Kind: "catalog.review", Agency: a.conf.Operator, Role: access.OpAppraiser, Path: path, TitleKey: "catalog.task.review", WorkingDays: reviewDays}},
		{before.State == catalog.Returned, after.State == catalog.Returned, task.Task{
			Kind: "catalog.complete", Agency: after.Owner, Role: access.Steward, Path: path, TitleKey: "catalog.task.complete", WorkingDays: completeDays}},
		{before.Proposal != nil, after.Proposal != nil, task.Task{
			Kind: "catalog.confirm", Agency: a.conf.Operator, Role: access.OpAppraiser, Path: path + "/classification", TitleKey: "catalog.task.confirm", WorkingDays: confirmDays}},
		{before.LabelsAsked, after.LabelsAsked, task.Task{
			Kind: "catalog.classify", Agency: after.Owner, Role: access.Steward, Path: path + "/classification", TitleKey: "catalog.task.classify", WorkingDays: classifyDays}},
	} {
		t.task.Subject, t.task.TitleArgs = subject, []string{string(after.Code)}
		var err error
		switch {
		case t.is && !t.was:
			err = a.task.Open(ctx, q, t.task)
		case t.was && !t.is:
			err = a.task.Done(ctx, q, t.task.Kind, subject)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// registerMessages are the titles of the tasks about datasets.
var registerMessages = i18n.Messages{
	"catalog.task.review":   {Vi: "Rà soát đăng ký tập dữ liệu {0}", En: "Review the registration of {0}"},
	"catalog.task.complete": {Vi: "Hoàn thiện hồ sơ tập dữ liệu {0} bị trả lại", En: "Complete the registration of {0} that came back"},
	"catalog.task.confirm":  {Vi: "Xác nhận đề nghị phân loại tập dữ liệu {0}", En: "Decide the proposed classification of {0}"},
	"catalog.task.classify": {Vi: "Phân loại tập dữ liệu {0}", En: "Classify the dataset {0}"},
}
