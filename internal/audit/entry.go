package audit

// Entry is what a service says about a change it makes.
type Entry struct {
	Actor      Actor
	Channel    string // ChannelScreen when empty
	Event      string // "grant.create": slice noun and verb
	Subject    string // what was changed, "access.grant/0191…"
	Agency     string // code of the agency that owns the subject
	Dataset    string
	Connection string
	Grant      string
	RequestNo  string
	RequestID  string // of the HTTP request that asked for it
	Reason     string
	Detail     map[string]string // what else there is to know; never personal values
	State      any               // the subject as the change leaves it, where its keeper cannot read it yet (see Log.Keep)
}

func (e Entry) record() *Record {
	channel := e.Channel
	if channel == "" {
		channel = ChannelScreen
	}
	return &Record{
		Kind: KindChange, Request: e.RequestID, Channel: channel, Event: e.Event, Actor: e.Actor, Subject: e.Subject, Reason: e.Reason, Detail: e.Detail,
		Target: Target{Owner: e.Agency, Dataset: e.Dataset, Connection: e.Connection, Grant: e.Grant, RequestNo: e.RequestNo},
	}
}
