#include "core/inbox/inbox.h"
#include "core/base/id.h"
#include "core/sys/db.h"

#define BODY_MAX (8 << 20)
#define TRIES_MAX 3

static const struct field FIELDS[] = {
	ID(inbox_event, id, RO),
	TEXT(inbox_event, provider, RO | FILTER | ASCII, 20),
	TEXT(inbox_event, dedupe_key, RO | HIDDEN, 200),
	TEXT(inbox_event, event, RO | FILTER | ASCII, 60),
	TEXT(inbox_event, external_id, RO | FILTER, 128),
	BYTES(inbox_event, body, RO | PERSONAL, BODY_MAX),
	TIME(inbox_event, received_at, RO | SORT),
};
const struct table INBOX_EVENT = TABLE(inbox_event, "inbox_event", FIELDS);

/* ---- storage ---- */

int inbox_get(struct ctx *c, const char *id, struct inbox_event *out)
{
	return db_must(c,
		db_one(c, &INBOX_EVENT, out, "SELECT {cols} FROM inbox_event WHERE id = ?", id),
		"inbox event", id);
}

int inbox_forget_late(struct ctx *c, const char *id)
{
	return db_exec(c, "CALL sys_forget_late(?)", id) < 0 ? -1 : 0;
}

int inbox_find(struct ctx *c, const char *provider, const char *external_id, const char *event,
	struct inbox_event *out)
{
	return db_one(c, &INBOX_EVENT, out,
		"SELECT {cols} FROM inbox_event WHERE provider = ? AND external_id = ? "
		"AND event = ? ORDER BY received_at, id LIMIT 1",
		provider, external_id, event);
}

int inbox_unmerged(struct ctx *c, const char *provider, const char *external_id,
	const char *const events[3], struct rows *out)
{
	return db_rows(c, &INBOX_EVENT, out,
		"SELECT {cols:i} FROM inbox_event i "
		"WHERE i.provider = ? AND i.external_id = ? AND i.event IN (?, ?, ?) "
		"AND NOT EXISTS (SELECT 1 FROM call_event e WHERE e.inbox_event_id = i.id) "
		"ORDER BY i.received_at, i.id",
		provider, external_id, events[0], events[1], events[2]);
}

static int add(struct ctx *c, uint32_t company, const struct inbox_event *e, enum job_kind kind)
{
	const struct job_rule *rule = &JOB_RULES[kind];
	int64_t is_new;
	int rc = db_int(c, &is_new, "CALL sys_inbox_add(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", e->id,
		id_new(c), company, e->provider, e->dedupe_key, e->event, e->external_id, e->body,
		rule->name, rule->priority, rule->attempts, c->trace);

	return rc < 0 ? -1 : (int)is_new;
}

/* ---- rules ---- */

/* The dedupe key makes it safe to say it again after a lost connection. */
int inbox_add(struct ctx *c, uint32_t company, struct inbox_event *e, enum job_kind kind)
{
	uint32_t entered = c->company;
	int rc;

	if (db_in_tx(c))
		BUG("the inbox commits for itself");
	e->id = id_new(c);
	c->company = 0;
	rc = add(c, company, e, kind);
	for (int i = 1; i < TRIES_MAX && rc < 0 && db_retryable(c); i++) {
		err_clear(c);
		rc = add(c, company, e, kind);
	}
	c->company = entered;
	if (rc >= 0)
		c->wake = true;
	return rc;
}
