#include "core/customer/consent.h"
#include "core/audit/audit.h"
#include "core/base/id.h"
#include "core/sys/db.h"

const char *const CONSENT_CHANNEL[] = {
	"sms", "email", "phone", "whatsapp", "marketing", "recording", NULL};
const char *const CONSENT_STATE[] = {"given", "withdrawn", NULL};

static const struct field FIELDS[] = {
	ID(consent, id, RO),
	ID(consent, customer_id, RO),
	ENUM(consent, channel, REQ, enum consent_channel, CONSENT_CHANNEL),
	ENUM(consent, state, REQ, enum consent_state, CONSENT_STATE),
	TEXT(consent, source, PERSONAL, 200),
	TIME(consent, said_at, 0),
	BOOL(consent, is_current, RO | JOINED),
	ENUM(consent, actor_kind, RO, enum actor_kind, ACTOR_NAMES),
	ID(consent, actor_id, RO),
	TIME(consent, created_at, RO | SORT),
};
const struct table CONSENT = TABLE(consent, "consent", FIELDS);

/* ---- storage ---- */

#define LATER                                                                                   \
	"SELECT 1 FROM consent n WHERE n.customer_id = k.customer_id AND n.channel = k.channel" \
	" AND n.said_at >= k.said_at AND (n.said_at > k.said_at OR n.id > k.id)"
#define ROWS "SELECT {cols:k}, NOT EXISTS (" LATER ") AS is_current FROM consent k"

int consent_list(struct ctx *c, const struct consent_filter *f, struct rows *out)
{
	struct query q;

	query_start(&q, c, ROWS);
	if (f->customer_id != NULL)
		query_where(&q, "k.customer_id = ?", f->customer_id);
	if (f->channel != NULL)
		query_where(&q, "k.channel = ?", f->channel);
	if (f->state != NULL)
		query_where(&q, "k.state = ?", f->state);
	if (f->current)
		query_where(&q, "NOT EXISTS (" LATER ")");
	if (f->before_id != NULL)
		query_where(&q, "k.created_at <= ? AND (k.created_at < ? OR k.id < ?)", f->before,
			f->before, f->before_id);
	query_add(&q, " ORDER BY k.created_at DESC, k.id DESC LIMIT ?", f->limit);
	return query_rows(&q, &CONSENT, out);
}

int consent_is_withdrawn(struct ctx *c, const char *customer_id, enum consent_channel channel)
{
	int64_t withdrawn;
	int rc = db_int(c, &withdrawn,
		"SELECT state = 'withdrawn' FROM consent WHERE customer_id = ? AND channel = ?"
		" ORDER BY said_at DESC, id DESC LIMIT 1",
		customer_id, CONSENT_CHANNEL[channel]);

	return rc > 0 ? withdrawn != 0 : rc;
}

/* ---- rules ---- */

int consent_add(struct ctx *c, const struct consent *in, struct consent *out)
{
	*out = *in;
	if (out->said_at.ms == 0)
		out->said_at = c->now;
	if (out->said_at.ms > c->now.ms)
		return err_field(c, "said_at", "must not lie in the future");
	out->id = id_new(c);
	out->actor_kind = c->actor;
	out->actor_id = c->actor_id;
	out->created_at = c->now;
	if (db_insert(c, &CONSENT, out) < 0)
		return -1;
	const char *said = mem_printf(
		c->mem, "%s: %s", CONSENT_CHANNEL[out->channel], CONSENT_STATE[out->state]);
	if (audit_note(c, "consent.add", "customer", out->customer_id, said) < 0)
		return -1;
	/* an earlier word may have been written down after a later one */
	return db_must(
		c, db_one(c, &CONSENT, out, ROWS " WHERE k.id = ?", out->id), "consent", out->id);
}
