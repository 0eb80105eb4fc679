package catalogweb

import (
	"strings"

	"lienthong/internal/catalog"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

// missingList says what a draft still lacks before it can be registered; each line leads to the field where it is filled in.
func missingList(t ui.T, d catalog.Dataset, missing []*fault.Fault) []templ.Component {
	if !d.State.Editable() {
		return nil
	}
	if len(missing) == 0 {
		return []templ.Component{ui.Alert(ui.Note{Tone: ui.Good, Title: t("catalog.complete"), Text: t("catalog.complete_text")})}
	}
	items := make([]ui.Action, 0, len(missing))
	for _, f := range missing {
		items = append(items, ui.Action{Label: t(f.Code, f.Args...), Path: whereToFill(d, f.Field, f.Code)})
	}
	return []templ.Component{todo(t("catalog.missing", i18n.Number(int64(len(missing)))), items)}
}

// whereToFill is the field of the page on which a fault of the registration is corrected.
func whereToFill(d catalog.Dataset, field, code string) string {
	switch {
	case code == "catalog.class_below_suggestion":
		return path(d.Code) + "/classification"
	case field == "schema" || field == "fields":
		return path(d.Code) + "/schema"
	}
	return path(d.Code) + "/edit#f-" + field
}

// differences shows what somebody else saved meanwhile beside what was typed here, where they are not the same.
func differences(t ui.T, in datasetForm, d catalog.Dataset) []templ.Component {
	props := ui.TableProps{
		Caption: t("catalog.two_versions"), Columns: []ui.Column{{Label: t("catalog.field_what")}, {Label: t("catalog.stored_now")}, {Label: t("catalog.you_typed")}},
		Empty: ui.Empty{Icon: ui.IconDone, Title: t("catalog.two_alike")},
	}
	row := func(label, stored, typed string) {
		if strings.TrimSpace(stored) != strings.TrimSpace(typed) {
			props.Rows = append(props.Rows, ui.Cells(ui.Text(t(label)), ui.Text(dash(stored)), ui.Text(dash(typed))))
		}
	}
	say := func(prefix, code string) string { return word(t, prefix, code) }
	row("catalog.name", d.Name, in.Name)
	row("catalog.description", d.Description, in.Description)
	row("catalog.sharing_purposes", strings.Join(d.Sharing.Purposes, ", "), strings.Join(in.Purposes, ", "))
	row("catalog.sharing_fields", strings.Join(d.Sharing.Fields, ", "), strings.Join(in.Fields, ", "))
	row("catalog.method", say("catalog.method.", string(d.Method)), say("catalog.method.", in.Method))
	row("catalog.method_reason", d.MethodReason, in.Reason)
	row("catalog.automate_by", d.AutomateBy.String(), in.AutomateBy)
	row("catalog.frequency", say("catalog.frequency.", string(d.Frequency)), say("catalog.frequency.", in.Frequency))
	row("catalog.max_delay", i18n.Number(int64(d.MaxDelay)), i18n.Number(in.MaxDelay))
	row("catalog.formats", strings.Join(d.Formats, ", "), strings.Join(in.Formats, ", "))
	row("catalog.standards", strings.Join(d.Standards, "; "), strings.Join(splitLines(in.Standards), "; "))
	row("catalog.legal_basis", d.LegalBasis, in.LegalBasis)
	row("catalog.form", say("catalog.form.", string(d.Form)), say("catalog.form.", in.Form))
	row("catalog.nature", say("catalog.nature.", string(d.Classification.Nature)), say("catalog.nature.", in.Nature))
	row("catalog.scope", say("catalog.scope.", string(d.Classification.Scope)), say("catalog.scope.", in.Scope))
	row("catalog.class", say("catalog.class.", string(d.Class)), say("catalog.class.", in.Class))
	row("catalog.persons", i18n.Number(d.Persons), i18n.Number(in.Persons))
	row("catalog.official_system", d.OfficialSystem, in.System)
	return []templ.Component{ui.Alert(ui.Note{Tone: ui.Warn, Title: t("catalog.two_versions"), Text: t("catalog.two_versions_text")}), ui.Table(props)}
}
