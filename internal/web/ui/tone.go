package ui

// Tone is how a state feels. A component shows it by an icon of its own beside the word, and only then by colour.
type Tone string

// The tones, each with its icon.
const (
	Neutral Tone = "neutral" // a fact
	Info    Tone = "info"    // under way
	Good    Tone = "good"    // reached
	Warn    Tone = "warn"    // needs attention
	Bad     Tone = "bad"     // failed or refused
)

func (t Tone) icon() Icon {
	switch t {
	case Info:
		return IconWaiting
	case Good:
		return IconSuccess
	case Warn:
		return IconWarning
	case Bad:
		return IconFailure
	}
	return IconTodo
}

// State is a status in words, with its tone.
type State struct {
	Label string
	Tone  Tone
	Icon  Icon // instead of the tone's icon
}

func (s State) icon() Icon {
	if s.Icon != "" {
		return s.Icon
	}
	return s.Tone.icon()
}

func toneClass(base string, t Tone) string {
	if t == "" {
		t = Neutral
	}
	return base + " " + base + "--" + string(t)
}

// alertIcon is the icon of a message, where Info tells something rather than waits.
func (s State) alertIcon() Icon {
	if s.Tone == Info || s.Tone == Neutral || s.Tone == "" {
		return IconInfo
	}
	return s.Tone.icon()
}
