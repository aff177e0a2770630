#include "core/schema/generate.h"
#include "core/sys/db.h"

#define TRIGGERS_MAX 100
#define TRIGGER_SQL_MAX 8192

/* What a calendar is made of. Columns that every booking writes do not count,
 * nor do rows of which only such a column changed. */
static const struct source {
	const char *table;
	const char *company; /* the column that says whose it is */
	const char *not_counted;
} SOURCES[] = {
	{"company", "id", NULL},
	{"company_settings", "company_id", NULL},
	{"branch", "company_id", NULL},
	{"resource", "company_id", "booking_seq"},
	{"staff", "company_id", NULL},
	{"working_hours", "company_id", NULL},
	{"time_off", "company_id", NULL},
	{"closed_day", "company_id", NULL},
	{"service", "company_id", NULL},
	{"service_segment", "company_id", NULL},
	{"service_staff", "company_id", "chosen_at"},
	{"service_resource", "company_id", NULL},
	{"service_add_on", "company_id", NULL},
};

struct column {
	const char *table_name;
	const char *column_name;
};

static const struct field FIELDS[] = {
	TEXT(column, table_name, 0, 64),
	TEXT(column, column_name, 0, 64),
};
static const struct table COLUMN = TABLE(column, "columns", FIELDS);

/* "NOT (NEW.a <=> OLD.a AND …)"; columns are those of all tables. */
static void put_condition(struct buf *b, const struct source *s, const struct rows *columns)
{
	const struct column *k = columns->p;
	bool first = true;

	buf_text_add(b, "IF NOT (");
	for (size_t i = 0; i < columns->n; i++) {
		if (strcmp(k[i].table_name, s->table) != 0 ||
			strcmp(k[i].column_name, s->not_counted) == 0)
			continue;
		buf_printf(b, "%sNEW.`%s` <=> OLD.`%s`", first ? "" : " AND ", k[i].column_name,
			k[i].column_name);
		first = false;
	}
	buf_text_add(b, ") THEN ");
}

static void plan_trigger(
	struct plan *p, const struct source *s, const char *event, const struct rows *columns)
{
	const char *name = mem_printf(p->c->mem, "calendar_%s_%s", s->table, event);
	const char *row = strcmp(event, "delete") == 0 ? "OLD" : "NEW";
	bool some = s->not_counted != NULL && strcmp(event, "update") == 0;
	struct buf b = buf_new(p->c->mem, TRIGGER_SQL_MAX);

	buf_printf(&b,
		"CREATE OR REPLACE DEFINER=" DEFINER " TRIGGER frontdesk_store.%s AFTER %s ON "
		"frontdesk_store.`%s` FOR EACH ROW ",
		name, event, s->table);
	if (some)
		put_condition(&b, s, columns);
	/* (an UPDATE here is counted among the rows of the statement it hangs on, when
	 * that is the first of a connection in its company) */
	buf_printf(&b,
		"INSERT INTO frontdesk_store.calendar_version (company_id, version) "
		"VALUES (%s.%s, UUID()) ON DUPLICATE KEY UPDATE version = VALUES(version)%s",
		row, s->company, some ? "; END IF" : "");
	if (buf_full(&b) || p->triggers.n == TRIGGERS_MAX)
		BUG("trigger %s is too long, or one too many", name);
	plan_add(p, buf_text(&b));
	p->triggers.p[p->triggers.n++] = name;
}

static bool is_there(const char *table, const struct rows *columns)
{
	const struct column *k = columns->p;

	for (size_t i = 0; i < columns->n; i++) {
		if (strcmp(k[i].table_name, table) == 0)
			return true;
	}
	return false;
}

int triggers_plan(struct plan *p)
{
	struct rows columns;

	if (db_rows(p->c, &COLUMN, &columns,
		    "SELECT TABLE_NAME AS table_name, COLUMN_NAME AS column_name"
		    " FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'frontdesk_store'"
		    " ORDER BY TABLE_NAME, ORDINAL_POSITION") < 0)
		return -1;
	p->triggers.p = mem_alloc(p->c->mem, TRIGGERS_MAX * sizeof(*p->triggers.p));
	for (size_t i = 0; i < COUNT_OF(SOURCES); i++) {
		const struct source *s = &SOURCES[i];

		if (!is_there(s->table, &columns))
			continue;
		plan_trigger(p, s, "insert", &columns);
		plan_trigger(p, s, "update", &columns);
		if (strcmp(s->table, "company") != 0) /* has others that refer to it */
			plan_trigger(p, s, "delete", &columns);
	}
	return 0;
}
