#include "core/live/live.h"
#include "core/base/buf.h"
#include "core/base/text.h"
#include "core/sys/db.h"
#include "core/sys/json.h"

#define CHANGE_JSON_MAX 120 /* of one, to the database */

static const struct field CHANGE_FIELDS[] = {
	INT(live_change, id, RO, 0, INT64_MAX),
	TEXT(live_change, kind, RO, 60),
	ID(live_change, subject_id, RO | HIDDEN),
	TEXTS(live_change, ids, RO, 36),
};
const struct table LIVE_CHANGE = TABLE(live_change, "live_change", CHANGE_FIELDS);

static const struct field CHANGES_FIELDS[] = {
	LIST(live_changes, data, RO, LIVE_CHANGE),
	INT(live_changes, last_id, RO, 0, INT64_MAX),
	BOOL(live_changes, has_more, RO),
	BOOL(live_changes, reset, RO),
};
const struct table LIVE_CHANGES = TABLE(live_changes, "live_changes", CHANGES_FIELDS);

/* ---- writing ---- */

void live_note(struct ctx *c, const char *kind, const char *subject_id)
{
	struct noted **end = &c->changes;

	if (c->company == 0)
		return;
	if (!db_in_tx(c))
		BUG("%s is noted outside the transaction of the change", kind);
	for (; *end != NULL; end = &(*end)->next) {
		if ((*end)->id == 0 && strcmp((*end)->kind, kind) == 0 &&
			strcmp((*end)->subject_id, subject_id) == 0)
			return;
	}
	*end = mem_alloc(c->mem, sizeof(**end));
	**end = (struct noted){.kind = kind, .subject_id = subject_id};
}

int live_number(struct ctx *c)
{
	struct noted *first = c->changes;
	size_t n = 0;
	int64_t id;

	while (first != NULL && first->id != 0)
		first = first->next;
	if (first == NULL)
		return 0;
	for (const struct noted *k = first; k != NULL; k = k->next)
		n++;
	struct buf b = buf_new(c->mem, n * CHANGE_JSON_MAX + 3);
	for (const struct noted *k = first; k != NULL; k = k->next)
		buf_printf(&b, "%s[\"%s\",\"%s\"]", k == first ? "[" : ",", k->kind, k->subject_id);
	buf_char(&b, ']');
	if (buf_full(&b))
		BUG("%zu changes are longer than expected", n);
	if (db_int(c, &id, "CALL sys_live_add(?)", buf_text(&b)) < 0)
		return -1;
	for (struct noted *k = first; k != NULL; k = k->next)
		k->id = id++;
	return 0;
}

int live_on_event(struct ctx *c, const struct event *e)
{
	const char *kind = e->kind != EV_RECORD_CHANGED
		? EVENT_NAMES[e->kind]
		: mem_printf(c->mem, "%s.changed", event_record(c, e));

	live_note(c, kind, e->subject_id);
	return 0;
}

/* ---- reading ---- */

static int newest(struct ctx *c, int64_t *id)
{
	int rc = db_int(c, id, "SELECT last_id FROM live_counter");

	if (rc == 0)
		*id = LIVE_BEGINNING;
	return rc < 0 ? -1 : 0;
}

/* Without a gap behind `after`: what is swept goes in order of time, and the
 * clock of a database server may have been set. */
static bool is_whole(const struct rows *rows, int64_t after)
{
	const struct live_change *k = rows->p;

	return rows->n == 0 || k[rows->n - 1].id == after + (int64_t)rows->n;
}

static void show_ids(struct ctx *c, struct rows *rows)
{
	struct live_change *k = rows->p;

	for (size_t i = 0; i < rows->n; i++) {
		const char **id = mem_alloc(c->mem, sizeof(*id));

		*id = k[i].subject_id;
		k[i].ids = (struct texts){id, 1};
	}
}

int live_read(struct ctx *c, int64_t after, int64_t limit, struct live_changes *out)
{
	int64_t last;

	memset(out, 0, sizeof(*out));
	if (newest(c, &last) < 0)
		return -1;
	out->last_id = last;
	if (after == 0)
		return 0;
	if (db_rows(c, &LIVE_CHANGE, &out->data,
		    "SELECT {cols} FROM live_change WHERE id > ? ORDER BY id LIMIT ?", after,
		    limit + 1) < 0)
		return -1;
	if (!is_whole(&out->data, after) || (out->data.n == 0 && after != last)) {
		out->data.n = 0;
		out->reset = true;
		return 0;
	}
	out->has_more = (int64_t)out->data.n > limit;
	out->data.n -= out->has_more;
	if (out->data.n > 0)
		out->last_id = ((const struct live_change *)out->data.p)[out->data.n - 1].id;
	show_ids(c, &out->data);
	return 0;
}
