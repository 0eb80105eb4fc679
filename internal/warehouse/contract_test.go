package warehouse_test

import (
	"testing"

	"lienthong/internal/access"
	"lienthong/internal/warehouse/warehousetest"
)

func TestContract(t *testing.T) { warehousetest.Contract(t, warehousetest.Plain{}, access.Issue) }
