#include "core/schema/migrate.h"
#include "core/base/text.h"
#include "core/schema/generate.h"
#include "core/schema/script.h"
#include "core/sys/conf.h"
#include "core/sys/crypto.h"
#include "core/sys/db.h"

#include <dirent.h>

#define FILES_MAX 1000
#define LOCK_S 60

/* A file of sql_dir, and what schema_migration says of it. */
struct migration {
	const char *file;
	const char *checksum; /* of the text up to the end of statement `done` */
	int64_t statements;
	int64_t done;
};

static const struct field FIELDS[] = {
	TEXT(migration, file, REQ, 100),
	TEXT(migration, checksum, REQ, 64),
	INT(migration, statements, REQ, 0, INT32_MAX),
	INT(migration, done, 0, 0, INT32_MAX),
};
static const struct table MIGRATION = TABLE(migration, "schema_migration", FIELDS);

/* ---- the files ---- */

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* NNNN_words.sql */
static bool is_migration(const char *name)
{
	size_t n = strlen(name);

	return n > 9 && n <= 100 && strspn(name, "0123456789") == 4 && name[4] == '_' &&
		strspn(name + 5, "abcdefghijklmnopqrstuvwxyz0123456789_") == n - 9 &&
		strcmp(name + n - 4, ".sql") == 0;
}

/* The names in order. */
static int list_files(struct ctx *c, struct texts *out)
{
	const char *folder = c->conf->server_sql_dir;
	DIR *dir = opendir(folder);

	if (dir == NULL)
		return err_set(c, E_INTERNAL, "%s cannot be read: %s. Set server.sql_dir.", folder,
			strerror(errno));
	out->p = mem_alloc(c->mem, FILES_MAX * sizeof(*out->p));
	out->n = 0;
	for (struct dirent *e = readdir(dir); e != NULL && out->n < FILES_MAX; e = readdir(dir)) {
		if (is_migration(e->d_name))
			out->p[out->n++] = mem_text(c->mem, e->d_name);
	}
	closedir(dir);
	qsort(out->p, out->n, sizeof(*out->p), by_name);
	if (out->n == 0)
		return err_set(c, E_INTERNAL, "There are no migrations in %s.", folder);
	for (size_t i = 1; i < out->n; i++) {
		if (strncmp(out->p[i], out->p[i - 1], 4) == 0)
			return err_set(c, E_INTERNAL,
				"%s and %s have the same number: give the newer one the next.",
				out->p[i - 1], out->p[i]);
	}
	return 0;
}

/* The digest of a file up to where s stands. */
static const char *digest(struct ctx *c, const struct script *s)
{
	uint8_t d[SHA256_SIZE];

	sha256((struct bytes){(const uint8_t *)s->text, s->at}, d);
	return hex_encode(c->mem, (struct bytes){d, sizeof(d)});
}

/* ---- what the database remembers ---- */

static int load_applied(struct ctx *c, struct rows *out)
{
	return db_rows(c, &MIGRATION, out,
		"SELECT {cols} FROM frontdesk_store.schema_migration"
		" WHERE file <> 'generated' ORDER BY file");
}

static const struct migration *find(const struct rows *applied, const char *file)
{
	const struct migration *m = applied->p;

	for (size_t i = 0; i < applied->n; i++) {
		if (strcmp(m[i].file, file) == 0)
			return &m[i];
	}
	return NULL;
}

/* Applied files are there, and none that is new goes before one of them. */
static int check_history(struct ctx *c, const struct texts *files, const struct rows *applied)
{
	const struct migration *m = applied->p;

	for (size_t i = 0; i < applied->n; i++) {
		if (!texts_have(files, m[i].file))
			return err_set(c, E_INTERNAL,
				"%s was applied to this database but is not in %s: install the "
				"version of Frontdesk that has it.",
				m[i].file, c->conf->server_sql_dir);
	}
	for (size_t i = 0; i < files->n && applied->n > 0; i++) {
		if (find(applied, files->p[i]) == NULL &&
			strcmp(files->p[i], m[applied->n - 1].file) < 0)
			return err_set(c, E_INTERNAL,
				"%s is new but %s was applied before it: give it a higher number.",
				files->p[i], m[applied->n - 1].file);
	}
	return 0;
}

static int save_progress(struct ctx *c, const struct script *s, int64_t done, int64_t of)
{
	int n = db_exec(c,
		"UPDATE frontdesk_store.schema_migration SET checksum = ?, done = ?,"
		" statements = ?, applied_at = NOW(3) WHERE file = ?",
		digest(c, s), done, of, s->name);

	if (n == 0)
		BUG("%s is not in schema_migration", s->name);
	return n < 0 ? -1 : 0;
}

/* ---- applying ---- */

/*
 * Brings s behind the statements that were applied. A file that was changed
 * before that place is refused; after it, it may have been repaired.
 */
static int skip_applied(struct ctx *c, struct script *s, const struct migration *m)
{
	struct script_statement skipped;

	for (int64_t i = 0; i < m->done; i++) {
		int rc = script_next(c, s, &skipped);

		if (rc < 0)
			return -1;
		if (rc == 0)
			break;
	}
	if (m->done > 0 && m->done == m->statements)
		s->at = s->n;
	if (strcmp(digest(c, s), m->checksum) == 0)
		return 0;
	return err_set(c, E_INTERNAL,
		"%s was changed after it had been applied: put it back as it was and write the "
		"change "
		"into a new file.",
		s->name);
}

/*
 * A definition commits by itself, so a run that was killed may have done the
 * statement without remembering it. The first one of a resumed file is
 * therefore let pass when the server says that it is done already: exists
 * (1007, 1050, 1060, 1061, 1304, 1826) or gone (1008, 1051, 1091, 1305).
 */
static const char *forgiving(struct ctx *c, const char *sql)
{
	return mem_printf(c->mem,
		"BEGIN NOT ATOMIC DECLARE CONTINUE HANDLER FOR "
		"1007, 1008, 1050, 1051, 1060, 1061, 1091, 1304, 1305, 1826 BEGIN END; %s; END",
		sql);
}

/* Rows that a statement changes are committed together with its progress. */
static int apply_statement(struct ctx *c, const struct script *s,
	const struct script_statement *one, int64_t number, int64_t of, bool resumed)
{
	int rc = db_script(c, "START TRANSACTION");

	if (rc == 0)
		rc = db_script(c, resumed ? forgiving(c, one->sql) : one->sql);
	if (rc == 0 && number == of)
		rc = save_progress(
			c, &(struct script){s->name, s->text, s->n, s->n, 0}, number, of);
	else if (rc == 0)
		rc = save_progress(c, s, number, of);
	if (rc == 0)
		rc = db_script(c, "COMMIT");
	if (rc == 0)
		return 0;
	err_clear(c);
	return err_set(c, E_INTERNAL,
		"%s, line %d: statement %" PRId64 " failed (the server's words are above); "
		"after a repair, migrate goes on there.",
		s->name, one->line, number);
}

static int apply_rest(
	struct ctx *c, struct script *s, const struct migration *m, int64_t of, bool resumed)
{
	int64_t number = m->done;
	struct script_statement one;
	int rc;

	while ((rc = script_next(c, s, &one)) == 1) {
		number++;
		if (apply_statement(c, s, &one, number, of, resumed) < 0)
			return -1;
		resumed = false;
	}
	return rc;
}

static int apply_file(struct ctx *c, const char *name, const struct migration *known, FILE *out)
{
	struct mem_mark mark = mem_mark(c->mem);
	struct migration m = {.file = name};
	struct script s;

	if (script_read(c, c->conf->server_sql_dir, name, &s) < 0)
		return -1;
	int of = script_count(c, &s);
	if (of <= 0)
		return of < 0 ? -1 : err_set(c, E_INTERNAL, "%s holds no statement.", name);
	m.statements = of;
	m.checksum = digest(c, &s);
	if (known != NULL)
		m = *known;
	else if (db_exec(c,
			 "INSERT INTO frontdesk_store.schema_migration (file, checksum, statements)"
			 " VALUES (?, ?, ?)",
			 name, m.checksum, m.statements) < 0)
		return -1;
	if (skip_applied(c, &s, &m) < 0)
		return -1;
	if (m.done == m.statements && m.done > 0) {
		mem_release(c->mem, mark);
		return 0;
	}
	if (m.done > 0 || known != NULL)
		fprintf(out, "%s: going on after statement %" PRId64 "\n", name, m.done);
	if (apply_rest(c, &s, &m, of, known != NULL) < 0)
		return -1;
	fprintf(out, "%s: applied (%d statements)\n", name, of);
	mem_release(c->mem, mark);
	return 0;
}

static int apply_files(struct ctx *c, FILE *out)
{
	struct texts files;
	struct rows applied;

	if (list_files(c, &files) < 0 || load_applied(c, &applied) < 0 ||
		check_history(c, &files, &applied) < 0)
		return -1;
	for (size_t i = 0; i < files.n; i++) {
		if (apply_file(c, files.p[i], find(&applied, files.p[i]), out) < 0)
			return -1;
	}
	return 0;
}

/* ---- the whole ---- */

static int take_lock(struct ctx *c)
{
	int64_t got = 0;
	int rc = db_int(c, &got, "SELECT GET_LOCK('frontdesk_migrate', ?)", LOCK_S);

	if (rc < 0)
		return -1;
	if (rc == 0 || got != 1)
		return err_set(c, E_INTERNAL,
			"Another migration has been running for %d s: wait for it.", LOCK_S);
	return 0;
}

static int make_ground(struct ctx *c)
{
	static const char *const GROUND[] = {
		"SET sql_notes = 0",
		"CREATE DATABASE IF NOT EXISTS frontdesk_store"
		" CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_nopad_ci",
		"CREATE DATABASE IF NOT EXISTS frontdesk"
		" CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_nopad_ci",
		"USE frontdesk_store",
		"CREATE TABLE IF NOT EXISTS frontdesk_store.schema_migration ("
		" file VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,"
		" checksum CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,"
		" statements INT UNSIGNED NOT NULL,"
		" done INT UNSIGNED NOT NULL DEFAULT 0,"
		" applied_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3))",
	};

	for (size_t i = 0; i < COUNT_OF(GROUND); i++) {
		if (db_script(c, GROUND[i]) < 0)
			return -1;
	}
	return 0;
}

int schema_migrate(struct ctx *c, FILE *out)
{
	if (take_lock(c) < 0 || make_ground(c) < 0 || apply_files(c, out) < 0 ||
		schema_generate(c, out) < 0)
		return -1;
	return db_script(c, "DO RELEASE_LOCK('frontdesk_migrate')");
}

/* The first file that is not applied whole. */
static int first_pending(struct ctx *c, const char **sentence)
{
	struct texts files;
	struct rows applied;

	if (list_files(c, &files) < 0 || load_applied(c, &applied) < 0 ||
		check_history(c, &files, &applied) < 0)
		return -1;
	for (size_t i = 0; i < files.n; i++) {
		const struct migration *m = find(&applied, files.p[i]);
		struct script s;

		if (m == NULL || m->done < m->statements) {
			*sentence = mem_printf(c->mem, "%s is not applied", files.p[i]);
			return 0;
		}
		if (script_read(c, c->conf->server_sql_dir, files.p[i], &s) < 0 ||
			skip_applied(c, &s, m) < 0)
			return -1;
	}
	return 0;
}

int schema_pending(struct ctx *c, const char **sentence)
{
	int64_t there = 0;

	*sentence = "";
	if (db_int(c, &there,
		    "SELECT COUNT(*) FROM information_schema.TABLES"
		    " WHERE TABLE_SCHEMA = 'frontdesk_store' AND TABLE_NAME = 'schema_migration'") <
		0)
		return -1;
	if (there == 0) {
		*sentence = "nothing was ever migrated here";
		return 0;
	}
	if (first_pending(c, sentence) < 0)
		return -1;
	return **sentence != '\0' ? 0 : schema_generated(c, sentence);
}
