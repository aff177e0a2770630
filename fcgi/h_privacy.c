#include "fcgi/h_privacy.h"
#include "core/customer/consent.h"
#include "core/privacy/erase.h"
#include "core/privacy/export.h"
#include "core/privacy/retention.h"
#include "core/sys/db.h"
#include "fcgi/crud.h"
#include "fcgi/page.h"

/* ---- tables ---- */

static const char *const CHANNEL_QUERY[] = {
	"", "sms", "email", "phone", "whatsapp", "marketing", "recording", NULL};
static const char *const STATE_QUERY[] = {"", "given", "withdrawn", NULL};
enum channel_query { CHANNEL_ANY };
enum state_query { STATE_ANY };

struct consent_query {
	int64_t limit;
	const char *cursor;
	enum channel_query channel; /* 0 any, else 1 + enum consent_channel */
	enum state_query state;
	bool current;
};

static const struct field CONSENT_QUERY_FIELDS[] = {
	INT(consent_query, limit, 0, 1, PAGE_MAX),
	TEXT(consent_query, cursor, 0, 100),
	ENUM(consent_query, channel, NULL0, enum channel_query, CHANNEL_QUERY),
	ENUM(consent_query, state, NULL0, enum state_query, STATE_QUERY),
	BOOL(consent_query, current, 0),
};
const struct table CONSENT_QUERY = TABLE(consent_query, "consent_query", CONSENT_QUERY_FIELDS);

/* All reasons that a person may give. */
static const char *const REASON_IN[] = {"requested", "consent_withdrawn", "not_needed", "objection",
	"unlawful", "legal_duty", NULL};

struct erase_in {
	enum erase_reason reason;
	bool cancel_visits;
};

static const struct field ERASE_FIELDS[] = {
	ENUM(erase_in, reason, REQ, enum erase_reason, REASON_IN),
	BOOL(erase_in, cancel_visits, 0),
};
const struct table ERASE_IN = TABLE(erase_in, "erase_in", ERASE_FIELDS);

/* ---- consents ---- */

int h_consents(struct req *r)
{
	const struct consent_query *q = r->query;
	struct page p;
	struct rows rows;

	if (page_read(r, q->limit, q->cursor, &p) < 0 || crud_parent(r) < 0)
		return -1;
	struct consent_filter f = {
		.customer_id = r->n_ids > 0 ? r->ids[0] : NULL,
		.channel = q->channel != CHANNEL_ANY ? CHANNEL_QUERY[q->channel] : NULL,
		.state = q->state != STATE_ANY ? STATE_QUERY[q->state] : NULL,
		.current = q->current,
		.before = p.after,
		.before_id = p.after_id,
		.limit = (int)p.limit + 1,
	};
	if (consent_list(&r->c, &f, &rows) < 0)
		return -1;
	return reply_rows(r, &CONSENT, &rows, page_next(r, &p, &CONSENT, &rows, "created_at"));
}

int h_consent_add(struct req *r)
{
	struct consent out, *in = crud_new(r);

	if (in == NULL || consent_add(&r->c, in, &out) < 0)
		return -1;
	return reply(r, 201, &CONSENT, &out);
}

/* ---- what a customer may ask for ---- */

struct export
{
	const char *customer_id;
	struct bytes zip;
};

static int make_file(struct ctx *c, void *arg)
{
	struct export *e = arg;

	return customer_export(c, e->customer_id, EXPORT_TEXT_MAX, &e->zip);
}

/* Not under an Idempotency-Key: the file would be kept with the answer. */
int h_customer_export(struct req *r)
{
	struct export e = {.customer_id = r->ids[0]};

	if (in_tx(&r->c, make_file, &e) < 0)
		return -1;
	buf_reset(&r->out);
	buf_add(&r->out, e.zip.p, e.zip.n);
	r->type = "application/zip";
	r->file = "customer.zip";
	r->status = 200;
	return 0;
}

int h_customer_erase(struct req *r)
{
	const struct erase_in *in = r->in;
	struct erasure out;

	if (customer_erase(&r->c, r->ids[0], in->reason, in->cancel_visits, &out) < 0)
		return -1;
	return reply(r, 200, &ERASURE, &out);
}

/* ---- retention ---- */

int h_retention(struct req *r)
{
	struct rows rows;

	if (retention_report(&r->c, &rows) < 0)
		return -1;
	return reply_rows(r, &RETENTION, &rows, NULL);
}
