#include "core/task/task.h"
#include "core/base/id.h"
#include "core/base/text.h"
#include "core/event/event.h"
#include "core/sys/db.h"

#define TITLE_LENGTH 200
#define DETAIL_LENGTH 2000

static const char *const STATUS[] = {"open", "done", NULL};

static const struct field FIELDS[] = {
	ID(task, id, RO),
	TEXT(task, dedupe_key, HIDDEN, 120),
	TEXT(task, kind, RO | FILTER | ASCII, 40),
	TEXT(task, title, RO | PERSONAL | SEARCH, TITLE_LENGTH),
	TEXT(task, detail, RO | PERSONAL, DETAIL_LENGTH),
	ID(task, call_id, RO | FILTER),
	ID(task, customer_id, RO | FILTER),
	ID(task, appointment_id, RO | FILTER),
	ENUM(task, status, FILTER, enum task_status, STATUS),
	TIME(task, created_at, RO | SORT),
};
const struct table TASK = TABLE(task, "task", FIELDS);

/* ---- storage ---- */

int task_add(struct ctx *c, struct task *t)
{
	t->id = id_new(c);
	t->status = TASK_OPEN;
	t->created_at = c->now;
	t->title = utf8_cut(c->mem, t->title, TITLE_LENGTH);
	if (t->detail != NULL)
		t->detail = utf8_cut(c->mem, t->detail, DETAIL_LENGTH);
	int rc = db_insert_new(c, &TASK, t);

	return rc > 0 && event_changed(c, "task", t->id) < 0 ? -1 : rc;
}

int task_list(
	struct ctx *c, int status, int limit, ts_t after, const char *after_id, struct rows *out)
{
	struct query q;

	query_start(&q, c, "SELECT {cols} FROM task");
	if (status >= 0)
		query_where(&q, "status = ?", STATUS[status]);
	if (after_id != NULL)
		query_where(&q, "created_at <= ? AND (created_at < ? OR id < ?)", after, after,
			after_id);
	query_add(&q, " ORDER BY created_at DESC, id DESC LIMIT ?", limit);
	return query_rows(&q, &TASK, out);
}
