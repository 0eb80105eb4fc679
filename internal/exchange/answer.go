package exchange

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"lienthong/internal/exchange/filter"
	"lienthong/internal/kit/fault"
)

// answerPage writes {"dataset","version","data_time","records":[…],"next"}. There is no total: how many rows lie
// outside the grant is nobody's business.
func (c *call) answerPage(page Page, next string) error {
	columns := c.permit.Columns()
	names := make([][]byte, len(columns))
	for i, col := range columns {
		names[i] = append(filter.AppendString(nil, col.Out()), ':')
	}
	b := c.buffer()
	defer c.release(&b)
	b = append(b, `{"dataset":`...)
	b = filter.AppendString(b, c.ask.Dataset)
	b = append(b, `,"version":`...)
	b = strconv.AppendInt(b, page.Version, 10)
	if !page.DataTime.IsZero() {
		b = append(b, `,"data_time":"`...)
		b = page.DataTime.UTC().AppendFormat(b, time.RFC3339)
		b = append(b, '"')
	}
	b = append(b, `,"records":[`...)
	for i, row := range page.Rows {
		if len(row) != len(columns) { // invariant 4: a reader that answers another shape answers nothing
			return fmt.Errorf("read page of %s: a row has %d values for %d columns", c.ask.Dataset, len(row), len(columns))
		}
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '{')
		for j, v := range row {
			if j > 0 {
				b = append(b, ',')
			}
			var err error
			if b, err = appendValue(append(b, names[j]...), v); err != nil {
				return fmt.Errorf("write column %s: %w", columns[j].Name, err)
			}
		}
		b = append(b, '}')
	}
	b = append(b, ']')
	if next != "" {
		b = append(b, `,"next":`...)
		b = filter.AppendString(b, next)
	}
	b = append(b, '}')
	c.out.Records, c.out.Persons, c.out.Subjects = int64(len(page.Rows)), int64(len(page.Subjects)), page.Subjects
	c.write(http.StatusOK, b)
	return nil
}

func appendValue(b []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...), nil
	case string:
		return filter.AppendString(b, v), nil
	case bool:
		return strconv.AppendBool(b, v), nil
	case int64:
		return strconv.AppendInt(b, v, 10), nil
	case int:
		return strconv.AppendInt(b, int64(v), 10), nil
	case json.Number:
		return append(b, v...), nil
	case time.Time:
		return filter.AppendString(b, v.Format(time.RFC3339)), nil
	}
	text, err := json.Marshal(v)
	return append(b, text...), err
}

func (c *call) buffer() []byte {
	if b, ok := c.s.buffers.Get().(*[]byte); ok {
		return (*b)[:0]
	}
	return make([]byte, 0, 8<<10)
}

func (c *call) release(b *[]byte) {
	if cap(*b) <= 256<<10 {
		c.s.buffers.Put(b)
	}
}

func faultOf(err error) *fault.Fault {
	var f *fault.Fault
	if errors.As(err, &f) {
		return f
	}
	return nil
}
