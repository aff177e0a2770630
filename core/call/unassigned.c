#include "core/call/unassigned.h"
#include "core/audit/audit.h"
#include "core/base/id.h"
#include "core/event/event.h"
#include "core/sys/db.h"

static const char *const STATUS[] = {"open", "assigned", NULL};

static const struct field FIELDS[] = {
	ID(unassigned_call, id, RO),
	TEXT(unassigned_call, provider, RO | FILTER | ASCII, 20),
	TEXT(unassigned_call, provider_call_id, RO, 128),
	ID(unassigned_call, inbox_event_id, RO | HIDDEN),
	TEXT(unassigned_call, from_number, RO | PERSONAL, 64),
	TEXT(unassigned_call, to_number, RO, 64),
	TEXT(unassigned_call, agent, RO | HIDDEN, 128),
	TEXT(unassigned_call, reason, RO, 300),
	ENUM(unassigned_call, status, RO | HIDDEN, enum unassigned_status, STATUS),
	TIME(unassigned_call, received_at, RO | SORT),
};
const struct table UNASSIGNED_CALL = TABLE(unassigned_call, "unassigned_call", FIELDS);

/* ---- storage ---- */

static int get(struct ctx *c, const char *id, struct unassigned_call *out)
{
	return db_must(c,
		db_one(c, &UNASSIGNED_CALL, out, "SELECT {cols} FROM unassigned_call WHERE id = ?",
			id),
		"unassigned call", id);
}

int unassigned_list(
	struct ctx *c, ts_t before, const char *before_id, int64_t limit, struct rows *out)
{
	struct query q;

	query_start(&q, c, "SELECT {cols} FROM unassigned_call");
	query_where(&q, "status = 'open'");
	if (before_id != NULL)
		query_where(&q, "received_at <= ? AND (received_at < ? OR id < ?)", before, before,
			before_id);
	query_add(&q, " ORDER BY received_at DESC, id DESC LIMIT ?", limit);
	return query_rows(&q, &UNASSIGNED_CALL, out);
}

int unassigned_resolve(struct ctx *c, const char *provider, const char *provider_call_id)
{
	int rc = db_exec(c,
		"UPDATE unassigned_call SET status = 'assigned' "
		"WHERE provider = ? AND provider_call_id = ? AND status = 'open'",
		provider, provider_call_id);

	return rc < 0 ? -1 : 0;
}

/* Its events that no job waits for. */
static int idle_events(struct ctx *c, const struct unassigned_call *u, struct rows *out)
{
	return db_rows(c, &UNASSIGNED_CALL, out,
		"SELECT i.id FROM inbox_event i WHERE i.provider = ? AND i.external_id = ? "
		"AND NOT EXISTS (SELECT 1 FROM job j WHERE j.ref_id = i.id "
		"AND j.state IN ('queued', 'running')) ORDER BY i.received_at, i.id LIMIT 100",
		u->provider, u->provider_call_id);
}

static int last_job(struct ctx *c, const char *inbox_event_id, struct job *out)
{
	int rc = db_one(c, &JOB, out,
		"SELECT {cols} FROM job WHERE ref_id = ? ORDER BY created_at DESC, id DESC LIMIT 1",
		inbox_event_id);

	return db_must(c, rc, "job", inbox_event_id);
}

/* ---- rules ---- */

int unassigned_add(struct ctx *c, struct unassigned_call *u)
{
	u->id = id_new(c);
	u->status = UNASSIGNED_OPEN;
	u->received_at = c->now;
	int rc = db_insert_new(c, &UNASSIGNED_CALL, u);

	if (rc <= 0)
		return rc;
	return event_emit(c, EV_NUMBER_UNASSIGNED_CALL, u->id, &UNASSIGNED_CALL, u);
}

int unassigned_replay(struct ctx *c, const char *id, struct job *out)
{
	struct unassigned_call u;
	struct rows events;

	if (get(c, id, &u) < 0)
		return -1;
	if (u.status == UNASSIGNED_ASSIGNED)
		return err_set(c, E_STATE, "This call was assigned already.");
	if (idle_events(c, &u, &events) < 0)
		return -1;
	for (size_t i = 0; i < events.n; i++) {
		const struct unassigned_call *e = (const struct unassigned_call *)events.p + i;

		if (queue_add(c, JOB_INBOX_RETELL, e->id, (ts_t){0}, NULL) < 0)
			return -1;
	}
	if (audit_add(c, "unassigned_call.replay", "unassigned_call", id, NULL) < 0)
		return -1;
	return last_job(c, u.inbox_event_id, out);
}
