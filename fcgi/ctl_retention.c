#include "core/base/text.h"
#include "core/privacy/retention.h"
#include "core/schema/admin.h"
#include "core/sys/db.h"
#include "core/tenant/companies.h"
#include "fcgi/ctl.h"

const char CTL_RETENTION_USAGE[] =
	"usage: frontdeskctl [-c FILE] retention [--company SLUG] [--dry-run]\n"
	"\n"
	"Takes away what companies keep no longer than their settings say: transcripts,\n"
	"recordings, bodies of webhooks, messages, calls, customers who were not seen,\n"
	"entries of the audit log. The worker does it once a day; this does it now, for\n"
	"every company or the one with that slug. With --dry-run nothing goes: it says\n"
	"how many rows of each kind would.\n";

struct retaining {
	struct ctl *t;
	const char *slug; /* NULL: all */
	bool dry;
	int64_t companies;
};

static void say(const struct retaining *u, const struct some_company *co, const struct rows *rows)
{
	const struct retention *r = rows->p;

	for (size_t i = 0; i < rows->n; i++) {
		if (r[i].days == 0)
			printf("%s %s: kept for ever\n", co->slug, r[i].kind);
		else
			printf("%s %s: %" PRId64 " rows older than %" PRId64 " days %s\n", co->slug,
				r[i].kind, r[i].n, r[i].days, u->dry ? "would go" : "went");
	}
}

static int one(struct retaining *u, const struct some_company *co)
{
	struct ctx *c = &u->t->c;
	struct rows rows;

	if (u->slug != NULL && !text_same(u->slug, co->slug))
		return 0;
	u->companies++;
	int rc = u->dry ? retention_report(c, &rows) : retention_run(c, INT64_MAX, &rows);

	if (rc >= 0)
		say(u, co, &rows);
	return rc < 0 ? -1 : 0;
}

static int all(struct retaining *u)
{
	struct ctx *c = &u->t->c;
	struct companies walk = {.at = 0};
	struct some_company co;
	int rc;

	while ((rc = companies_next(c, &walk, &co)) > 0) {
		struct mem_mark mark = mem_mark(c->mem);

		if (one(u, &co) < 0)
			return -1;
		mem_release(c->mem, mark);
	}
	return rc;
}

int ctl_retention(struct ctl *t)
{
	struct retaining u = {.t = t};

	for (int i = 1; i < t->argc; i++) {
		if (strcmp(t->argv[i], "--dry-run") == 0)
			u.dry = true;
		else if (strcmp(t->argv[i], "--company") == 0 && i + 1 < t->argc)
			u.slug = t->argv[++i];
		else if (strcmp(t->argv[i], "--company") == 0)
			return ctl_misused(t, "--company needs the slug of one");
		else
			return ctl_misused(t, "retention takes no \"%s\"", t->argv[i]);
	}
	t->c.db = account_db(&t->c, "fd_worker");
	if (t->c.db == NULL || all(&u) < 0)
		return ctl_failed(t, NULL);
	if (u.slug != NULL && u.companies == 0)
		return ctl_failed(t, "there is no company with the slug %s", u.slug);
	return CTL_OK;
}
