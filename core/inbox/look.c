#include "core/inbox/look.h"
#include "core/base/text.h"
#include "core/sys/db.h"
#include "core/sys/json.h"

const char *const CONTENT_KINDS[] = {"json", "text", "binary", "deleted", "hidden", NULL};

static const struct field FIELDS[] = {
	ID(inbox_entry, id, RO),
	TEXT(inbox_entry, provider, RO, 20),
	TEXT(inbox_entry, event, RO, 60),
	TEXT(inbox_entry, external_id, RO, 128),
	INT(inbox_entry, size, RO | JOINED, 0, INT64_MAX),
	TIME(inbox_entry, received_at, RO),
	ENUM(inbox_entry, status, RO | JOINED, enum job_state, JOB_STATE),
	INT(inbox_entry, attempts, RO | JOINED, 0, 65535),
	TEXT(inbox_entry, last_error, RO | JOINED | PERSONAL, 1000),
	TIME(inbox_entry, processed_at, RO | JOINED),
};
const struct table INBOX_ENTRY = TABLE(inbox_entry, "inbox_entry", FIELDS);

/* ---- storage ---- */

/* What these columns can hold; other texts name nothing. */
static const char *ascii(const char *s)
{
	for (const char *p = s; *p != '\0'; p++) {
		if ((uint8_t)*p >= 0x80)
			return "";
	}
	return s;
}

/* Few events are not done: those are found by their jobs. */
static void where_status(struct query *q, const char *status)
{
	if (strcmp(status, "done") != 0)
		query_where(q, "i.id IN (SELECT w.ref_id FROM job w WHERE w.state = ?)", status);
	query_where(q, "COALESCE(j.state, 'done') = ?", status);
}

int inbox_list(struct ctx *c, const struct inbox_filter *f, struct rows *out)
{
	struct query q;

	query_start(&q, c,
		"SELECT i.id, i.provider, i.event, i.external_id, LENGTH(i.body) AS size,"
		" i.received_at, COALESCE(j.state, 'done') AS status,"
		" COALESCE(j.attempts, 1) AS attempts, j.last_error,"
		" j.finished_at AS processed_at FROM inbox_event i"
		" LEFT JOIN job j ON j.id = (SELECT k.id FROM job k WHERE k.ref_id = i.id"
		" ORDER BY k.created_at DESC, k.id DESC LIMIT 1)");
	if (f->provider != NULL)
		query_where(&q, "i.provider = ?", ascii(f->provider));
	if (f->event != NULL)
		query_where(&q, "i.event = ?", ascii(f->event));
	if (f->external_id != NULL)
		query_where(&q, "i.external_id = ?", f->external_id);
	if (f->status != NULL)
		where_status(&q, f->status);
	if (f->from.ms != 0)
		query_where(&q, "i.received_at >= ?", f->from);
	if (f->to.ms != 0)
		query_where(&q, "i.received_at < ?", f->to);
	if (f->before_id != NULL)
		query_where(&q, "i.received_at <= ? AND (i.received_at < ? OR i.id < ?)", f->before,
			f->before, f->before_id);
	query_add(&q, " ORDER BY i.received_at DESC, i.id DESC LIMIT ?", f->limit);
	return query_rows(&q, &INBOX_ENTRY, out);
}

static int last_job(struct ctx *c, const char *event_id, struct job_detail **out)
{
	struct job job;
	int rc = db_one(c, &JOB, &job,
		"SELECT {cols} FROM job WHERE ref_id = ? ORDER BY created_at DESC, id DESC LIMIT 1",
		event_id);

	*out = NULL;
	if (rc <= 0)
		return rc;
	*out = mem_alloc(c->mem, sizeof(**out));
	if (job_detail_get(c, job.id, *out) < 0)
		return -1;
	(*out)->payload = NULL; /* it is shown once */
	return 1;
}

/* ---- rules ---- */

static bool is_json(struct ctx *c, struct bytes body)
{
	const struct json *j;

	if (json_parse(c, body, &j) == 0)
		return true;
	err_clear(c);
	return false;
}

static void show_body(struct ctx *c, const struct inbox_event *e, struct inbox_detail *out)
{
	if (e->body.n == 0) {
		out->body_kind = CONTENT_DELETED;
		return;
	}
	if (!utf8_valid((const char *)e->body.p, e->body.n)) {
		out->body_kind = CONTENT_BINARY;
		return;
	}
	out->body_kind = is_json(c, e->body) ? CONTENT_JSON : CONTENT_TEXT;
	out->body = utf8_cut(
		c->mem, mem_text_n(c->mem, (const char *)e->body.p, e->body.n), CONTENT_SHOWN);
}

int inbox_detail_get(struct ctx *c, const char *id, bool read, struct inbox_detail *out)
{
	struct inbox_event e;

	if (inbox_get(c, id, &e) < 0)
		return -1;
	*out = (struct inbox_detail){.id = e.id,
		.provider = e.provider,
		.event = e.event,
		.external_id = e.external_id,
		.size = (int64_t)e.body.n,
		.received_at = e.received_at,
		.body_kind = CONTENT_HIDDEN};
	if (read)
		show_body(c, &e, out);
	if (last_job(c, id, &out->job) < 0)
		return -1;
	return inbox_replays(c, id, read, &out->replays) < 0 ? -1 : 0;
}
