package dictionary

// Class is the protection class of Điều 6.2, from the least to the most protected.
type Class string

const (
	Normal            Class = "normal"
	InternalUse       Class = "internal"
	BasicPersonal     Class = "basic_personal"
	SensitivePersonal Class = "sensitive_personal"
	Important         Class = "important"
	Core              Class = "core"
)

// Classes lists them in order of protection.
func Classes() []Class {
	return []Class{Normal, InternalUse, BasicPersonal, SensitivePersonal, Important, Core}
}

// Rank orders the classes; -1 for an unknown one.
func (c Class) Rank() int {
	for i, k := range Classes() {
		if k == c {
			return i
		}
	}
	return -1
}

// Valid reports whether the class is one of the six.
func (c Class) Valid() bool { return c.Rank() >= 0 }

// Personal reports whether the class marks data about a person.
func (c Class) Personal() bool { return c == BasicPersonal || c == SensitivePersonal }

// Masked reports whether a value of this class is hidden from a reader whose grant does not say otherwise.
func (c Class) Masked() bool { return c.Rank() >= BasicPersonal.Rank() }

// Above gives the more protected of the two.
func (c Class) Above(other Class) Class {
	if other.Rank() > c.Rank() {
		return other
	}
	return c
}

// Numbers of distinct persons from which citizen data that is not yet public becomes important or core data
// (QĐ 20/2025/QĐ-TTg).
const (
	basicImportant     = 100_000
	basicCore          = 1_000_000
	sensitiveImportant = 10_000
	sensitiveCore      = 100_000
)

// SuggestClass proposes the class of a dataset from the classes of its fields and the number of distinct persons in it
// (0: not counted). A person confirms it.
func SuggestClass(fields []Class, persons int64) Class {
	highest, personal := Normal, Normal
	for _, c := range fields {
		highest = highest.Above(c)
		if c.Personal() {
			personal = personal.Above(c)
		}
	}
	switch {
	case personal == SensitivePersonal && persons >= sensitiveCore, personal == BasicPersonal && persons >= basicCore:
		return highest.Above(Core)
	case personal == SensitivePersonal && persons >= sensitiveImportant, personal == BasicPersonal && persons >= basicImportant:
		return highest.Above(Important)
	}
	return highest
}
