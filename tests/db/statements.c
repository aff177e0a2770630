#include "tests/db/statements.h"

#define DEPTH_MAX 3
#define SQL_MAX 65536

/* ---- chance ---- */

uint64_t statement_random(struct statements *g)
{
	g->seed ^= g->seed >> 12;
	g->seed ^= g->seed << 25;
	g->seed ^= g->seed >> 27;
	return g->seed * UINT64_C(2685821657736338717);
}

static size_t below(struct statements *g, size_t n)
{
	return (size_t)(statement_random(g) >> 33) % n;
}

static bool one_in(struct statements *g, size_t n)
{
	return below(g, n) == 0;
}

static const char *pick(struct statements *g, const char *const *all)
{
	size_t n = 0;

	for (; all[n] != NULL; n++)
		continue;
	return all[below(g, n)];
}

#define PICK(g, ...) pick((g), (const char *const[]){__VA_ARGS__, NULL})

static void put(struct statements *g, const char *s)
{
	buf_text_add(&g->b, s);
}

/* ---- what there is ---- */

static char kind_of(const char *type)
{
	if (strcmp(type, "uuid") == 0)
		return 'u';
	if (strstr(type, "int") != NULL)
		return 'i';
	if (strstr(type, "date") != NULL)
		return 'd';
	return strstr(type, "binary") != NULL || strstr(type, "blob") != NULL ? 'b' : 't';
}

void statements_open(struct statements *g, MYSQL *root, struct arena *keep)
{
	static const char SQL[] = "SELECT TABLE_NAME, COLUMN_NAME, DATA_TYPE FROM"
				  " information_schema.COLUMNS WHERE TABLE_SCHEMA = 'frontdesk'"
				  " ORDER BY TABLE_NAME, ORDINAL_POSITION";
	MYSQL_ROW row;

	ck_assert_int_eq(mysql_query(root, SQL), 0);
	MYSQL_RES *r = mysql_store_result(root);
	g->views = mem_alloc(keep, 100 * sizeof(*g->views));
	for (g->n_views = 0; (row = mysql_fetch_row(r)) != NULL;) {
		struct view_of *v = g->n_views > 0 ? &g->views[g->n_views - 1] : NULL;

		if (v == NULL || strcmp(v->name, row[0]) != 0) {
			ck_assert_uint_lt(g->n_views, 100);
			v = &g->views[g->n_views++];
			v->name = mem_text(keep, row[0]);
		}
		ck_assert_uint_lt(v->n, COUNT_OF(v->columns));
		v->columns[v->n++] = (struct view_column){mem_text(keep, row[1]), kind_of(row[2])};
	}
	mysql_free_result(r);
}

/* A view under an alias: what can be named in its scope. */
struct source {
	const struct view_of *view;
	int alias;
};

struct scope {
	struct source p[4];
	size_t n;
};

static const struct view_of *any_view(struct statements *g)
{
	const struct view_of *v = &g->views[below(g, g->n_views)];

	/* a trigger gives it a new value at each change */
	if (strcmp(v->name, "calendar_version") == 0)
		g->compared = false;
	return v;
}

/* The name of the view, mostly: its schema before it, or the table behind it. */
static void put_view(struct statements *g, const struct view_of *v)
{
	if (one_in(g, 40)) {
		put(g, "frontdesk_store.");
		g->forbidden = true;
	} else if (one_in(g, 6)) {
		put(g, "frontdesk.");
	}
	buf_printf(&g->b, "`%s`", v->name);
}

/* ---- expressions ---- */

static void put_query(struct statements *g, size_t columns);
static void put_select(struct statements *g, size_t n);
static void put_condition(struct statements *g, const struct scope *s);

static const struct view_column *put_column(struct statements *g, const struct scope *s, char kind)
{
	const struct source *from = &s->p[below(g, s->n)];
	const struct view_column *c = &from->view->columns[below(g, from->view->n)];

	for (size_t i = 0; kind != 0 && c->kind != kind && i < from->view->n; i++)
		c = &from->view->columns[(size_t)(c - from->view->columns + 1) % from->view->n];
	buf_printf(&g->b, "a%d.`%s`", from->alias, c->name);
	return c;
}

static void put_literal(struct statements *g, char kind)
{
	if (kind == 'i' && one_in(g, 2))
		buf_printf(&g->b, "%" PRId64, g->numbers[below(g, 2)]);
	else if (kind == 'i')
		put(g, PICK(g, "0", "1", "5", "60", "-1", "2147483648", "NULL", "0x7fffffff"));
	else if (kind == 'd')
		put(g, PICK(g, "'2037-01-02'", "'2026-01-01 10:00'", "'1970-01-02'", "NULL"));
	else if (kind == 'u' || one_in(g, 4))
		buf_printf(&g->b, "'%s'", g->ids[below(g, g->n_ids)]);
	else
		put(g, PICK(g, "''", "'%'", "'active'", "'x'", "NULL", "0x27", "'\\\\'", "'1'"));
}

static const char *const SYSTEM[] = {"@@sql_mode", "@@version", "@@global.max_connections",
	"CONNECTION_ID()", "DATABASE()", "USER()", "CURRENT_USER()", "@@session.autocommit",
	"CONNECTION_ID() ^ 2147483648", "LAST_INSERT_ID()", "FOUND_ROWS()", "SESSION_USER()", NULL};

/* One value: of one row, or of nothing. */
static void put_value(struct statements *g, const struct scope *s, char kind)
{
	size_t k = below(g, 12);

	if (k < 6 && s->n > 0) {
		put_column(g, s, kind);
	} else if (k < 8) {
		put_literal(g, kind);
	} else if (k == 8 && g->depth < DEPTH_MAX) {
		const struct view_of *v = any_view(g);
		struct scope inner = {{{v, g->aliases++}}, 1};

		g->depth++;
		put(g, one_in(g, 3) ? "(SELECT COUNT(*) FROM " : "(SELECT MAX(1) FROM ");
		put_view(g, v);
		buf_printf(&g->b, " a%d WHERE ", inner.p[0].alias);
		put_condition(g, &inner);
		put(g, ")");
		g->depth--;
	} else if (k == 9) {
		put(g, pick(g, SYSTEM));
		g->compared = false; /* not the rows' doing */
	} else if (k == 10) {
		buf_printf(&g->b, "@v%zu", below(g, 4));
	} else {
		put(g,
			PICK(g, "CONCAT_WS(',', ", "COALESCE(", "HEX(", "UPPER(", "CHAR_LENGTH(",
				"JSON_QUOTE(", "MD5("));
		put_value(g, s, kind);
		put(g, ")");
	}
}

static void put_comparison(struct statements *g, const struct scope *s)
{
	char kind = "iitud"[below(g, 5)];

	put_value(g, s, kind);
	put(g,
		PICK(g, " = ", " <> ", " < ", " >= ", " <=> ", " LIKE ",
			" IS NOT NULL OR 1 = ", " REGEXP "));
	put_value(g, s, kind);
}

static void put_condition(struct statements *g, const struct scope *s)
{
	size_t k = below(g, 14);

	if (k < 3) {
		put(g, PICK(g, "1 = 1", "TRUE", "1 OR 1", "'a' = 'a' OR ''", "NOT 0"));
	} else if (k < 8 || g->depth >= DEPTH_MAX) {
		put_comparison(g, s);
	} else if (k < 10) {
		g->depth++;
		put_condition(g, s);
		put(g, PICK(g, " AND ", " OR ", " XOR ", " AND NOT "));
		put_condition(g, s);
		g->depth--;
	} else if (k == 10) { /* as if one could name it */
		put(g,
			PICK(g, "company_id = 1", "a0.company_id <> 0", "`company_id` IS NOT NULL",
				"1 = 1", "CONNECTION_ID() IS NOT NULL"));
	} else {
		g->depth++;
		if (k < 13) {
			put_value(g, s, 'u');
			put(g, PICK(g, " IN (", " NOT IN (", " = ANY ("));
			put_query(g, 1);
		} else { /* no UNION: MariaDB 10.11 dies of EXISTS (… UNION …) */
			put(g, PICK(g, "EXISTS (", "NOT EXISTS ("));
			put_select(g, 1);
		}
		put(g, ")");
		g->depth--;
	}
}

/* ---- queries ---- */

/* A table of the catalogue: what it says is not the rows' doing. */
static void put_catalogue(struct statements *g)
{
	g->compared = false;
	put(g,
		PICK(g, "information_schema.TABLES", "information_schema.COLUMNS",
			"information_schema.VIEWS", "information_schema.ROUTINES",
			"information_schema.PROCESSLIST", "information_schema.STATISTICS",
			"information_schema.KEY_COLUMN_USAGE", "information_schema.PARTITIONS",
			"information_schema.INNODB_TRX", "information_schema.USER_PRIVILEGES",
			"information_schema.TRIGGERS", "information_schema.PARAMETERS"));
}

static void put_from(struct statements *g, struct scope *s)
{
	size_t n = 1 + below(g, 3);

	s->n = 0;
	for (size_t i = 0; i < n; i++) {
		const struct view_of *v = any_view(g);
		int alias = g->aliases++;
		size_t link = i == 0 ? 0 : 1 + below(g, 5);

		put(g,
			(const char *const[]){"", " JOIN ", " LEFT JOIN ", " RIGHT JOIN ", ", ",
				" STRAIGHT_JOIN "}[link]);
		put_view(g, v);
		buf_printf(&g->b, " a%d", alias);
		s->p[s->n++] = (struct source){v, alias};
		if (link == 2 || link == 3 || (link > 0 && link != 4 && one_in(g, 2))) {
			put(g, " ON ");
			put_comparison(g, s);
		}
	}
}

static const char *const AGGREGATE[] = {
	"COUNT(", "MAX(", "MIN(", "COUNT(DISTINCT ", "SUM(", "BIT_XOR(", NULL};

static void put_columns(struct statements *g, const struct scope *s, size_t n, bool grouped)
{
	for (size_t i = 0; i < n; i++) {
		put(g, i > 0 ? ", " : "");
		if (grouped) {
			put(g, pick(g, AGGREGATE));
			put_column(g, s, 0);
			put(g, ")");
		} else if (one_in(g, 12)) {
			put(g, "COUNT(*) OVER (PARTITION BY ");
			put_column(g, s, 0);
			put(g, ")");
		} else {
			put_value(g, s, "itudb"[below(g, 5)]);
		}
	}
}

/* SELECT of so many columns. The columns come before what they are of: so they
 * are made in a second buffer. */
static void put_select(struct statements *g, size_t n)
{
	struct buf outer = g->b, from = buf_new(g->mem, SQL_MAX);
	bool grouped = one_in(g, 5);
	struct scope s;

	g->b = from;
	put(g, " FROM ");
	put_from(g, &s);
	if (!one_in(g, 4)) {
		put(g, " WHERE ");
		put_condition(g, &s);
	}
	if (grouped && one_in(g, 2)) {
		put(g, " GROUP BY ");
		put_column(g, &s, 0);
		put(g, one_in(g, 3) ? " HAVING COUNT(*) > 0" : "");
	}
	from = g->b;
	g->b = outer;
	put(g, one_in(g, 6) ? "SELECT DISTINCT " : "SELECT ");
	put_columns(g, &s, n, grouped);
	put(g, buf_text(&from));
}

static void put_catalogue_select(struct statements *g, size_t n)
{
	put(g, "SELECT ");
	for (size_t i = 0; i < n; i++)
		put(g, i > 0 ? ", 1" : "COUNT(*)");
	put(g, " FROM ");
	put_catalogue(g);
}

static void put_query(struct statements *g, size_t columns)
{
	if (one_in(g, 25))
		put_catalogue_select(g, columns);
	else
		put_select(g, columns);
	if (g->depth >= DEPTH_MAX || !one_in(g, 6))
		return;
	g->depth++;
	put(g, PICK(g, " UNION ", " UNION ALL ", " INTERSECT ", " EXCEPT "));
	put_select(g, columns);
	g->depth--;
}

/* ---- statements that read ---- */

static void put_forbidden(struct statements *g)
{
	const struct view_of *v = any_view(g);
	int64_t n = g->numbers[below(g, 2)];

	g->forbidden = true;
	switch (below(g, 8)) {
	case 0:
		buf_printf(&g->b, "SELECT * FROM frontdesk_store.`%s`", v->name);
		return;
	case 1:
		buf_printf(&g->b, "SET %s pseudo_thread_id = %" PRId64,
			PICK(g, "", "SESSION", "@@session."), n | INT64_C(2147483648));
		return;
	case 2:
		buf_printf(&g->b,
			"SET STATEMENT pseudo_thread_id = %" PRId64 " FOR SELECT * FROM `%s`",
			n | INT64_C(2147483648), v->name);
		return;
	case 3:
		buf_printf(&g->b, "SELECT * FROM `%s` INTO OUTFILE '/tmp/frontdesk-%zu'", v->name,
			below(g, 1000000));
		return;
	case 4:
		buf_printf(&g->b, "LOAD DATA %s INFILE '/etc/passwd' INTO TABLE `%s`",
			PICK(g, "", "LOCAL"), v->name);
		return;
	case 5:
		put(g,
			PICK(g, "SELECT * FROM mysql.global_priv", "SELECT * FROM mysql.proc",
				"SELECT LOAD_FILE('/etc/passwd') FROM mysql.user",
				"SELECT * FROM frontdesk_store.user",
				"SELECT password_hash FROM frontdesk_store.user"));
		return;
	case 6:
		put(g,
			PICK(g, "CREATE TEMPORARY TABLE t AS SELECT * FROM customer",
				"CREATE VIEW frontdesk.peep AS SELECT 1", "DROP VIEW customer",
				"TRUNCATE TABLE customer", "SHOW CREATE VIEW customer",
				"CREATE FUNCTION f() RETURNS INT RETURN 1",
				"LOCK TABLES customer READ",
				"GRANT SELECT ON frontdesk.* TO CURRENT_USER()",
				"ALTER VIEW customer AS SELECT 1", "HANDLER customer OPEN"));
		return;
	default:
		buf_printf(
			&g->b, "EXECUTE IMMEDIATE 'SELECT * FROM frontdesk_store.`%s`'", v->name);
	}
}

/* What goes around a query, or instead of it. */
static void put_read(struct statements *g)
{
	switch (below(g, 14)) {
	case 0:
		put(g,
			PICK(g, "SET STATEMENT max_statement_time = 5 FOR ",
				"SET STATEMENT optimizer_switch = 'derived_merge=off' FOR ",
				"SET STATEMENT sql_mode = '' FOR ",
				"SET STATEMENT join_cache_level = 0 FOR "));
		put_query(g, 1 + below(g, 4));
		return;
	case 1:
		put(g, "WITH w AS (");
		put_query(g, 2);
		put(g, ") SELECT COUNT(*) FROM w");
		return;
	case 2:
		put(g, "SELECT COUNT(*), MAX(1) FROM (");
		g->depth++;
		put_query(g, 1);
		g->depth--;
		put(g, ") d");
		return;
	case 3:
		buf_printf(&g->b, "SET @v%zu = (SELECT COUNT(*) FROM (", below(g, 4));
		put_query(g, 1);
		put(g, ") d)");
		return;
	case 4:
		put(g,
			PICK(g, "EXPLAIN ", "EXPLAIN EXTENDED ", "EXPLAIN FORMAT=JSON ",
				"DESCRIBE ", "ANALYZE "));
		g->compared = false; /* estimates are of all companies' rows */
		put_query(g, 2);
		return;
	case 5:
		put_forbidden(g);
		return;
	case 6:
		put(g,
			PICK(g, "SHOW TABLES", "SHOW FULL COLUMNS FROM customer",
				"SHOW PROCESSLIST", "SHOW TABLE STATUS", "SHOW INDEX FROM customer",
				"SHOW WARNINGS", "SHOW ENGINE INNODB STATUS",
				"SHOW PROCEDURE STATUS", "SHOW GRANTS",
				"SHOW STATUS LIKE 'Last_query_cost'",
				"SHOW VARIABLES LIKE 'pseudo%'"));
		g->compared = false;
		return;
	default:
		put_query(g, 1 + below(g, 5));
		if (one_in(g, 8))
			put(g, PICK(g, " FOR UPDATE", " LOCK IN SHARE MODE"));
	}
}

/* ---- statements that write ---- */

static void put_target(struct statements *g, struct scope *s)
{
	const struct view_of *v = any_view(g);

	*s = (struct scope){{{v, g->aliases++}}, 1};
	put_view(g, v);
}

static void put_assignments(struct statements *g, const struct scope *s)
{
	for (size_t i = 0, n = 1 + below(g, 2); i < n; i++) {
		const struct view_column *c;

		put(g, i > 0 ? ", " : "");
		c = put_column(g, s, 0);
		put(g, " = ");
		put_value(g, s, c->kind);
	}
}

static void put_update(struct statements *g)
{
	struct scope s;

	put(g, PICK(g, "UPDATE ", "UPDATE IGNORE "));
	put_target(g, &s);
	buf_printf(&g->b, " a%d", s.p[0].alias);
	if (one_in(g, 4)) {
		const struct view_of *v = any_view(g);

		put(g, " JOIN ");
		put_view(g, v);
		buf_printf(&g->b, " a%d", g->aliases);
		s.p[s.n++] = (struct source){v, g->aliases++};
	}
	put(g, " SET ");
	put_assignments(g, &s);
	put(g, " WHERE ");
	put_condition(g, &s);
}

static void put_delete(struct statements *g)
{
	struct scope s;
	bool joined = one_in(g, 3);

	if (!joined) {
		put(g, "DELETE FROM ");
		put_target(g, &s);
		buf_printf(&g->b, " WHERE 1 = 1%s", one_in(g, 2) ? "" : " AND id IS NOT NULL");
		return;
	}
	buf_printf(&g->b, "DELETE a%d FROM ", g->aliases);
	put_target(g, &s);
	buf_printf(&g->b, " a%d LEFT JOIN ", s.p[0].alias);
	put_view(g, any_view(g));
	buf_printf(&g->b, " o ON TRUE WHERE ");
	put_condition(g, &s);
}

/* INSERT or REPLACE of some columns, of values or of a query; sometimes with the
 * company named, as if that were possible. */
static void put_insert(struct statements *g)
{
	const struct view_of *v = any_view(g);
	struct scope none = {.n = 0};
	bool named = one_in(g, 10), of_query = one_in(g, 2);
	size_t n = 1 + below(g, v->n);

	put(g, PICK(g, "INSERT INTO ", "INSERT IGNORE INTO ", "REPLACE INTO "));
	put_view(g, v);
	put(g, named ? " (company_id" : " (");
	for (size_t i = 0; i < n; i++)
		buf_printf(&g->b, "%s`%s`", i > 0 || named ? ", " : "", v->columns[i].name);
	if (of_query) {
		put(g, ") ");
		put_select(g, n + named);
		return;
	}
	put(g, ") VALUES (");
	if (named)
		buf_printf(&g->b, "%" PRId64 ", ", g->numbers[1]);
	for (size_t i = 0; i < n; i++) {
		put(g, i > 0 ? ", " : "");
		put_value(g, &none, v->columns[i].kind);
	}
	put(g, ")");
	if (one_in(g, 3))
		buf_printf(&g->b, " ON DUPLICATE KEY UPDATE `%s` = `%s`",
			v->columns[below(g, v->n)].name, v->columns[below(g, v->n)].name);
}

static void put_write(struct statements *g)
{
	size_t k = below(g, 10);

	if (one_in(g, 12))
		put(g, "SET STATEMENT max_statement_time = 5 FOR ");
	if (k < 5)
		put_update(g);
	else if (k < 7)
		put_delete(g);
	else
		put_insert(g);
}

/* ---- from outside ---- */

static void begin(struct statements *g)
{
	g->b = buf_new(g->mem, SQL_MAX);
	g->depth = g->aliases = 0;
	g->compared = true;
	g->forbidden = false;
}

static void end(struct statements *g, struct statement *out)
{
	ck_assert_msg(!buf_full(&g->b), "a statement is too long");
	*out = (struct statement){buf_text(&g->b), g->compared, g->forbidden};
}

void statement_read(struct statements *g, struct statement *out)
{
	begin(g);
	put_read(g);
	end(g, out);
}

void statement_write(struct statements *g, struct statement *out)
{
	begin(g);
	put_write(g);
	end(g, out);
}
