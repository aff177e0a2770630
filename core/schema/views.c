#include "core/schema/generate.h"
#include "core/base/text.h"
#include "core/sys/db.h"

#define TABLES_MAX 300
#define VIEW_SQL_MAX 16384

enum exposure_kind {
	OWN,    /* the rows of the company that the connection is in */
	SHARED, /* all rows */
	HIDDEN_TABLE,
};

/* What differs from the rule (OWN, with the four rights). */
struct exposure {
	const char *table;
	enum exposure_kind kind;
	const char *rights;
	const char *columns; /* of the view; NULL: all but company_id */
	const char *filter;  /* NULL: company_id */
};

#define ALL_RIGHTS "SELECT,INSERT,UPDATE,DELETE"

static const struct exposure EXPOSURES[] = {
	/* reached through doors only */
	{"schema_migration", HIDDEN_TABLE, "", NULL, NULL},
	{"tenant", HIDDEN_TABLE, "", NULL, NULL},
	{"user", HIDDEN_TABLE, "", NULL, NULL},
	{"recovery_code", HIDDEN_TABLE, "", NULL, NULL},
	{"account_mail", HIDDEN_TABLE, "", NULL, NULL},
	{"tenant_membership", HIDDEN_TABLE, "", NULL, NULL},
	{"company_entry", HIDDEN_TABLE, "", NULL, NULL},
	{"session", HIDDEN_TABLE, "", NULL, NULL},
	{"login_failure", HIDDEN_TABLE, "", NULL, NULL},
	/* the same for every company */
	{"plan", SHARED, "SELECT", NULL, NULL},
	{"rate", SHARED, "SELECT", NULL, NULL},
	{"exchange_rate", SHARED, "SELECT", NULL, NULL},
	/* its number never leaves the database */
	{"company", OWN,
		"SELECT,UPDATE (name),UPDATE (country),UPDATE (time_zone),UPDATE (currency),"
		"UPDATE (locale)",
		"uid AS id, plan_id, slug, name, country, time_zone, currency, locale, status,"
		" created_at",
		"id"},
	/* the people of a company, with what colleagues may know of each */
	{"membership", OWN, "SELECT",
		"user_id AS id, role, created_at,"
		" (SELECT u.email FROM frontdesk_store.user u WHERE u.id = user_id) AS email,"
		" (SELECT u.name FROM frontdesk_store.user u WHERE u.id = user_id) AS name,"
		" (SELECT u.locale FROM frontdesk_store.user u WHERE u.id = user_id) AS locale,"
		" (SELECT u.totp_enabled_at IS NOT NULL FROM frontdesk_store.user u"
		" WHERE u.id = user_id) AS two_factor,"
		" (SELECT u.disabled_at IS NULL FROM frontdesk_store.user u"
		" WHERE u.id = user_id) AS is_active",
		NULL},
	/* a row a company, which triggers make */
	{"calendar_version", OWN, "SELECT,UPDATE", NULL, NULL},
	{"company_settings", OWN, "SELECT,UPDATE", NULL, NULL},
	/* records: what happened is not unwritten */
	{"audit_entry", OWN, "SELECT,INSERT", NULL, NULL},
	{"audit_seal", OWN, "SELECT", NULL, NULL},
	{"consent", OWN, "SELECT,INSERT", NULL, NULL},
	{"event", OWN, "SELECT,INSERT", NULL, NULL},
	{"inbox_event", OWN, "SELECT", NULL, NULL},
	{"call_event", OWN, "SELECT,INSERT", NULL, NULL},
	{"platform_cost", OWN, "SELECT,INSERT,UPDATE", NULL, NULL},
	{"provider_call", OWN, "SELECT,INSERT", NULL, NULL},
	{"breaker", OWN, "SELECT,INSERT,UPDATE", NULL, NULL},
	{"call", OWN, "SELECT,INSERT,UPDATE", NULL, NULL},
	{"appointment", OWN, "SELECT,INSERT,UPDATE", NULL, NULL},
	{"notification", OWN, "SELECT,INSERT,UPDATE", NULL, NULL},
	{"unassigned_call", OWN, "SELECT,INSERT,UPDATE", NULL, NULL},
	{"job", OWN, "SELECT,INSERT,UPDATE", NULL, NULL},
	{"job_failure", OWN, "SELECT", NULL, NULL},
	/* given out in order by a door */
	{"live_change", OWN, "SELECT", NULL, NULL},
	{"live_counter", OWN, "SELECT", NULL, NULL},
	{"live_ticket", HIDDEN_TABLE, "", NULL, NULL},
};

/* What the platform's administration sees without a door. */
static const struct {
	const char *table;
	const char *rights;
} PLATFORM[] = {
	{"audit_entry", "INSERT"},
	{"event", "INSERT"}, /* what is audited is told */
	{"idempotency", "SELECT,INSERT,UPDATE"},
	{"job", "INSERT"},
	{"plan", "SELECT"},
};

struct catalogue_column {
	const char *table_name;
	const char *column_name;
};

static const struct field FIELDS[] = {
	TEXT(catalogue_column, table_name, 0, 64),
	TEXT(catalogue_column, column_name, 0, 64),
};
static const struct table COLUMN = TABLE(catalogue_column, "columns", FIELDS);

static const struct exposure *exposure_of(const char *table)
{
	for (size_t i = 0; i < COUNT_OF(EXPOSURES); i++) {
		if (strcmp(EXPOSURES[i].table, table) == 0)
			return &EXPOSURES[i];
	}
	return NULL;
}

/* The columns of one table: n in a row. */
struct run {
	const struct catalogue_column *p;
	size_t n;
};

static bool run_has(const struct run *r, const char *column)
{
	for (size_t i = 0; i < r->n; i++) {
		if (strcmp(r->p[i].column_name, column) == 0)
			return true;
	}
	return false;
}

static void put_view_columns(struct buf *b, const struct run *r, const struct exposure *e)
{
	bool first = true;

	if (e != NULL && e->columns != NULL) {
		buf_text_add(b, e->columns);
		return;
	}
	for (size_t i = 0; i < r->n; i++) {
		if (strcmp(r->p[i].column_name, "company_id") == 0)
			continue;
		buf_printf(b, "%s`%s`", first ? "" : ", ", r->p[i].column_name);
		first = false;
	}
}

static void plan_view(struct plan *p, const struct run *r, const struct exposure *e)
{
	const char *name = r->p[0].table_name;
	struct buf b = buf_new(p->c->mem, VIEW_SQL_MAX);

	buf_printf(&b,
		"CREATE OR REPLACE ALGORITHM=MERGE DEFINER=" DEFINER " SQL SECURITY DEFINER"
		" VIEW frontdesk.`%s` AS SELECT ",
		name);
	put_view_columns(&b, r, e);
	buf_printf(&b, " FROM frontdesk_store.`%s`", name);
	if (e == NULL || e->kind == OWN)
		buf_printf(&b, " WHERE %s = " COMPANY_HERE " WITH CASCADED CHECK OPTION",
			e != NULL && e->filter != NULL ? e->filter : "company_id");
	if (buf_full(&b))
		BUG("the view of %s is too long", name);
	plan_add(p, buf_text(&b));
	p->views.p[p->views.n++] = name;

	const char *object = mem_printf(p->c->mem, "frontdesk.%s", name);
	plan_right(p, "fd_web", object, e == NULL ? ALL_RIGHTS : e->rights);
	plan_right(p, "fd_worker", object, e == NULL ? ALL_RIGHTS : e->rights);
	for (size_t i = 0; i < COUNT_OF(PLATFORM); i++) {
		if (strcmp(PLATFORM[i].table, name) == 0)
			plan_right(p, "fd_platform", object, PLATFORM[i].rights);
	}
}

static int plan_table(struct plan *p, const struct run *r)
{
	const char *name = r->p[0].table_name;
	const struct exposure *e = exposure_of(name);

	if (e == NULL && !run_has(r, "company_id"))
		return err_set(p->c, E_INTERNAL,
			"Table %s has no company_id: add the column, or say in core/schema/views.c "
			"who "
			"may see it.",
			name);
	if (e != NULL && e->kind == HIDDEN_TABLE)
		return 0;
	plan_view(p, r, e);
	return 0;
}

int views_plan(struct plan *p)
{
	struct rows rows;

	if (db_rows(p->c, &COLUMN, &rows,
		    "SELECT k.TABLE_NAME AS table_name, k.COLUMN_NAME AS column_name"
		    " FROM information_schema.COLUMNS k JOIN information_schema.TABLES t"
		    " ON t.TABLE_SCHEMA = k.TABLE_SCHEMA AND t.TABLE_NAME = k.TABLE_NAME"
		    " WHERE k.TABLE_SCHEMA = 'frontdesk_store' AND t.TABLE_SCHEMA = "
		    "'frontdesk_store'"
		    " AND t.TABLE_TYPE LIKE '%TABLE%' ORDER BY k.TABLE_NAME, k.ORDINAL_POSITION") <
		0)
		return -1;
	const struct catalogue_column *all = rows.p;
	p->views.p = mem_alloc(p->c->mem, TABLES_MAX * sizeof(*p->views.p));
	for (size_t i = 0; i < rows.n;) {
		struct run r = {&all[i], 1};

		while (i + r.n < rows.n && strcmp(all[i + r.n].table_name, all[i].table_name) == 0)
			r.n++;
		if (p->views.n == TABLES_MAX)
			BUG("more than %d tables", TABLES_MAX);
		if (plan_table(p, &r) < 0)
			return -1;
		i += r.n;
	}
	return 0;
}
