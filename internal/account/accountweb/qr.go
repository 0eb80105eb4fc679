package accountweb

import (
	"fmt"
	"strings"

	"rsc.io/qr"
)

// quiet is the white margin that readers of QR codes need, in modules.
const quiet = 4

// qrImage is a QR code as one path of an SVG, so that the page needs no picture from anywhere.
type qrImage struct {
	Box  string // of the view
	Path string
}

func newQR(text string) (qrImage, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return qrImage{}, fmt.Errorf("draw the address for authenticator apps: %w", err)
	}
	var path strings.Builder
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			run := 0
			for code.Black(x+run, y) {
				run++
			}
			if run > 0 {
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", x+quiet, y+quiet, run, run)
				x += run
			}
		}
	}
	side := code.Size + 2*quiet
	return qrImage{fmt.Sprintf("0 0 %d %d", side, side), path.String()}, nil
}
