// Package clock is time as the program sees it: an injected source of "now" and the working days of Viet Nam.
//
// Owns: the source of now, shifting it in a demonstration, counting in working days.
// Does not own: how a date is shown (kit/i18n), which deadline a process has (each slice).
//
// Invariants:
//  1. Now is UTC. Days are counted on the wall clock of Viet Nam, +07:00 all year.
//  2. A year without calendar data is refused, never guessed: Tết moves and the swapped days are decided year by year.
//  3. The calendar is data (vn.json or a file of the same form); no rule about a feast stands in code.
//
// Start reading at Calendar.AddWorkingDays.
package clock
