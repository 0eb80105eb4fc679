package ui

import (
	"lienthong/internal/kit/i18n"

	"github.com/a-h/templ"
)

// Site is what the installation is called. It comes from the province's profile, never from code.
type Site struct {
	Name  i18n.Text // "Liên thông"
	Title i18n.Text // "Nền tảng dữ liệu số tỉnh Lào Cai"
	Owner i18n.Text // who runs it, for the foot of the page
	Demo  bool      // says on every page that the data is fictional

	DemoPath string // page with the sign-ins of the demonstration
}

// Assets are the addresses of the built files.
type Assets struct{ Style, Script, Icon, FontRegular, FontBold string }

// Person is who has signed in, as the head of the page shows it.
type Person struct{ Name, Agency, Role string }

// MenuGroup is a heading of the menu with its entries.
type MenuGroup struct {
	Label string
	Items []MenuItem
}

// MenuItem is one page of the menu.
type MenuItem struct {
	Label   string
	Path    string
	Icon    Icon
	Current bool
}

// Crumb is one step of the way to a page; the last has no path.
type Crumb struct{ Label, Path string }

// Frame is everything around the content of a page.
type Frame struct {
	Site     Site
	Assets   Assets
	Lang     i18n.Lang
	Title    string
	Menu     []MenuGroup
	Crumbs   []Crumb
	Tabs     []Tab   // views of the thing that the page shows
	Person   *Person // nil while nobody has signed in
	ViPath   string  // this page in Vietnamese
	EnPath   string  // this page in English
	Bare     bool    // without menu: sign-in and set-up
	Narrow   bool    // text and forms, not tables
	Body     templ.Component
	SignIn   string // path of the sign-in page, when there is one to offer
	SignOut  string
	MyPage   string
	HomePath string
}

func (f Frame) say(t i18n.Text) string {
	if f.Lang == i18n.En && t.En != "" {
		return t.En
	}
	return t.Vi
}

func (f Frame) pageTitle() string {
	if f.Title == "" {
		return f.say(f.Site.Name) + " · " + f.say(f.Site.Title)
	}
	return f.Title + " · " + f.say(f.Site.Name)
}

// initials are the letters in the round sign of an account: the first of the family name and of the given name.
func (p Person) initials() string {
	words := fields(p.Name)
	switch len(words) {
	case 0:
		return "?"
	case 1:
		return upperFirst(words[0])
	}
	return upperFirst(words[0]) + upperFirst(words[len(words)-1])
}
