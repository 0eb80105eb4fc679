package world

// Truth says what was planted, so that checks can compare what the platform finds with what is there. The numbers are
// those of the stories.
type Truth struct {
	Family  Family
	Lists   Reconciliation
	Land    Land
	Open    Open
	Breach  Breach
	YearEnd YearEnd
}

// Family is the one of story 1; it is the same in every world.
type Family struct {
	Mother, Child *Person
	Household     string // code of the household in ho-ngheo
	School        string // code of the boarding school
	Commune       string // 02701 Xã Y Tý
}

// Reconciliation is what story 2 finds between deaths and the two lists.
type Reconciliation struct {
	Compared   int      // records of both lists
	Dead       []string // identifiers of people who are recorded dead and still on a list
	BirthYear  []string // identifiers on a list whose year of birth differs from the death record's
	Short      []string // identifiers on a list with eleven digits
	Alive      string   // one of Dead: the death record carries a wrong identifier
	AliveName  string
	AliveAt    string // commune, 02839 Xã Bắc Hà
	InTroCap   int    // how many of the records are on the allowance list
	WrongDeath string // number of the wrong death record
}

// Errors is the number of records to correct.
func (r Reconciliation) Errors() int { return len(r.Dead) + len(r.BirthYear) + len(r.Short) }

// Land is what story 3 needs.
type Land struct {
	Historic  int // parcels in the regular file with code 02671 and a date before the merger: old Phường Nam Cường
	Undated   int // rows of the undated file, all with code 02671
	Parcels24 int // parcels in the file of 2024, with the communes of that time
	AreaDm24  int // their area, in hundredths of a square metre; the same parcels in 2026 have the same
}

// Open is what the privacy gate of story 5 must find.
type Open struct {
	NotesWithPhone int // notes of schools with a telephone number
	NotesWithID    int // notes of schools with a personal identifier
	SmallCells     int // cells of 1 to 4 pupils by hamlet and people
	Cells          int
	WrongStation   string // health station whose coordinate lies elsewhere
	PhoneColumn    string // column that appears in the station file of the next month
}

// Breach is the block of identifiers that story 6 reads one after another.
type Breach struct {
	First   string // first identifier of the block
	Block   int    // length of the block
	Persons int    // of which this many exist
	Canary  string // one of them, whom nobody asks for in earnest
}

// YearEnd are the counts of story 7's poor-household file.
type YearEnd struct {
	Rows, MandatoryCells, EmptyCells, CheckedCells, InvalidCells int
}
