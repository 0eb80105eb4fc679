// Package geomap turns the boundaries of a province's communes into outlines that a page can draw.
//
// Owns: reading GeoJSON, the flat projection, the outlines.
// Does not own: what the map shows (the page's figures), names and codes in force (dictionary).
//
// Invariants:
//  1. Which province is drawn is data: a GeoJSON file with code and name of each commune.
//  2. Two communes that share a border share its points, so no gap appears between them.
//
// Start reading at Load.
package geomap

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

//go:embed data/communes-15.geojson
var shipped []byte

// width of the drawing in its own units; a unit is then about 170 m in Lào Cai, finer than a screen shows.
const width = 1000

// Map is a drawing of communes.
type Map struct {
	ViewBox string
	Areas   []Area
}

// Area is one commune: its code, its name and its outline as an SVG path.
type Area struct {
	Code, Name, Outline string
}

// Shipped is the map of the province whose profile ships with the program.
func Shipped() (*Map, error) { return Load(bytes.NewReader(shipped)) }

type collection struct {
	Features []struct {
		Geometry   geometry `json:"geometry"`
		Properties struct {
			Code string `json:"code"`
			Name string `json:"name"`
		} `json:"properties"`
	} `json:"features"`
}

type geometry struct {
	Type        string          `json:"type"`
	Coordinates json.RawMessage `json:"coordinates"`
}

type ring [][2]float64

// polygons reads a Polygon or a MultiPolygon.
func (g geometry) polygons() ([][]ring, error) {
	switch g.Type {
	case "Polygon":
		var p []ring
		err := json.Unmarshal(g.Coordinates, &p)
		return [][]ring{p}, err
	case "MultiPolygon":
		var p [][]ring
		err := json.Unmarshal(g.Coordinates, &p)
		return p, err
	}
	return nil, fmt.Errorf("geometry %q is not drawn", g.Type)
}

// Load reads the boundaries of communes in WGS 84.
func Load(r io.Reader) (*Map, error) {
	var file collection
	if err := json.NewDecoder(r).Decode(&file); err != nil {
		return nil, fmt.Errorf("read map: %w", err)
	}
	shapes := make([][]ring, len(file.Features))
	box := newBounds()
	for i, f := range file.Features {
		polygons, err := f.Geometry.polygons()
		if err != nil {
			return nil, fmt.Errorf("read map, commune %s: %w", f.Properties.Code, err)
		}
		for _, rings := range polygons {
			for _, one := range rings {
				box.add(one)
			}
			shapes[i] = append(shapes[i], rings...)
		}
	}
	if len(shapes) == 0 || box.east <= box.west || box.north <= box.south {
		return nil, fmt.Errorf("read map: it shows no area")
	}
	p := box.projection()
	m := &Map{ViewBox: fmt.Sprintf("0 0 %d %d", width, p.height())}
	for i, f := range file.Features {
		m.Areas = append(m.Areas, Area{Code: f.Properties.Code, Name: f.Properties.Name, Outline: p.outline(shapes[i])})
	}
	return m, nil
}

type bounds struct{ west, south, east, north float64 }

func newBounds() bounds { return bounds{west: 180, south: 90, east: -180, north: -90} }

func (b *bounds) add(r ring) {
	for _, p := range r {
		b.west, b.east = min(b.west, p[0]), max(b.east, p[0])
		b.south, b.north = min(b.south, p[1]), max(b.north, p[1])
	}
}

// projection is flat, true to scale along the middle latitude: over one province nobody sees the difference.
func (b bounds) projection() projection {
	squeeze := math.Cos((b.north + b.south) / 2 * math.Pi / 180)
	return projection{bounds: b, x: width / (b.east - b.west), y: width / (b.east - b.west) / squeeze}
}

type projection struct {
	bounds
	x, y float64
}

func (p projection) height() int { return int(math.Ceil((p.north - p.south) * p.y)) }

// outline writes whole units and steps between them, which is a third of the size of plain coordinates. Rounding each
// point by itself upholds invariant 2.
func (p projection) outline(rings []ring) string {
	var b strings.Builder
	for _, r := range rings {
		lastX, lastY := 0, 0
		for i, point := range r {
			x, y := int(math.Round((point[0]-p.west)*p.x)), int(math.Round((p.north-point[1])*p.y))
			switch {
			case i == 0:
				b.WriteString("M" + strconv.Itoa(x) + " " + strconv.Itoa(y) + "l")
			case x == lastX && y == lastY:
				continue
			default:
				step(&b, x-lastX)
				step(&b, y-lastY)
			}
			lastX, lastY = x, y
		}
		b.WriteByte('z')
	}
	return b.String()
}

// step leaves out the space where a sign separates two numbers.
func step(b *strings.Builder, n int) {
	s := b.String()
	if n >= 0 && s[len(s)-1] != 'l' {
		b.WriteByte(' ')
	}
	b.WriteString(strconv.Itoa(n))
}
