#include "core/schema/generate.h"
#include "core/base/text.h"
#include "core/sys/crypto.h"
#include "core/sys/db.h"

struct named {
	const char *name;
};

static const struct field FIELDS[] = {
	TEXT(named, name, 0, 64),
};
static const struct table NAMED = TABLE(named, "named", FIELDS);

void plan_add(struct plan *p, const char *sql)
{
	if (p->n == PLAN_MAX)
		BUG("more than %d statements", PLAN_MAX);
	p->sql[p->n++] = sql;
}

static int make_plan(struct ctx *c, struct plan **out)
{
	struct plan *p = mem_alloc(c->mem, sizeof(*p));

	p->c = c;
	*out = p;
	if (accounts_plan(p) < 0 || views_plan(p) < 0 || doors_plan(p) < 0)
		return -1;
	return triggers_plan(p);
}

/* One digest over all statements. */
static const char *digest(struct plan *p)
{
	struct buf b = buf_new(p->c->mem, 8 * 1024 * 1024);
	uint8_t d[SHA256_SIZE];

	for (size_t i = 0; i < p->n; i++)
		buf_add(&b, p->sql[i], strlen(p->sql[i]) + 1);
	if (buf_full(&b))
		BUG("the generated statements are too long");
	sha256((struct bytes){(const uint8_t *)b.p, b.n}, d);
	return hex_encode(p->c->mem, (struct bytes){d, sizeof(d)});
}

/* ---- what is there ---- */

static int views_there(struct ctx *c, struct rows *out)
{
	return db_rows(c, &NAMED, out,
		"SELECT TABLE_NAME AS name FROM information_schema.TABLES"
		" WHERE TABLE_SCHEMA = 'frontdesk' ORDER BY 1");
}

static int doors_there(struct ctx *c, struct rows *out)
{
	return db_rows(c, &NAMED, out,
		"SELECT ROUTINE_NAME AS name FROM information_schema.ROUTINES"
		" WHERE ROUTINE_SCHEMA = 'frontdesk' ORDER BY 1");
}

static int triggers_there(struct ctx *c, struct rows *out)
{
	return db_rows(c, &NAMED, out,
		"SELECT TRIGGER_NAME AS name FROM information_schema.TRIGGERS"
		" WHERE TRIGGER_SCHEMA = 'frontdesk_store' ORDER BY 1");
}

static bool contains(const struct texts *wanted, const char *name)
{
	for (size_t i = 0; i < wanted->n; i++) {
		if (strcmp(wanted->p[i], name) == 0)
			return true;
	}
	return false;
}

/* There are these and no others. */
static bool same_names(const struct texts *wanted, const struct rows *there)
{
	const struct named *have = there->p;

	for (size_t i = 0; i < there->n; i++) {
		if (!contains(wanted, have[i].name))
			return false;
	}
	return wanted->n == there->n;
}

/* 1 when the database already has it all. */
static int up_to_date(struct plan *p, const char *sum)
{
	struct rows views, doors, triggers;
	int64_t same = 0;

	if (db_int(p->c, &same,
		    "SELECT COUNT(*) FROM frontdesk_store.schema_migration"
		    " WHERE file = 'generated' AND checksum = ?",
		    sum) < 0 ||
		views_there(p->c, &views) < 0 || doors_there(p->c, &doors) < 0 ||
		triggers_there(p->c, &triggers) < 0)
		return -1;
	return same == 1 && same_names(&p->views, &views) && same_names(&p->doors, &doors) &&
		same_names(&p->triggers, &triggers);
}

/* ---- making it ---- */

static int drop_others(
	struct ctx *c, const char *kind, const struct texts *wanted, const struct rows *there)
{
	const struct named *have = there->p;

	for (size_t i = 0; i < there->n; i++) {
		if (contains(wanted, have[i].name))
			continue;
		if (db_script(c, mem_printf(c->mem, "DROP %s.`%s`", kind, have[i].name)) < 0)
			return -1;
	}
	return 0;
}

static int drop_stale(struct plan *p)
{
	struct rows views, doors, triggers;

	if (views_there(p->c, &views) < 0 || doors_there(p->c, &doors) < 0 ||
		triggers_there(p->c, &triggers) < 0)
		return -1;
	if (drop_others(p->c, "VIEW frontdesk", &p->views, &views) < 0 ||
		drop_others(p->c, "TRIGGER frontdesk_store", &p->triggers, &triggers) < 0)
		return -1;
	return drop_others(p->c, "PROCEDURE frontdesk", &p->doors, &doors);
}

static int remember(struct plan *p, const char *sum)
{
	if (db_exec(p->c, "DELETE FROM frontdesk_store.schema_migration WHERE file = 'generated'") <
		0)
		return -1;
	int rc = db_exec(p->c,
		"INSERT INTO frontdesk_store.schema_migration (file, checksum, statements, done)"
		" VALUES ('generated', ?, ?, ?)",
		sum, (int64_t)p->n, (int64_t)p->n);

	return rc < 0 ? -1 : 0;
}

static int make_all(struct plan *p, const char *sum, FILE *out)
{
	if (db_script(p->c, "USE frontdesk") < 0)
		return -1;
	for (size_t i = 0; i < p->n; i++) {
		if (db_script(p->c, p->sql[i]) < 0)
			return -1;
	}
	if (drop_stale(p) < 0 || remember(p, sum) < 0)
		return -1;
	fprintf(out, "made %zu views, %zu procedures and %zu triggers\n", p->views.n, p->doors.n,
		p->triggers.n);
	return 0;
}

int schema_generate(struct ctx *c, FILE *out)
{
	struct plan *p;

	if (make_plan(c, &p) < 0)
		return -1;
	const char *sum = digest(p);
	int rc = up_to_date(p, sum);
	if (rc < 0 || (rc == 0 && make_all(p, sum, out) < 0))
		return -1;
	return rights_apply(p);
}

int schema_generated(struct ctx *c, const char **sentence)
{
	struct plan *p;

	if (make_plan(c, &p) < 0)
		return -1;
	int rc = up_to_date(p, digest(p));
	if (rc < 0)
		return -1;
	*sentence = rc == 1 ? "" : "views, procedures or accounts are not those of this version";
	return 0;
}

int schema_rights(struct ctx *c, struct rows *extra, struct rows *missing)
{
	struct plan *p;

	if (make_plan(c, &p) < 0)
		return -1;
	return rights_compare(p, extra, missing);
}
