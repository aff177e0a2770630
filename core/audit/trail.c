#include "core/audit/trail.h"
#include "core/base/buf.h"
#include "core/base/text.h"
#include "core/sys/db.h"

#define PEOPLE_MAX 65536 /* bytes of the ids of all who act on a page */

#define ENTRIES                                                                  \
	"SELECT {cols:e}, s.seq AS seal, COALESCE(k.name, j.kind) AS actor_name" \
	" FROM audit_entry e LEFT JOIN audit_seal s ON s.audit_entry_id = e.id"  \
	" LEFT JOIN api_key k ON e.actor_kind = 'api_key' AND k.id = e.actor_id" \
	" LEFT JOIN job j ON e.actor_kind = 'job' AND j.id = e.actor_id"

/* ---- who is called what ---- */

struct person {
	const char *id;
	const char *name;
};

static const struct field FIELDS[] = {
	ID(person, id, RO),
	TEXT(person, name, RO | PERSONAL, 120),
};
static const struct table PERSON = TABLE(person, "person", FIELDS);

static bool was_before(const struct audit_entry *e, size_t i)
{
	for (size_t k = 0; k < i; k++) {
		if (text_same(e[k].actor_id, e[i].actor_id))
			return true;
	}
	return false;
}

/* The ids of the people among the actors, each once, as a JSON array. */
static const char *people_of(struct ctx *c, const struct rows *rows)
{
	const struct audit_entry *e = rows->p;
	struct buf b = buf_new(c->mem, PEOPLE_MAX);

	buf_char(&b, '[');
	for (size_t i = 0; i < rows->n; i++) {
		if (e[i].actor_kind != ACTOR_USER || e[i].actor_id == NULL || was_before(e, i))
			continue;
		buf_printf(&b, "%s\"%s\"", b.n > 1 ? "," : "", e[i].actor_id);
	}
	buf_char(&b, ']');
	return b.n > 2 ? buf_text(&b) : NULL;
}

static const char *name_of(const struct rows *people, const char *id)
{
	const struct person *p = people->p;

	for (size_t i = 0; i < people->n; i++) {
		if (text_same(p[i].id, id))
			return p[i].name;
	}
	return NULL;
}

static int name_people(struct ctx *c, struct rows *rows)
{
	struct audit_entry *e = rows->p;
	const char *ids = people_of(c, rows);
	struct rows people;

	if (ids == NULL)
		return 0;
	if (db_rows(c, &PERSON, &people, "CALL sys_audit_people(?)", ids) < 0)
		return -1;
	for (size_t i = 0; i < rows->n; i++) {
		if (e[i].actor_kind == ACTOR_USER)
			e[i].actor_name = name_of(&people, e[i].actor_id);
	}
	return 0;
}

/* ---- reading ---- */

/* Columns of ASCII cannot be compared with anything else. */
static void where_word(struct query *q, const char *column, const char *word)
{
	struct arg arg = arg_text(word);

	for (const char *p = word; p != NULL && *p != '\0'; p++) {
		if ((uint8_t)*p >= 0x80) {
			query_where(q, "FALSE");
			return;
		}
	}
	if (word != NULL)
		query_where_(q, mem_printf(q->c->mem, "e.%s = ?", column), &arg, 1);
}

int audit_list(struct ctx *c, const struct audit_filter *f, struct rows *out)
{
	struct query q;

	query_start(&q, c, ENTRIES);
	where_word(&q, "action", f->action);
	where_word(&q, "subject", f->subject);
	if (f->subject_id != NULL)
		query_where(&q, "e.subject_id = ?", f->subject_id);
	if (f->actor_id != NULL)
		query_where(&q, "e.actor_id = ?", f->actor_id);
	if (f->from.ms != 0)
		query_where(&q, "e.created_at >= ?", f->from);
	if (f->to.ms != 0)
		query_where(&q, "e.created_at < ?", f->to);
	if (f->before_id != NULL)
		query_where(&q, "e.created_at <= ? AND (e.created_at < ? OR e.id < ?)", f->before,
			f->before, f->before_id);
	query_add(&q, " ORDER BY e.created_at DESC, e.id DESC LIMIT ?", f->limit);
	if (query_rows(&q, &AUDIT_ENTRY, out) < 0)
		return -1;
	return name_people(c, out);
}

int audit_get(struct ctx *c, const char *id, struct audit_entry *out)
{
	struct rows one = {out, 1};
	int rc = db_one(c, &AUDIT_ENTRY, out, ENTRIES " WHERE e.id = ?", id);

	if (db_must(c, rc, "entry of the audit log", id) < 0)
		return -1;
	return name_people(c, &one);
}
