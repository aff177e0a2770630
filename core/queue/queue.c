#include "core/queue/queue.h"
#include "core/base/id.h"
#include "core/base/log.h"
#include "core/base/trace.h"
#include "core/sys/conf.h"
#include "core/sys/db.h"

#include <fcntl.h>

const struct job_rule JOB_RULES[JOB_KIND_COUNT] = {
#define X(symbol, job_name, seconds, tries, prio, first, most) \
	[symbol] = {job_name, seconds, tries, prio, first, most},
#include "core/queue/jobs.def"
#undef X
};

const char *const JOB_STATE[5] = {
	[JOB_QUEUED] = "queued",
	[JOB_RUNNING] = "running",
	[JOB_DONE] = "done",
	[JOB_DEAD] = "dead",
	NULL,
};

static const struct field FIELDS[] = {
	ID(job, id, RO),
	TEXT(job, kind, RO | FILTER | ASCII, 40),
	ID(job, ref_id, RO | HIDDEN),
	ENUM(job, state, RO | FILTER, enum job_state, JOB_STATE),
	INT(job, attempts, RO, 0, 65535),
	INT(job, max_attempts, RO, 0, 65535),
	TIME(job, run_at, RO),
	TEXT(job, last_error, RO | PERSONAL, 1000),
	TIME(job, created_at, RO | SORT),
	TIME(job, finished_at, RO),
};
const struct table JOB = TABLE(job, "job", FIELDS);

/* What is written when a job is put aside; the rest are the columns' defaults. */
struct new_job {
	const char *id;
	const char *kind;
	const char *unique_key;
	const char *ref_id;
	const char *trace;
	int64_t priority;
	int64_t max_attempts;
	bool is_due;
	ts_t run_at;
};

static const struct field NEW_FIELDS[] = {
	ID(new_job, id, RO),
	TEXT(new_job, kind, RO, 40),
	TEXT(new_job, unique_key, RO, 120),
	ID(new_job, ref_id, RO),
	TEXT(new_job, trace, RO, TRACE_LENGTH),
	INT(new_job, priority, RO, 0, 9),
	INT(new_job, max_attempts, RO, 1, 65535),
	BOOL(new_job, is_due, RO),
	TIME(new_job, run_at, RO),
};
static const struct table NEW_JOB = TABLE(new_job, "job", NEW_FIELDS);

/* ---- storage ---- */

int job_list(struct ctx *c, const struct job_filter *f, struct rows *out)
{
	struct query q;

	query_start(&q, c, "SELECT {cols} FROM job");
	if (f->state != NULL)
		query_where(&q, "state = ?", f->state);
	if (f->kind != NULL)
		query_where(&q, "kind = ?", f->kind);
	if (f->before_id != NULL)
		query_where(&q, "created_at <= ? AND (created_at < ? OR id < ?)", f->before,
			f->before, f->before_id);
	query_add(&q, " ORDER BY created_at DESC, id DESC LIMIT ?", f->limit);
	return query_rows(&q, &JOB, out);
}

/* ---- rules ---- */

/* row: id, ref_id, run_at and unique_key. */
static int add(struct ctx *c, enum job_kind kind, struct new_job *row)
{
	const struct job_rule *rule = &JOB_RULES[kind];
	int rc;

	row->kind = rule->name;
	row->trace = c->trace;
	row->priority = rule->priority;
	row->max_attempts = rule->attempts;
	row->is_due = row->run_at.ms <= c->now.ms;
	rc = row->unique_key == NULL ? db_insert(c, &NEW_JOB, row)
				     : db_insert_new(c, &NEW_JOB, row);
	if (rc < 0)
		return -1;
	c->wake = true;
	return 0;
}

int queue_add(
	struct ctx *c, enum job_kind kind, const char *ref_id, ts_t run_at, const char *unique_key)
{
	struct new_job row = {
		.id = id_new(c), .ref_id = ref_id, .run_at = run_at, .unique_key = unique_key};

	return add(c, kind, &row);
}

int queue_put(struct ctx *c, enum job_kind kind, const char *ref_id, const char **id)
{
	struct new_job row = {.id = id_new(c), .ref_id = ref_id};

	*id = row.id;
	return add(c, kind, &row);
}

int queue_void(struct ctx *c, enum job_kind kind, const char *ref_id)
{
	int rc = db_exec(c,
		"UPDATE job SET state = 'done', finished_at = NOW(3),"
		" last_error = 'It was no longer needed.'"
		" WHERE ref_id = ? AND kind = ? AND state = 'queued'",
		ref_id, JOB_RULES[kind].name);

	return rc < 0 ? -1 : 0;
}

int queue_put_off_end(struct ctx *c)
{
	c->wake = true;
	return db_exec(c, "CALL sys_jobs_put_off_end(?)", c->company == 0) < 0 ? -1 : 0;
}

void queue_wake(const struct ctx *c)
{
	const char *path = mem_printf(c->mem, "%s/work", c->conf->server_run_dir);
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0660);

	if (fd < 0)
		log_line("wake", "path", path, "error", strerror(errno), "request", c->request_id,
			NULL);
	else
		close(fd);
}
