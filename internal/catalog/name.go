package catalog

import (
	"strings"

	"lienthong/internal/kit/vitext"
)

// FieldName is the name of a field for a column as people write it: "Mã xã" becomes ma_xa. It is empty when nothing of the
// text can stand in a name.
func FieldName(column string) string {
	name := strings.ReplaceAll(vitext.Slug(column), "-", "_")
	if name != "" && name[0] >= '0' && name[0] <= '9' {
		name = "f_" + name
	}
	return name[:min(len(name), 63)]
}
