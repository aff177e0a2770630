#include "core/audit/row.h"
#include "core/audit/audit.h"
#include "core/base/buf.h"
#include "core/base/id.h"
#include "core/sys/db.h"

#define FIELDS_MAX 1000

static const char *action(struct ctx *c, const struct table *t, const char *verb)
{
	return mem_printf(c->mem, "%s.%s", t->name, verb);
}

/* "phone_number" -> "phone number" */
static const char *words(struct ctx *c, const struct table *t)
{
	char *s = mem_text(c->mem, t->name);

	for (char *p = s; *p != '\0'; p++)
		*p = *p == '_' ? ' ' : *p;
	return s;
}

static int check_references(struct ctx *c, const struct table *t, const void *row, uint64_t members)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct field *f = &t->fields[i];
		const char *id;
		int rc;

		if (f->type != F_ID || f->sub == NULL || (members & field_bit(t, f)) == 0)
			continue;
		id = *(const char *const *)((const char *)row + f->offset);
		rc = id == NULL ? 1 : db_exists(c, f->sub, id);
		if (rc < 0)
			return -1;
		if (rc == 0)
			return err_field(c, f->name, "There is no such %s.", words(c, f->sub));
	}
	return 0;
}

const char *row_members(struct ctx *c, const struct table *t, uint64_t members)
{
	struct buf b = buf_new(c->mem, FIELDS_MAX);

	for (size_t i = 0; i < t->n; i++) {
		if ((members & field_bit(t, &t->fields[i])) != 0)
			buf_printf(&b, "%s%s", b.n > 0 ? "," : "", t->fields[i].name);
	}
	return buf_text(&b);
}

int row_create(struct ctx *c, const struct table *t, void *row)
{
	const char *id = id_new(c);

	*table_id(t, row) = id;
	if (check_references(c, t, row, UINT64_MAX) < 0 || db_insert(c, t, row) < 0)
		return -1;
	return audit_add(c, action(c, t, "create"), t->name, id, NULL);
}

int row_change(struct ctx *c, const struct table *t, const void *was, const void *now)
{
	uint64_t members = table_diff(t, was, now);
	const char *id = *table_id(t, was);

	if (members == 0)
		return 0;
	if (check_references(c, t, now, members) < 0 ||
		db_update_members(c, t, now, members, id) < 0)
		return -1;
	if (audit_add(c, action(c, t, "update"), t->name, id, row_members(c, t, members)) < 0)
		return -1;
	return 1;
}

int row_delete(struct ctx *c, const struct table *t, const char *id)
{
	if (db_must(c, db_remove(c, t, id), words(c, t), id) < 0)
		return -1;
	return audit_add(c, action(c, t, "delete"), t->name, id, NULL);
}
