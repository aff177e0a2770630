#include "core/dead/dead.h"
#include "core/audit/audit.h"
#include "core/base/id.h"
#include "core/base/text.h"
#include "core/base/trace.h"
#include "core/sys/db.h"

#define PAYLOAD_SHOWN 65536

static const struct field FAILURE_FIELDS[] = {
	INT(job_failure, attempt, RO, 0, 65535),
	TEXT(job_failure, error, RO | PERSONAL, 1000),
	TIME(job_failure, failed_at, RO),
};
static const struct table JOB_FAILURE = TABLE(job_failure, "job_failure", FAILURE_FIELDS);

static const struct field FIELDS[] = {
	ID(job_detail, id, RO),
	TEXT(job_detail, kind, RO, 40),
	ENUM(job_detail, state, RO, enum job_state, JOB_STATE),
	INT(job_detail, attempts, RO, 0, 65535),
	INT(job_detail, max_attempts, RO, 0, 65535),
	TIME(job_detail, run_at, RO),
	TEXT(job_detail, last_error, RO | PERSONAL, 1000),
	TEXT(job_detail, trace, RO, TRACE_LENGTH),
	TIME(job_detail, created_at, RO),
	TIME(job_detail, finished_at, RO),
	TEXT(job_detail, payload, RO | JOINED | PERSONAL, PAYLOAD_SHOWN),
	LIST(job_detail, failures, RO, JOB_FAILURE),
};
const struct table JOB_DETAIL = TABLE(job_detail, "job_detail", FIELDS);

/* ---- storage ---- */

struct payload {
	struct bytes body;
};

static const struct field PAYLOAD_FIELDS[] = {
	BYTES(payload, body, JOINED, PAYLOAD_SHOWN),
};
static const struct table PAYLOAD = TABLE(payload, "payload", PAYLOAD_FIELDS);

static int job_get(struct ctx *c, const char *id, struct job *out)
{
	return db_must(
		c, db_one(c, &JOB, out, "SELECT {cols} FROM job WHERE id = ?", id), "job", id);
}

/* An event of ours, or a provider's. */
static int read_payload(struct ctx *c, const char *job_id, const char **out)
{
	struct payload p;
	int rc = db_one(c, &PAYLOAD, &p,
		"SELECT LEFT(COALESCE(CAST(e.payload AS BINARY), i.body), ?) AS body FROM job j "
		"LEFT JOIN event e ON e.id = j.ref_id "
		"LEFT JOIN inbox_event i ON i.id = j.ref_id "
		"WHERE j.id = ? AND COALESCE(e.id, i.id) IS NOT NULL",
		PAYLOAD_SHOWN, job_id);

	*out = NULL;
	if (rc > 0 && utf8_valid((const char *)p.body.p, p.body.n))
		*out = mem_text_n(c->mem, (const char *)p.body.p, p.body.n);
	return rc;
}

int job_detail_get(struct ctx *c, const char *id, struct job_detail *out)
{
	if (db_must(c, db_one(c, &JOB_DETAIL, out, "SELECT {cols} FROM job WHERE id = ?", id),
		    "job", id) < 0)
		return -1;
	if (read_payload(c, id, &out->payload) < 0)
		return -1;
	return db_rows(c, &JOB_FAILURE, &out->failures,
		"SELECT {cols} FROM job_failure WHERE job_id = ? ORDER BY id DESC LIMIT ?", id,
		FAILURES_SHOWN);
}

static int replay_kind(struct ctx *c, const struct job_rule *rule, int64_t at_most)
{
	return db_exec(c,
		"UPDATE job SET state = 'queued', is_due = 1, max_attempts = attempts + ?,"
		" crashes = 0, put_off_since = NULL, run_at = NOW(3), finished_at = NULL"
		" WHERE state = 'dead' AND kind = ? ORDER BY created_at, id LIMIT ?",
		rule->attempts, rule->name, at_most);
}

/* ---- rules ---- */

static int attempts_of(const char *kind)
{
	for (size_t i = 0; i < JOB_KIND_COUNT; i++) {
		if (strcmp(JOB_RULES[i].name, kind) == 0)
			return JOB_RULES[i].attempts;
	}
	return 1; /* a kind that this version no longer has: tried once, dead again */
}

/* The count of attempts goes on, because it is what fences off a worker that
 * still holds an older one; the limit is raised instead. */
int job_replay(struct ctx *c, const char *id, struct job *out)
{
	int rc;

	if (job_get(c, id, out) < 0)
		return -1;
	rc = db_exec(c,
		"UPDATE job SET state = 'queued', is_due = 1, max_attempts = attempts + ?,"
		" crashes = 0, put_off_since = NULL,"
		" run_at = NOW(3), finished_at = NULL WHERE id = ? AND state = 'dead'",
		attempts_of(out->kind), id);
	if (rc < 0)
		return -1;
	if (rc == 0)
		return err_set(c, E_STATE, "Only a dead job can be replayed; this one is %s.",
			JOB_STATE[out->state]);
	if (audit_add(c, "job.replay", "job", id, NULL) < 0)
		return -1;
	c->wake = true;
	return job_get(c, id, out);
}

static int check(struct ctx *c, const struct replay_wish *w)
{
	int given = (w->ids.n > 0) + (w->kind != NULL) + w->all;

	if (given != 1)
		return err_field(c, "ids", "give exactly one of ids, kind and all");
	for (size_t i = 0; i < w->ids.n; i++) {
		if (!id_valid(w->ids.p[i]))
			return err_field(c, mem_printf(c->mem, "ids.%zu", i), "is not an id");
	}
	for (size_t i = 0; i < JOB_KIND_COUNT && w->kind != NULL; i++) {
		if (strcmp(JOB_RULES[i].name, w->kind) == 0)
			return 0;
	}
	return w->kind == NULL ? 0 : err_field(c, "kind", "is no kind of job");
}

static int replay_these(struct ctx *c, const struct texts *ids, int64_t *n)
{
	for (size_t i = 0; i < ids->n; i++) {
		struct job j;

		if (job_replay(c, ids->p[i], &j) == 0) {
			(*n)++;
			continue;
		}
		/* one that somebody else has replayed is no failure */
		if (!err_take(c, E_STATE) && !err_take(c, E_NOT_FOUND))
			return -1;
	}
	return 0;
}

int job_replay_many(struct ctx *c, const struct replay_wish *w, int64_t *n)
{
	*n = 0;
	if (check(c, w) < 0)
		return -1;
	if (w->ids.n > 0)
		return replay_these(c, &w->ids, n);
	for (size_t i = 0; i < JOB_KIND_COUNT && *n < REPLAY_AT_ONCE; i++) {
		if (w->kind != NULL && strcmp(JOB_RULES[i].name, w->kind) != 0)
			continue;
		int rc = replay_kind(c, &JOB_RULES[i], REPLAY_AT_ONCE - *n);

		if (rc < 0)
			return -1;
		*n += rc;
	}
	c->wake = true;
	return audit_add(c, "job.replay", "job", NULL, w->kind);
}
