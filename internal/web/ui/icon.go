package ui

// Icon is one of Tabler's outline icons, drawn in the colour of the text beside it. It never stands alone for a meaning.
type Icon string

// Known reports that the icon can be drawn.
func (i Icon) Known() bool { _, ok := outlines[i]; return ok }
