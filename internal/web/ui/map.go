package ui

// MapProps is a map of areas, each coloured by one of five steps and named, with the same figures in a table for those
// who do not see it.
type MapProps struct {
	Title   string
	Text    string // what the map shows, in a sentence
	ViewBox string
	Areas   []MapArea
	Key     []MapStep
}

// MapArea is one area. Step 0 has no figure; 1 to 5 go from light to dark.
type MapArea struct {
	Name    string
	Text    string // its figure as people read it
	Path    string
	Outline string
	Step    int
}

// MapStep explains one colour of the map.
type MapStep struct {
	Step  int
	Label string
}

func stepClass(step int) string {
	return [...]string{"map--0", "map--1", "map--2", "map--3", "map--4", "map--5"}[min(max(step, 0), 5)]
}

func (a MapArea) label() string {
	if a.Text == "" {
		return a.Name
	}
	return a.Name + ": " + a.Text
}
