#include "core/schema/generate.h"
#include "core/base/text.h"
#include "core/schema/script.h"
#include "core/sys/conf.h"

#define DOORS_MAX 200

static const char HEAD[] = "CREATE PROCEDURE ";

/* Who may be named in "-- @web @worker"; @none: other procedures only. */
static const char *const CALLERS[][2] = {
	{"@web", "fd_web"},
	{"@worker", "fd_worker"},
	{"@platform", "fd_platform"},
	{"@none", NULL},
};

/* The "-- @…" line among the comments before a procedure, NULL if none. */
static const char *callers_line(const char *comment)
{
	const char *found = NULL;

	for (const char *p = strstr(comment, "-- @"); p != NULL; p = strstr(p + 1, "-- @")) {
		if (p == comment || p[-1] == '\n')
			found = p + 3;
	}
	return found;
}

static int plan_callers(struct plan *p, const char *name, const char *line)
{
	const char *object = mem_printf(p->c->mem, "PROCEDURE frontdesk.%s", name);

	while (*line != '\0' && *line != '\n') {
		size_t n = strcspn(line, " \n"), k = 0;

		while (k < COUNT_OF(CALLERS) &&
			(strlen(CALLERS[k][0]) != n || strncmp(CALLERS[k][0], line, n) != 0))
			k++;
		if (k == COUNT_OF(CALLERS))
			return err_set(p->c, E_INTERNAL,
				"procedures.sql: nobody is called %.*s (above %s).", (int)n, line,
				name);
		if (CALLERS[k][1] != NULL)
			plan_right(p, CALLERS[k][1], object, "EXECUTE");
		line += n;
		line += strspn(line, " ");
	}
	return 0;
}

static int plan_door(struct plan *p, const struct script_statement *one)
{
	const char *callers = callers_line(one->comment);

	if (!text_starts(one->sql, HEAD))
		return err_set(p->c, E_INTERNAL,
			"procedures.sql, line %d: only \"CREATE PROCEDURE\" may stand here.",
			one->line);
	const char *name = one->sql + strlen(HEAD);
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz_0123456789");
	if (n == 0 || n > 64 || callers == NULL)
		return err_set(p->c, E_INTERNAL,
			"procedures.sql, line %d: a name in small letters and, above it, a line "
			"\"-- @web @worker\" that says who may call it are missing.",
			one->line);
	if (p->doors.n == DOORS_MAX)
		BUG("more than %d procedures", DOORS_MAX);
	p->doors.p[p->doors.n++] = mem_text_n(p->c->mem, name, n);
	plan_add(p,
		mem_printf(p->c->mem,
			"CREATE OR REPLACE DEFINER=" DEFINER " PROCEDURE frontdesk.%s", name));
	return plan_callers(p, p->doors.p[p->doors.n - 1], callers);
}

int doors_plan(struct plan *p)
{
	struct script s;
	struct script_statement one;
	int rc;

	p->doors.p = mem_alloc(p->c->mem, DOORS_MAX * sizeof(*p->doors.p));
	if (script_read(p->c, p->c->conf->server_sql_dir, "procedures.sql", &s) < 0)
		return -1;
	while ((rc = script_next(p->c, &s, &one)) == 1) {
		if (plan_door(p, &one) < 0)
			return -1;
	}
	return rc;
}
