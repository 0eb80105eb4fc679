package sheet

// Confine lets a test look at what is left to a confined process, and OutOfMemory at how it says that memory is short.
var (
	Confine     = confine
	OutOfMemory = outOfMemory
)
