package world

import (
	"fmt"
	"math/rand/v2"
	"time"

	"lienthong/internal/catalog"
	"lienthong/internal/dictionary"
	"lienthong/internal/system"
)

// Size says how much is made.
type Size struct {
	Households int       // families with children; everything else follows
	Day        time.Time // the world's today: no record is younger
}

// Today is the day on which the demo's data ends unless a size says otherwise.
func Today() time.Time { return day(2026, 10, 31) }

// Small is enough for tests; the planted errors are all there.
func Small() Size { return Size{Households: 600, Day: Today()} }

// Demo is what `lienthong demo` shows.
func Demo() Size { return Size{Households: 4000, Day: Today()} }

// World is one generated province.
type World struct {
	Seed     uint64
	Day      time.Time
	Systems  []SystemSpec
	Accounts []Account
	Elements []dictionary.Element  // of the shared dictionary, beyond the standard ones
	Lists    []dictionary.CodeList // likewise
	Datasets []Dataset
	People   []*Person // everyone who appears in a dataset, in the order of making
	Truth    Truth
}

// SystemSpec is an information system with the approved level that it gets.
type SystemSpec struct {
	system.System
	Level int
}

// Stage is how far the demo takes a registration.
type Stage string

const (
	StageDraft      Stage = "draft"
	StageRegistered Stage = "registered"
	StageReviewed   Stage = "reviewed" // data flows, but in no issued catalogue
	StageApproved   Stage = "approved"
	StageIssued     Stage = "issued" // in the catalogue in force
)

// Dataset is a registration with the files that its owner delivers.
type Dataset struct {
	Entry  catalog.Dataset // without id and state
	Schema catalog.Schema
	Stage  Stage
	Files  []File // the first is the regular delivery; others belong to a story
}

// Code of the dataset.
func (d *Dataset) Code() catalog.Code { return d.Entry.Code }

// Columns are the names of the fields, in order.
func (d *Dataset) Columns() []string {
	names := make([]string, len(d.Schema.Fields))
	for i, f := range d.Schema.Fields {
		names[i] = f.Name
	}
	return names
}

// File is one delivery.
type File struct {
	Name   string
	About  string // which story it belongs to, for files beyond the regular one
	Time   time.Time
	Header []string
	Rows   [][]string
}

// Column is the place of a column, -1 when the file has none of that name.
func (f *File) Column(name string) int {
	for i, h := range f.Header {
		if h == name {
			return i
		}
	}
	return -1
}

// Generate makes the world of a seed.
func Generate(seed uint64, size Size) (*World, error) {
	if size.Households < 100 {
		return nil, fmt.Errorf("a world of %d households is too small for the stories: 100 at least", size.Households)
	}
	units, err := dictionary.LoadUnits()
	if err != nil {
		return nil, err
	}
	m := &maker{
		w: &World{Seed: seed, Day: size.Day}, size: size, taken: map[string]bool{}, places: newPlaces(units),
		rng: rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15)), //nolint:gosec // the same seed must give the same world
	}
	m.w.Systems, m.w.Elements, m.w.Lists = systems(), elements(), lists()
	m.w.Accounts = accounts(seed)
	m.populate()
	for _, fill := range []func() Dataset{
		m.births, m.deaths, m.poor, m.allowances, m.merit, m.parcels, m.schools, m.pupils, m.pupilCounts, m.stations, m.destinations,
		m.insurance, m.gauges, m.roads, m.beds,
	} {
		m.w.Datasets = append(m.w.Datasets, fill())
	}
	m.w.Datasets = append(m.w.Datasets, m.registrations()...)
	return m.w, nil
}

// Dataset finds a dataset by code; nil when the world has none.
func (w *World) Dataset(code catalog.Code) *Dataset {
	for i := range w.Datasets {
		if w.Datasets[i].Entry.Code == code {
			return &w.Datasets[i]
		}
	}
	return nil
}

// maker holds what the parts of a generation share.
type maker struct {
	rng    *rand.Rand
	w      *World
	size   Size
	taken  map[string]bool // identifiers
	places *places

	households []*household
	elders     []*Person // alive, without a household here: the lists draw from them
	dead       []*Person // on no list
	schoolsOf  map[string][]*school
	seq        int
}

func day(y, m, d int) time.Time { return time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC) }

func date(t time.Time) string { return t.Format(time.DateOnly) }

// moment writes when a record was last changed at its source, in Viet Nam's time.
func moment(t time.Time) string { return t.Format("2006-01-02T15:04:05") + "+07:00" }

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// between is a day from the first to the last, both included.
func (m *maker) between(first, last time.Time) time.Time {
	days := int(last.Sub(first).Hours() / 24)
	if days <= 0 {
		return first
	}
	return first.AddDate(0, 0, m.rng.IntN(days+1))
}

// office is a moment of a working day's hours on the day.
func (m *maker) office(t time.Time) time.Time {
	return t.Add(time.Duration(7*3600+m.rng.IntN(10*3600)) * time.Second)
}

// number is a running number within the world.
func (m *maker) number() int { m.seq++; return m.seq }

func (m *maker) chance(percent int) bool { return m.rng.IntN(100) < percent }
