#include "fcgi/h_audit.h"
#include "core/audit/trail.h"
#include "core/audit/verify.h"
#include "core/base/id.h"
#include "core/base/text.h"
#include "core/sys/json.h"
#include "fcgi/page.h"

#define EXPORT_PAGE 1000
#define VERIFY_LINKS 10000 /* in a request; frontdeskctl looks at all */
#define FINDINGS_MAX 100

/* ---- tables ---- */

struct audit_query {
	int64_t limit;
	const char *cursor;
	const char *action;
	const char *subject;
	const char *subject_id;
	const char *actor_id;
	ts_t from;
	ts_t to;
};

static const struct field AUDIT_QUERY_FIELDS[] = {
	INT(audit_query, limit, 0, 1, PAGE_MAX),
	TEXT(audit_query, cursor, 0, 100),
	TEXT(audit_query, action, 0, 60),
	TEXT(audit_query, subject, 0, 40),
	ID(audit_query, subject_id, 0),
	ID(audit_query, actor_id, 0),
	TIME(audit_query, from, 0),
	TIME(audit_query, to, 0),
};
const struct table AUDIT_QUERY = TABLE(audit_query, "audit_query", AUDIT_QUERY_FIELDS);

static const char *const FORMATS[] = {"csv", "ndjson", NULL};
enum export_format { EXPORT_CSV, EXPORT_NDJSON };

struct audit_export_query {
	ts_t from;
	ts_t to;
	enum export_format format;
};

static const struct field EXPORT_FIELDS[] = {
	TIME(audit_export_query, from, 0),
	TIME(audit_export_query, to, 0),
	ENUM(audit_export_query, format, 0, enum export_format, FORMATS),
};
const struct table AUDIT_EXPORT_QUERY =
	TABLE(audit_export_query, "audit_export_query", EXPORT_FIELDS);

struct audit_state {
	bool ok;
	int64_t sealed;
	ts_t sealed_at;
	const char *head;
	int64_t waiting;
	int64_t expired;
	int64_t checked;
	struct rows findings;
};

static const struct field STATE_FIELDS[] = {
	BOOL(audit_state, ok, RO),
	INT(audit_state, sealed, RO, 0, INT64_MAX),
	TIME(audit_state, sealed_at, RO),
	TEXT(audit_state, head, RO, 2 * SHA256_SIZE),
	INT(audit_state, waiting, RO, 0, INT64_MAX),
	INT(audit_state, expired, RO, 0, INT64_MAX),
	INT(audit_state, checked, RO, 0, INT64_MAX),
	LIST(audit_state, findings, RO, AUDIT_FINDING),
};
const struct table AUDIT_STATE = TABLE(audit_state, "audit_state", STATE_FIELDS);

/* ---- reading ---- */

int h_audit(struct req *r)
{
	const struct audit_query *q = r->query;
	struct page p;
	struct rows rows;

	if (page_read(r, q->limit, q->cursor, &p) < 0)
		return -1;
	struct audit_filter f = {
		.action = q->action,
		.subject = q->subject,
		.subject_id = q->subject_id,
		.actor_id = q->actor_id,
		.from = q->from,
		.to = q->to,
		.before = p.after,
		.before_id = p.after_id,
		.limit = (int)p.limit + 1,
	};
	if (audit_list(&r->c, &f, &rows) < 0)
		return -1;
	return reply_rows(
		r, &AUDIT_ENTRY, &rows, page_next(r, &p, &AUDIT_ENTRY, &rows, "created_at"));
}

int h_audit_entry(struct req *r)
{
	struct audit_entry e;

	if (audit_get(&r->c, r->ids[0], &e) < 0)
		return -1;
	return reply(r, 200, &AUDIT_ENTRY, &e);
}

/* ---- saving ---- */

/* A cell (RFC 4180). What a spreadsheet would take for a formula has an
 * apostrophe before it. */
static void put_cell(struct buf *b, const char *s)
{
	buf_char(b, '"');
	if (*s != '\0' && strchr("=+-@\t\r\n", *s) != NULL)
		buf_char(b, '\'');
	for (; *s != '\0'; s++) {
		if (*s == '"')
			buf_char(b, '"');
		buf_char(b, *s);
	}
	buf_char(b, '"');
}

static bool is_shown(const struct field *f)
{
	return (f->flags & HIDDEN) == 0;
}

static void put_heading(struct buf *b)
{
	for (size_t i = 0; i < AUDIT_ENTRY.n; i++) {
		if (is_shown(&AUDIT_ENTRY.fields[i]))
			buf_printf(b, "%s%s", i > 0 ? "," : "", AUDIT_ENTRY.fields[i].name);
	}
	buf_text_add(b, "\r\n");
}

static void put_line(struct buf *b, const struct audit_entry *e)
{
	for (size_t i = 0; i < AUDIT_ENTRY.n; i++) {
		const struct field *f = &AUDIT_ENTRY.fields[i];

		if (!is_shown(f))
			continue;
		const char *s = field_text(b->mem, f, e);
		if (i > 0)
			buf_char(b, ',');
		if (s != NULL)
			put_cell(b, s);
	}
	buf_text_add(b, "\r\n");
}

static void put_page(struct buf *b, enum export_format format, const struct rows *rows)
{
	for (size_t i = 0; i < rows->n; i++) {
		const struct audit_entry *e = (const struct audit_entry *)rows->p + i;

		if (format == EXPORT_CSV) {
			put_line(b, e);
			continue;
		}
		json_row(b, &AUDIT_ENTRY, e);
		buf_char(b, '\n');
	}
}

/* All pages into the reply, whose memory stays where it is while that of each
 * page is given back; only where the next one begins is kept. */
static int put_all(struct req *r, const struct audit_filter *first, enum export_format format)
{
	struct audit_filter page = *first, *f = &page;
	char last[ID_LENGTH + 1];
	struct rows rows;

	do {
		struct mem_mark mark = mem_mark(r->c.mem);

		if (audit_list(&r->c, f, &rows) < 0)
			return -1;
		put_page(&r->out, format, &rows);
		if (rows.n > 0) {
			const struct audit_entry *e =
				(const struct audit_entry *)rows.p + rows.n - 1;

			f->before = e->created_at;
			snprintf(last, sizeof(last), "%s", e->id);
			f->before_id = last;
		}
		mem_release(r->c.mem, mark);
	} while (rows.n == EXPORT_PAGE && !buf_full(&r->out));
	return 0;
}

int h_audit_export(struct req *r)
{
	const struct audit_export_query *q = r->query;
	struct audit_filter f = {.from = q->from, .to = q->to, .limit = EXPORT_PAGE};

	buf_reset(&r->out);
	buf_settle(&r->out);
	if (q->format == EXPORT_CSV)
		put_heading(&r->out);
	if (put_all(r, &f, q->format) < 0)
		return -1;
	if (buf_full(&r->out))
		return err_set(&r->c, E_TOO_LARGE,
			"The log of that time has more than 16 MiB: ask for a shorter one (from, "
			"to).");
	r->type = q->format == EXPORT_CSV ? "text/csv; charset=utf-8" : "application/x-ndjson";
	r->file = q->format == EXPORT_CSV ? "audit.csv" : "audit.ndjson";
	r->status = 200;
	return 0;
}

/* ---- is it as it was written? ---- */

static void take_findings(struct audit_state *out, const struct rows *found)
{
	out->ok = out->ok && found->n == 0;
	for (size_t i = 0; i < found->n && out->findings.n < FINDINGS_MAX; i++)
		((struct audit_finding *)out->findings.p)[out->findings.n++] =
			((const struct audit_finding *)found->p)[i];
}

static int look(struct req *r, struct audit_chain *k, struct audit_state *out)
{
	struct rows found;
	int more = 1;

	if (audit_verify_from(&r->c, k, VERIFY_LINKS) < 0)
		return -1;
	while (more == 1) {
		more = audit_verify_page(&r->c, k, &found);
		if (more < 0)
			return -1;
		take_findings(out, &found);
	}
	if (audit_verify_rest(&r->c, k, &found) < 0)
		return -1;
	take_findings(out, &found);
	return 0;
}

int h_audit_verify(struct req *r)
{
	struct ctx *c = &r->c;
	struct audit_chain k = {.company_number = c->company, .company_id = c->company_id};
	struct audit_state out = {.ok = true};
	struct audit_seal head;
	int rc = audit_head(c, &k, &head);

	if (rc < 0)
		return -1;
	out.findings.p = mem_alloc(c->mem, FINDINGS_MAX * sizeof(struct audit_finding));
	if (rc > 0) {
		out.head = hex_encode(c->mem, head.hash);
		out.sealed_at = head.sealed_at;
	}
	if (look(r, &k, &out) < 0)
		return -1;
	out.sealed = k.seq;
	out.waiting = k.waiting;
	out.expired = k.expired;
	out.checked = k.checked;
	return reply(r, 200, &AUDIT_STATE, &out);
}
