#include "tests/db/planted.h"
#include "core/base/id.h"
#include "core/sys/crypto.h"

#include <time.h>

#define ROWS "4"

static uint64_t seed;

MYSQL *above, *inside;
struct arena *mem, *kept;
struct statements gen;
struct side mine = {"statements-mine", NULL, 0}, theirs = {"statements-theirs", NULL, 0};
const struct side *hidden[2];

/* ---- two companies ---- */

void must(const char *sql)
{
	ck_assert_msg(raw_run(above, sql) == 0, "%.300s: %s", sql, mysql_error(above));
}

static const char *file_text(const char *path)
{
	char *text = mem_alloc(kept, 65536);
	FILE *f = fopen(path, "re");

	ck_assert_msg(f != NULL, "%s cannot be read", path);
	ck_assert_uint_lt(fread(text, 1, 65535, f), 65535);
	fclose(f);
	return text;
}

void plant(const struct side *s)
{
	static const char *script;

	if (script == NULL)
		script = file_text("tests/support/canaries.sql");
	must(mem_printf(mem, "SET @company = %" PRId64 ", @canary = '%s', @rows = " ROWS, s->number,
		s->canary));
	must(script);
}

void uproot(const struct side *s, bool whole)
{
	must("SET SESSION foreign_key_checks = 0");
	must(mem_printf(mem,
		"BEGIN NOT ATOMIC FOR t IN (SELECT TABLE_NAME AS name FROM "
		"information_schema.COLUMNS"
		" WHERE TABLE_SCHEMA = 'frontdesk_store' AND COLUMN_NAME = 'company_id'"
		" AND (%d OR TABLE_NAME NOT IN ('company_settings', 'calendar_version'))) DO"
		" EXECUTE IMMEDIATE CONCAT('DELETE FROM frontdesk_store.`', t.name, '` WHERE"
		" company_id = %" PRId64 "'); END FOR; END",
		whole, s->number));
}

static void found(struct side *s)
{
	uint8_t raw[16];

	random_bytes(raw, sizeof(raw));
	s->canary = hex_encode(kept, (struct bytes){raw, sizeof(raw)});
	must(mem_printf(mem,
		"INSERT INTO frontdesk_store.company (uid, tenant_id, plan_id, slug, name, country,"
		" time_zone, currency, locale, status) SELECT UUID(), tenant_id, plan_id, '%s', "
		"'x',"
		" 'DE', 'Europe/Berlin', 'EUR', 'de', 'active' FROM frontdesk_store.company"
		" WHERE slug = 'salon-morgenrot'",
		s->slug));
	s->number = raw_int(above,
		mem_printf(
			mem, "SELECT id FROM frontdesk_store.company WHERE slug = '%s'", s->slug));
	must(mem_printf(mem,
		"INSERT INTO frontdesk_store.company_settings (company_id, id) SELECT id, uid FROM"
		" frontdesk_store.company WHERE id = %" PRId64,
		s->number));
	plant(s);
}

static void end_company(const struct side *s)
{
	uproot(s, true);
	must(mem_printf(mem, "DELETE FROM frontdesk_store.company WHERE id = %" PRId64, s->number));
}

/* ---- what the whole database holds ---- */

static struct {
	const char *outside;   /* a digest of all that is not mine */
	const char *theirs;    /* … of what is theirs */
	const char *companies; /* … of what is any company's */
	const char *smuggled;  /* how many rows of mine hold their canary */
} ask_for;

/* One query over all tables, a line a table, made from the catalogue: head, the
 * columns, tail; of rows whose company's number is so ("= 5"). What belongs to no
 * company is only where the others are asked for. */
static const char *query_of_all(const char *so, const char *head, const char *tail)
{
	MYSQL_ROW row;
	struct buf b = buf_new(kept, 1 << 18);

	must("SET SESSION group_concat_max_len = 1000000");
	ck_assert_int_eq(mysql_query(above,
				 "SELECT TABLE_NAME, MAX(COLUMN_NAME = 'company_id'),"
				 " GROUP_CONCAT('COALESCE(`', COLUMN_NAME, '`, 0x00)')"
				 " FROM information_schema.COLUMNS WHERE TABLE_SCHEMA ="
				 " 'frontdesk_store' GROUP BY TABLE_NAME ORDER BY TABLE_NAME"),
		0);
	MYSQL_RES *r = mysql_store_result(above);
	while ((row = mysql_fetch_row(r)) != NULL) {
		bool company = strcmp(row[0], "company") == 0;
		bool owned = *row[1] == '1' || company;

		if (*so != '<' && !owned)
			continue;
		buf_printf(&b, "%sSELECT '%s' AS t, %s%s%s FROM frontdesk_store.`%s`",
			b.n > 0 ? " UNION ALL " : "", row[0], head, row[2], tail, row[0]);
		if (owned)
			buf_printf(&b, " WHERE %s %s", company ? "id" : "company_id", so);
	}
	mysql_free_result(r);
	return buf_text(&b);
}

static const char *digest_of(const char *so)
{
	return query_of_all(so, "COUNT(*), BIT_XOR(CRC32(CONCAT_WS('|', ", ")))");
}

static uint64_t fold(uint64_t h, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		h = (h ^ (uint8_t)s[i]) * UINT64_C(1099511628211);
	return h;
}

static void read_result(MYSQL_RES *r, struct outcome *out)
{
	MYSQL_ROW row;

	while ((row = mysql_fetch_row(r)) != NULL) {
		unsigned long *length = mysql_fetch_lengths(r);
		uint64_t h = UINT64_C(14695981039346656037);

		out->rows++;
		for (unsigned i = 0; i < mysql_num_fields(r); i++) {
			const char *cell = row[i] == NULL ? "" : row[i];
			size_t n = row[i] == NULL ? 0 : length[i];

			h = fold(fold(h, cell, n), "|", 1);
			if (theirs.canary != NULL && memmem(cell, n, theirs.canary, 12) != NULL)
				out->leaked = true;
		}
		out->digest += h;
	}
}

struct outcome run(MYSQL *m, const char *sql)
{
	struct outcome out = {0};
	int rc = mysql_real_query(m, sql, strlen(sql));

	out.error = rc != 0 ? mysql_errno(m) : 0;
	while (rc == 0) {
		MYSQL_RES *r = mysql_store_result(m);

		if (r != NULL)
			read_result(r, &out);
		else
			out.matched += (int64_t)mysql_affected_rows(m);
		mysql_free_result(r);
		rc = mysql_next_result(m);
	}
	return out;
}

static uint64_t digest(const char *query)
{
	struct outcome o = run(above, query);

	ck_assert_msg(o.error == 0, "%s", mysql_error(above));
	return o.digest;
}

uint64_t digest_outside(void)
{
	return digest(ask_for.outside);
}

uint64_t digest_theirs(void)
{
	return digest(ask_for.theirs);
}

uint64_t digest_companies(void)
{
	return digest(ask_for.companies);
}

int64_t smuggled(void)
{
	return raw_int(above, ask_for.smuggled);
}

/* ---- verdicts ---- */

void blame(struct verdict *v, int *kind, const char *why, const char *sql)
{
	if (v->leaks + v->changes + v->forbidden == 0)
		snprintf(v->first, sizeof(v->first), "%s: %s", why, sql);
	(*kind)++;
}

void count(struct verdict *v, const struct statement *s, const struct outcome *o)
{
	v->made++;
	v->worked += o->error == 0;
	v->returned += o->rows > 0;
	v->changed += o->matched > 0;
	v->refused += s->forbidden;
	if (o->leaked)
		blame(v, &v->leaks, "it shows another company's text", s->sql);
	if (s->forbidden && o->error == 0)
		blame(v, &v->forbidden, "it worked", s->sql);
}

void report(const char *what, const struct verdict *v)
{
	fprintf(stderr,
		"statements: FRONTDESK_SEED=%" PRIu64
		": %s: %d made, %d worked, %d returned rows, %d changed some, %d must fail\n",
		seed, what, v->made, v->worked, v->returned, v->changed, v->refused);
}

void expect_none(const char *what, const struct verdict *v)
{
	report(what, v);
	ck_assert_msg(v->leaks + v->changes + v->forbidden == 0,
		"%d leaks, %d changes, %d forbidden: %s", v->leaks, v->changes, v->forbidden,
		v->first);
	/* it is no test of errors */
	ck_assert_int_gt(v->worked, v->made / 4);
}

/* ---- around each test ---- */

void enter(int64_t company)
{
	if (inside != NULL)
		mysql_close(inside);
	inside = raw_connect("fd_web");
	ck_assert_uint_eq(raw_run(inside, "SET timestamp = 1800000000, max_statement_time = 2"), 0);
	if (company > 0)
		ck_assert_uint_eq(
			raw_run(inside,
				mem_printf(mem, "CALL enter_company(%" PRId64 ")", company)),
			0);
}

bool still_in(int64_t company)
{
	return raw_int(inside, "SELECT CONNECTION_ID() ^ 2147483648") == company;
}

static void names_of_ids(void)
{
	const char **ids = mem_alloc(kept, 200 * sizeof(*ids));
	MYSQL_ROW row;

	ck_assert_int_eq(mysql_query(above,
				 mem_printf(mem,
					 "SELECT id FROM frontdesk_store.customer WHERE company_id "
					 "IN (%" PRId64 ", %" PRId64
					 ") UNION SELECT id FROM frontdesk_store.staff UNION"
					 " SELECT uid FROM frontdesk_store.company",
					 mine.number, theirs.number)),
		0);
	MYSQL_RES *r = mysql_store_result(above);
	for (gen.n_ids = 0; gen.n_ids < 200 && (row = mysql_fetch_row(r)) != NULL;)
		ids[gen.n_ids++] = mem_text(kept, row[0]);
	mysql_free_result(r);
	gen.ids = ids;
}

void planted_setup(void)
{
	const char *given = getenv("FRONTDESK_SEED");

	mem = arena_new(64u << 20);
	kept = arena_new(16u << 20);
	above = raw_connect("root");
	must("SET SESSION TRANSACTION ISOLATION LEVEL READ UNCOMMITTED");
	must("SET NAMES utf8mb4");
	must("USE frontdesk_store");
	seed = given != NULL ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
	gen = (struct statements){.mem = mem, .seed = seed * 2 + 1};
	found(&mine);
	found(&theirs);
	hidden[0] = &theirs;
	hidden[1] = NULL;
	gen.numbers[0] = mine.number;
	gen.numbers[1] = theirs.number;
	statements_open(&gen, above, kept);
	names_of_ids();
	const char *is_mine = mem_printf(kept, "= %" PRId64, mine.number);
	ask_for.outside = digest_of(mem_printf(kept, "<> %" PRId64, mine.number));
	ask_for.theirs = digest_of(mem_printf(kept, "= %" PRId64, theirs.number));
	ask_for.companies = digest_of("> 0");
	ask_for.smuggled = mem_printf(kept, "SELECT SUM(n) FROM (%s) t",
		query_of_all(is_mine, "COALESCE(SUM(CONCAT_WS('|', ",
			mem_printf(kept, ") LIKE '%%%.12s%%'), 0) AS n", theirs.canary)));
}

void planted_teardown(void)
{
	mysql_close(inside);
	inside = NULL;
	end_company(&mine);
	end_company(&theirs);
	mysql_close(above);
	arena_delete(mem);
	arena_delete(kept);
}
