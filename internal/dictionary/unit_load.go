package dictionary

import (
	"bytes"
	"embed"
	"encoding/csv"
	"fmt"
	"strings"
)

//go:embed data/communes.csv data/provinces.csv data/predecessors.csv data/corrections.csv
var unitFiles embed.FS

// UnitFile gives one of the embedded unit tables as it is delivered: "communes.csv" or "provinces.csv".
func UnitFile(name string) ([]byte, error) {
	b, err := unitFiles.ReadFile("data/" + name)
	if err != nil {
		return nil, fmt.Errorf("read the table of units %s: %w", name, err)
	}
	return b, nil
}

// LoadUnits reads the embedded tables of administrative units.
func LoadUnits() (*Units, error) {
	corrections, err := readTable("corrections.csv", "code", "official_full_name", "alias")
	if err != nil {
		return nil, err
	}
	official := make(map[string][2]string, len(corrections))
	for _, r := range corrections {
		official[r[0]] = [2]string{r[1], r[2]}
	}
	u := &Units{communes: map[string][]Unit{}, provinces: map[string][]Unit{}}
	if err := u.loadFormer(); err != nil {
		return nil, err
	}
	provinces, err := readTable("provinces.csv", "code", "name", "full_name")
	if err != nil {
		return nil, err
	}
	for _, r := range provinces {
		kind := strings.TrimSpace(strings.TrimSuffix(r[2], r[1]))
		unit := correct(Unit{Code: r[0], Name: r[1], FullName: r[2], Kind: kind, From: MergerDay}, official)
		u.provinces[r[0]] = append(u.provinces[r[0]], unit)
	}
	communes, err := readTable("communes.csv", "code", "name", "full_name", "kind", "province_code")
	if err != nil {
		return nil, err
	}
	for _, r := range communes {
		unit := correct(Unit{Code: r[0], Name: r[1], FullName: r[2], Kind: r[3], Province: r[4], From: MergerDay}, official)
		u.communes[r[0]] = append(u.communes[r[0]], unit)
	}
	return u, nil
}

// loadFormer reads the communes of the two provinces that became today's Lào Cai.
func (u *Units) loadFormer() error {
	former, err := readTable("predecessors.csv", "code", "name", "full_name", "kind", "province_code", "merged_into")
	if err != nil {
		return err
	}
	last := MergerDay - 1
	for _, r := range former {
		unit := Unit{Code: r[0], Name: r[1], FullName: r[2], Kind: r[3], Province: r[4], To: last, mergedInto: r[5]}
		u.communes[r[0]] = append(u.communes[r[0]], unit)
	}
	for code, name := range map[string]string{"10": "Lào Cai", "15": "Yên Bái"} {
		u.provinces[code] = append(u.provinces[code], Unit{Code: code, Name: name, FullName: "Tỉnh " + name, Kind: "Tỉnh", To: last, mergedInto: "15"})
	}
	return nil
}

// correct gives a unit its official spelling and keeps the delivered one as an alias.
func correct(unit Unit, official map[string][2]string) Unit {
	if c, ok := official[unit.Code]; ok {
		unit.FullName = c[0]
		unit.Name = strings.TrimPrefix(c[0], unit.Kind+" ")
		unit.Aliases = append(unit.Aliases, c[1])
	}
	return unit
}

// readTable reads the named columns of an embedded table.
func readTable(name string, columns ...string) ([][]string, error) {
	b, err := unitFiles.ReadFile("data/" + name)
	if err != nil {
		return nil, fmt.Errorf("read the table of units %s: %w", name, err)
	}
	records, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read the table of units %s: %w", name, err)
	}
	places := make([]int, len(columns))
	for i, want := range columns {
		places[i] = -1
		for j, have := range records[0] {
			if have == want {
				places[i] = j
			}
		}
		if places[i] < 0 {
			return nil, fmt.Errorf("read the table of units %s: no column %s", name, want)
		}
	}
	rows := make([][]string, 0, len(records)-1)
	for _, r := range records[1:] {
		row := make([]string, len(columns))
		for i, p := range places {
			row[i] = r[p]
		}
		rows = append(rows, row)
	}
	return rows, nil
}
