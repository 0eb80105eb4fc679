package sheet

// Confine lets a test look at what is left to a confined process.
var Confine = confine
