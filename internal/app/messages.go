package app

import (
	"lienthong/internal/access"
	"lienthong/internal/access/accessweb"
	"lienthong/internal/account"
	"lienthong/internal/account/accountweb"
	"lienthong/internal/agency"
	"lienthong/internal/agency/agencyweb"
	"lienthong/internal/audit"
	"lienthong/internal/audit/auditweb"
	"lienthong/internal/backup"
	"lienthong/internal/backup/backupweb"
	"lienthong/internal/catalog"
	"lienthong/internal/catalog/catalogweb"
	"lienthong/internal/certificate"
	"lienthong/internal/connection"
	"lienthong/internal/connection/connectionweb"
	"lienthong/internal/demo/demoweb"
	"lienthong/internal/dictionary"
	"lienthong/internal/dictionary/dictionaryweb"
	"lienthong/internal/exchange"
	"lienthong/internal/exchange/exchangeweb"
	"lienthong/internal/flow"
	"lienthong/internal/home/homeweb"
	"lienthong/internal/incident"
	"lienthong/internal/incident/incidentweb"
	"lienthong/internal/ingest"
	"lienthong/internal/ingest/ingestweb"
	"lienthong/internal/kit/blob"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/httpx"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/job"
	"lienthong/internal/kit/vitext"
	"lienthong/internal/obligation"
	"lienthong/internal/obligation/obligationweb"
	"lienthong/internal/privacy"
	"lienthong/internal/privacy/privacyweb"
	"lienthong/internal/release"
	"lienthong/internal/release/releaseweb"
	"lienthong/internal/review"
	"lienthong/internal/review/reviewweb"
	"lienthong/internal/support/supportweb"
	"lienthong/internal/system"
	"lienthong/internal/system/systemweb"
	"lienthong/internal/task"
	"lienthong/internal/task/taskweb"
	"lienthong/internal/warehouse"
	"lienthong/internal/warehouse/viewweb"
	"lienthong/internal/warehouse/warehouseweb"
	"lienthong/internal/web"
	"lienthong/internal/web/gallery"
)

// allMessages are the sentences of every room; a key declared twice stops the program at start.
func allMessages() []i18n.Messages {
	return []i18n.Messages{
		blob.Messages, clock.Messages, controldb.Messages, httpx.Messages, job.Messages, vitext.Messages,
		access.Messages, audit.Messages, agency.Messages, agencyweb.Messages, system.Messages, systemweb.Messages, dictionary.Messages, dictionaryweb.Messages, catalog.Messages, catalogweb.Messages,
		warehouse.Messages, warehouseweb.Messages, viewweb.Messages, ingest.Messages, ingestweb.Messages, connection.Messages, certificate.Messages, exchange.Messages, flow.Messages, incident.Messages, task.Messages, release.Messages, releaseweb.Messages, releaseweb.PageMessages,
		web.Messages, web.PastMessages, backup.Messages, backupweb.Messages, taskweb.Messages, supportweb.Messages, incidentweb.Messages, gallery.Messages, demoweb.Messages,
		connectionweb.Messages, homeweb.Messages, taskMessages, systemTaskMessages, obligation.Messages, obligationweb.Messages, registerMessages, account.Messages, accountweb.Messages, exchangeweb.Messages, accessweb.Messages, accessweb.TemplateMessages, auditweb.Messages, auditweb.EventMessages,
		privacy.Messages, privacyweb.Messages,
		review.Messages, reviewweb.Messages, reviewTaskMessages,
		connectionLifeMessages,
	}
}
