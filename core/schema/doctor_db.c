#include "core/base/text.h"
#include "core/schema/admin.h"
#include "core/schema/doctor.h"
#include "core/schema/generate.h"
#include "core/schema/migrate.h"
#include "core/sys/db.h"

struct finding {
	const char *name;
	const char *value;
};

static const struct field FIELDS[] = {
	TEXT(finding, name, 0, 200),
	TEXT(finding, value, 0, 4000),
};
static const struct table FINDING = TABLE(finding, "finding", FIELDS);

/* ---- settings ---- */

enum rule { IS, AT_LEAST, AT_MOST, HAS };

static const struct setting {
	const char *name;
	enum rule rule;
	const char *wanted;
} SETTINGS[] = {
	{"tx_isolation", IS, "READ-COMMITTED"},
	{"innodb_flush_log_at_trx_commit", IS, "1"},
	{"innodb_snapshot_isolation", IS, "ON"},
	{"innodb_lock_wait_timeout", AT_MOST, "5"},
	{"binlog_format", IS, "ROW"},
	{"local_infile", IS, "OFF"},
	{"max_allowed_packet", AT_LEAST, "33554432"},
	{"character_set_server", IS, "utf8mb4"},
	{"collation_server", IS, "utf8mb4_unicode_nopad_ci"},
	{"sql_mode", HAS, "STRICT_TRANS_TABLES"},
	{"time_zone", IS, "+00:00"},
	{"max_prepared_stmt_count", AT_LEAST, "65536"},
};

static bool setting_right(const struct setting *s, const char *value)
{
	int64_t have = 0, want = 0;

	switch (s->rule) {
	case IS:
		return strcasecmp(value, s->wanted) == 0;
	case HAS:
		return strstr(value, s->wanted) != NULL;
	case AT_LEAST:
	case AT_MOST:
		break;
	}
	if (!text_int(value, 0, INT64_MAX, &have) || !text_int(s->wanted, 0, INT64_MAX, &want))
		return false;
	return s->rule == AT_LEAST ? have >= want : have <= want;
}

static void check_settings(struct doctor *d)
{
	static const char *const WORD[] = {"", "at least ", "at most ", "with "};
	int wrong = 0;

	for (size_t i = 0; i < COUNT_OF(SETTINGS); i++) {
		const struct setting *s = &SETTINGS[i];
		struct finding f;
		int rc = db_one(d->c, &FINDING, &f,
			"SELECT VARIABLE_NAME AS name, VARIABLE_VALUE AS value"
			" FROM information_schema.GLOBAL_VARIABLES WHERE VARIABLE_NAME = ?",
			s->name);

		if (rc == 1 && f.value != NULL && setting_right(s, f.value))
			continue;
		doctor_fail(d, "settings",
			"%s is %s, must be %s%s: include frontdesk.cnf from my.cnf and restart.",
			s->name, rc == 1 && f.value != NULL ? f.value : "absent", WORD[s->rule],
			s->wanted);
		wrong++;
	}
	if (wrong == 0)
		doctor_ok(d, "settings", "as in frontdesk.cnf.");
}

static void check_version(struct doctor *d)
{
	struct finding f;
	int major = 0, minor = 0;
	int rc = db_one(d->c, &FINDING, &f, "SELECT 'version' AS name, VERSION() AS value");

	/* NOLINTNEXTLINE(cert-err34-c): three digits cannot overflow */
	if (rc != 1 || sscanf(f.value, "%3d.%3d", &major, &minor) != 2 ||
		strstr(f.value, "MariaDB") == NULL || major * 1000 + minor < 10011)
		doctor_fail(d, "server", "MariaDB 10.11 or newer is needed, this is %s.",
			rc == 1 ? f.value : "unknown");
	else
		doctor_ok(d, "server", "%s.", f.value);
}

/* ---- the catalogue: each statement lists what is wrong ---- */

#define COMPANY_TABLE                                        \
	"(SELECT TABLE_NAME FROM information_schema.COLUMNS" \
	" WHERE TABLE_SCHEMA = 'frontdesk_store' AND COLUMN_NAME = 'company_id')"

static const struct catalogue_check {
	const char *what;
	const char *fine;
	const char *remedy; /* after the name of what is wrong */
	const char *sql;
} CATALOGUE[] = {
	{"views", "each shows the company's own rows and takes no others.",
		"is a view that others could be seen through: run \"frontdeskctl migrate\".",
		"SELECT TABLE_NAME AS name FROM information_schema.VIEWS"
		" WHERE TABLE_SCHEMA = 'frontdesk' AND (SECURITY_TYPE <> 'DEFINER'"
		" OR DEFINER <> '" DEFINER "' OR ((TABLE_NAME = 'company' OR TABLE_NAME IN"
		" " COMPANY_TABLE ") AND (CHECK_OPTION <> 'CASCADED'"
		" OR VIEW_DEFINITION NOT LIKE '%id` = connection\\_id() ^ 2147483648')))"},
	{"view columns", "none shows the company's number.",
		"has company_id: run \"frontdeskctl migrate\".",
		"SELECT TABLE_NAME AS name FROM information_schema.COLUMNS"
		" WHERE TABLE_SCHEMA = 'frontdesk' AND COLUMN_NAME = 'company_id'"},
	{"company_id", "is the connection's company unless the platform writes.",
		"has another default for company_id: write a migration.",
		"SELECT TABLE_NAME AS name FROM information_schema.COLUMNS"
		" WHERE TABLE_SCHEMA = 'frontdesk_store' AND COLUMN_NAME = 'company_id'"
		" AND TABLE_NAME NOT IN ('membership', 'company_entry') AND (COLUMN_DEFAULT IS NULL"
		" OR COLUMN_DEFAULT <> '(connection_id() ^ 2147483648)' OR IS_NULLABLE = 'YES')"},
	{"foreign keys", "between companies' tables all begin with company_id.",
		"could refer to another company's row: write a migration.",
		"SELECT CONCAT(k.TABLE_NAME, '.', k.CONSTRAINT_NAME) AS name"
		" FROM information_schema.KEY_COLUMN_USAGE k"
		" WHERE k.TABLE_SCHEMA = 'frontdesk_store' AND k.ORDINAL_POSITION = 1"
		" AND k.REFERENCED_TABLE_NAME IS NOT NULL AND k.TABLE_NAME IN " COMPANY_TABLE
		" AND k.REFERENCED_TABLE_NAME IN " COMPANY_TABLE
		" AND NOT (k.COLUMN_NAME = 'company_id' AND k.REFERENCED_COLUMN_NAME = "
		"'company_id')"},
	{"unique keys", "all are named after their table.",
		"is a UNIQUE key whose name does not begin with its table's: write a migration.",
		"SELECT CONCAT(TABLE_NAME, '.', INDEX_NAME) AS name"
		" FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = 'frontdesk_store'"
		" AND NON_UNIQUE = 0 AND SEQ_IN_INDEX = 1 AND INDEX_NAME <> 'PRIMARY'"
		" AND INDEX_NAME NOT LIKE CONCAT(REPLACE(TABLE_NAME, '_', '\\_'), '\\_%')"},
	{"accounts", "nobody is anonymous.", "is an account without a name: DROP USER it.",
		"SELECT CONCAT('''''@', Host) AS name FROM mysql.global_priv WHERE User = ''"},
};

static void check_catalogue(struct doctor *d)
{
	for (size_t i = 0; i < COUNT_OF(CATALOGUE); i++) {
		const struct catalogue_check *k = &CATALOGUE[i];
		struct rows rows;

		if (db_rows_(d->c, &FINDING, &rows, k->sql, NULL, 0) < 0)
			doctor_fail(d, k->what, "the catalogue cannot be read.");
		else if (rows.n == 0)
			doctor_ok(d, k->what, "%s", k->fine);
		for (size_t n = 0; n < rows.n; n++)
			doctor_fail(
				d, k->what, "%s %s", ((struct finding *)rows.p)[n].name, k->remedy);
	}
}

static void check_rights(struct doctor *d)
{
	struct rows extra, missing;

	if (schema_rights(d->c, &extra, &missing) < 0) {
		doctor_fail(d, "rights", "%s", d->c->err.detail ? d->c->err.detail : "unknown.");
		return;
	}
	const struct right *r = extra.n > 0 ? extra.p : missing.p;
	if (extra.n + missing.n == 0)
		doctor_ok(d, "rights", "each account has those it needs and no others.");
	else
		doctor_fail(d, "rights",
			"%s %s %s on %s (%zu too many, %zu too few in all): run \"frontdeskctl "
			"migrate\".",
			r->who, extra.n > 0 ? "must not have" : "lacks", r->privilege, r->object,
			extra.n, missing.n);
}

static void check_migrations(struct doctor *d)
{
	const char *why = NULL;

	if (schema_pending(d->c, &why) < 0)
		doctor_fail(d, "migrations", "%s",
			d->c->err.detail ? d->c->err.detail : "the database does not answer.");
	else if (*why != '\0')
		doctor_fail(d, "migrations", "%s: run \"frontdeskctl migrate\".", why);
	else
		doctor_ok(d, "migrations", "all are applied.");
}

void doctor_server(struct doctor *d)
{
	check_version(d);
	check_settings(d);
	check_migrations(d);
	check_catalogue(d);
	check_rights(d);
}

/* ---- law 1, tried ---- */

/* Rows that the web account sees of a company, in it and out of it. */
static int64_t seen(struct ctx *c, uint32_t company)
{
	int64_t n = -1;

	c->company = company;
	if (db_int(c, &n, "SELECT (SELECT COUNT(*) FROM company) + (SELECT COUNT(*) FROM branch)") <
		0)
		n = -1;
	c->company = 0;
	return n;
}

/* Without entering: a failure when any row is seen. */
static bool sees_nothing(struct ctx *c)
{
	return db_script(c,
		       "BEGIN NOT ATOMIC IF EXISTS (SELECT 1 FROM company) OR"
		       " EXISTS (SELECT 1 FROM branch) THEN"
		       " SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'rows of a company are seen';"
		       " END IF; END") == 0;
}

/* 1 when the statement is refused to this account for want of a right. */
#define REFUSED(statement)                                                           \
	"BEGIN NOT ATOMIC DECLARE EXIT HANDLER FOR 1142, 1044, 1227, 1370 SELECT 1;" \
	" " statement "; SELECT 0; END"

static bool refused(struct ctx *c)
{
	int64_t table = 0, thread = 0;

	if (db_int(c, &table, REFUSED("DO (SELECT COUNT(*) FROM frontdesk_store.branch)")) < 0)
		return false;
	if (db_int(c, &thread, REFUSED("SET @@session.pseudo_thread_id = 2147483649")) < 0)
		return false;
	return table == 1 && thread == 1;
}

static void try_isolation(struct doctor *d, uint32_t company)
{
	struct ctx *c = d->c;
	const char *what = "isolation";

	if (!sees_nothing(c))
		doctor_fail(d, what,
			"a new connection sees rows: do not start Frontdesk on this server.");
	else if (company > 0 && seen(c, company) < 1)
		doctor_fail(d, what,
			"a company's own rows are not seen: run \"frontdeskctl migrate\".");
	else if (seen(c, 0) != 0)
		doctor_fail(d, what,
			"rows are seen after leaving: do not start Frontdesk on this server.");
	else if (!refused(c))
		doctor_fail(d, what,
			"fd_web can read tables or set pseudo_thread_id: run \"frontdeskctl "
			"migrate\".");
	else if (company == 0)
		doctor_warn(d, what, "there is no company yet to try it with.");
	else
		doctor_ok(d, what, "rows are seen inside their company only.");
}

void doctor_isolation(struct doctor *d)
{
	struct ctx *c = d->c;
	struct db *admin = c->db;
	int64_t company = 0;
	int rc = db_int(c, &company, "SELECT MIN(id) FROM frontdesk_store.company");

	if (rc < 0) {
		doctor_fail(
			d, "isolation", "there are no tables yet: run \"frontdeskctl migrate\".");
		return;
	}
	c->db = account_db(c, "fd_web");
	if (c->db == NULL || db_connect(c) < 0)
		doctor_fail(d, "isolation",
			"fd_web cannot connect: run \"frontdeskctl secrets\" and \"migrate\".");
	else
		try_isolation(d, (uint32_t)company);
	db_delete(c->db);
	c->db = admin;
}
