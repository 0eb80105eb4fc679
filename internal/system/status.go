package system

import (
	"time"
)

// Status is how a system is connected, as traffic shows it (Điều 8.3a). Nobody can type it in.
type Status string

// The statuses.
const (
	NotConnected Status = "not_connected" // no call ever succeeded and nothing is being set up
	Testing      Status = "testing"       // a connection or service is there, and no call in earnest has succeeded yet
	Connected    Status = "connected"     // a call succeeded within IdleAfter
	Idle         Status = "idle"          // the last success is older
	Disconnected Status = "disconnected"  // it took part, and its ways were suspended or ended since
)

// Statuses in the order of the page.
func Statuses() []Status { return []Status{Connected, Idle, Testing, Disconnected, NotConnected} }

// IdleAfter is parameter D15: without a success for so long a connection is idle.
const IdleAfter = 30 * 24 * time.Hour

// Traffic is what others know of a system's part in the sharing of data.
type Traffic struct {
	LastAt  time.Time // last success; zero when there was none
	Way     string    // calls, serves or delivers
	Open    int       // live connections, active services and accounts that deliver
	Trying  int       // connections being set up, tested or accepted
	Closed  int       // connections that were live and are suspended or ended
	Listed  string    // decision that issued the list of mandatory systems in force with it; empty when it is in none
	Uses    []string  // datasets that it may use by live connections
	Serving []string  // services that it provides
}

// StatusOf tells the status that traffic shows at the moment.
func StatusOf(t Traffic, suspended bool, now time.Time) Status {
	switch {
	case t.LastAt.IsZero() && t.Open+t.Trying > 0 && !suspended:
		return Testing
	case t.LastAt.IsZero():
		return NotConnected
	case suspended || t.Open == 0 && t.Trying == 0:
		return Disconnected
	case t.Open == 0:
		return Testing
	case now.Sub(t.LastAt) > IdleAfter:
		return Idle
	}
	return Connected
}

// Need is what a listed system's agency owes while the system is not connected.
type Need string

// What is owed.
const (
	NeedNothing Need = ""
	NeedPlan    Need = "plan"    // say by when and how it will be connected
	NeedOverdue Need = "overdue" // the day that the plan named has passed
)

// needOf tells what is owed for a system.
func needOf(listed bool, s Status, p *Plan, now time.Time) Need {
	switch {
	case !listed || s == Connected || s == Idle:
		return NeedNothing
	case p != nil && !now.Before(p.TargetAt.AddDate(0, 0, 1)): // the whole day counts
		return NeedOverdue
	case p == nil && s != Testing:
		return NeedPlan
	}
	return NeedNothing
}

// Plan says by when and how a system that is not connected will be (Điều 8.6b, 29.3).
type Plan struct {
	TargetAt  time.Time `json:"target_at" doc:"First moment, in Viet Nam, of the day by which it will be connected"`
	Steps     string    `json:"steps" doc:"What will be done"`
	Obstacles string    `json:"obstacles,omitempty" doc:"What stands in the way, and what is asked for"`
	SetBy     string    `json:"set_by"`
	SetName   string    `json:"set_name"`
	SetAt     time.Time `json:"set_at"`
	Revision  int64     `json:"revision" history:"quiet"`
}

// Standing is a system with what traffic shows of it.
type Standing struct {
	System
	Status      Status    `json:"status" enum:"not_connected,testing,connected,idle,disconnected"`
	Since       time.Time `json:"status_since" doc:"When the status was first seen"`
	LastSuccess time.Time `json:"last_success,omitzero" doc:"Last successful call or delivery"`
	LastWay     string    `json:"last_way,omitempty" enum:"calls,serves,delivers" doc:"What the last success was"`
	Listed      string    `json:"listed,omitempty" doc:"Decision of the list of mandatory systems in force with it"`
	Need        Need      `json:"need,omitempty" enum:"plan,overdue" doc:"What its agency owes: a plan, or the connection that its plan promised"`
	Plan        *Plan     `json:"plan,omitempty"`
}

// DayCount is how many systems had a status at the end of a day.
type DayCount struct {
	Day    string         `json:"day" example:"2026-11-24"`
	Number map[Status]int `json:"number"`
}
