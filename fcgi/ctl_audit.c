#include "fcgi/ctl.h"
#include "core/audit/verify.h"
#include "core/base/id.h"
#include "core/base/text.h"
#include "core/schema/admin.h"
#include "core/sys/db.h"

#define LINE_MAX_BYTES 4000

const char CTL_AUDIT_USAGE[] =
	"usage: frontdeskctl [-c FILE] audit verify [--company SLUG|all] [--head FILE]\n"
	"       frontdeskctl [-c FILE] audit head [--company SLUG|all]\n"
	"\n"
	"verify goes through the sealed audit logs and names every entry that was\n"
	"changed, removed or put in since, with its time. \"platform\" is the company of\n"
	"what belongs to none.\n"
	"\n"
	"A log whose end was cut off cannot tell: head prints the last link of each log,\n"
	"a line a company, to be kept on another machine. --head FILE holds the logs\n"
	"against such lines; lines of the worker's log (m=audit_head) will do as well.\n"
	"\n"
	"Reads as fd_check. Exit 0 when all is as it was written, else 1.\n";

struct audit_run {
	struct ctl *t;
	const char *slug; /* NULL: all */
	const char *heads;
	bool print_heads;
	bool met; /* the company that is asked for */
	int64_t found;
};

/* ---- what is said ---- */

static void say(struct audit_run *u, const char *slug, const struct rows *findings)
{
	struct arena *mem = u->t->c.mem;

	for (size_t i = 0; i < findings->n; i++) {
		const struct audit_finding *f = (const struct audit_finding *)findings->p + i;

		printf("%s %s %s", slug, f->entry_id == NULL ? "-" : f->entry_id,
			f->at.ms == 0 ? "-" : ts_text(mem, f->at));
		if (f->seq != 0)
			printf(" link %" PRId64, f->seq);
		printf(": %s\n", f->problem);
	}
	u->found += (int64_t)findings->n;
}

static void sum_up(struct audit_run *u, const char *slug, const struct audit_chain *k)
{
	struct arena *mem = u->t->c.mem;

	printf("%s: %" PRId64 " entries are sealed", slug, k->checked - k->expired);
	if (k->expired > 0)
		printf(", %" PRId64 " older ones have expired", k->expired);
	if (k->waiting > 0)
		printf(", %" PRId64 " wait to be", k->waiting);
	if (k->seq > 0)
		printf("; head %" PRId64 " %s", k->seq,
			hex_encode(mem, (struct bytes){k->hash, sizeof(k->hash)}));
	putchar('\n');
}

/* ---- one company ---- */

static int verify(struct audit_run *u, const char *slug, struct audit_chain *k)
{
	struct ctx *c = &u->t->c;
	struct rows findings;
	int more = 1;

	while (more == 1) {
		struct mem_mark mark = mem_mark(c->mem);

		more = audit_verify_page(c, k, &findings);
		if (more < 0)
			return -1;
		say(u, slug, &findings);
		mem_release(c->mem, mark);
	}
	if (audit_verify_rest(c, k, &findings) < 0)
		return -1;
	say(u, slug, &findings);
	sum_up(u, slug, k);
	return 0;
}

static int print_head(struct audit_run *u, const struct audit_chain *k)
{
	struct ctx *c = &u->t->c;
	struct audit_seal head;
	int rc = audit_head(c, k, &head);

	if (rc > 0)
		puts(audit_head_text(c, k->company_id, &head));
	return rc < 0 ? -1 : 0;
}

static int look_at(struct audit_run *u, const struct audit_company *co)
{
	struct audit_chain k = {
		.company_number = co->company_number, .company_id = co->company_id, .store = true};
	struct mem_mark mark = mem_mark(u->t->c.mem);

	if (u->slug != NULL && strcmp(u->slug, co->slug) != 0)
		return 0;
	u->met = true;
	int rc = u->print_heads ? print_head(u, &k) : verify(u, co->slug, &k);
	mem_release(u->t->c.mem, mark);
	return rc;
}

static int look_at_all(struct audit_run *u)
{
	struct ctx *c = &u->t->c;
	int64_t after = 0;
	struct rows page;

	if (look_at(u, &AUDIT_PLATFORM) < 0)
		return -1;
	do {
		struct mem_mark mark = mem_mark(c->mem);

		if (audit_companies(c, after, &page) < 0)
			return -1;
		const struct audit_company *co = page.p;
		for (size_t i = 0; i < page.n; i++) {
			if (look_at(u, &co[i]) < 0)
				return -1;
			after = co[i].company_number;
		}
		mem_release(c->mem, mark);
	} while (page.n == AUDIT_COMPANIES_PAGE);
	return 0;
}

/* ---- heads that were noted ---- */

/* "… company=ID … seq=N … hash=HEX …": false when it is no such line. */
static bool read_head(
	struct ctx *c, const char *line, const char **company_id, struct audit_seal *s)
{
	char id[37], hash[2 * SHA256_SIZE + 1];
	const char *company = strstr(line, "company="), *seq = strstr(line, "seq=");
	const char *sum = strstr(line, "hash=");
	uint8_t *raw = mem_alloc(c->mem, SHA256_SIZE);

	if (company == NULL || seq == NULL || sum == NULL ||
		sscanf(company, "company=%36s", id) != 1 ||
		/* NOLINTNEXTLINE(cert-err34-c): a number beyond all is in no chain */
		sscanf(seq, "seq=%" SCNd64, &s->seq) != 1 || sscanf(sum, "hash=%64s", hash) != 1 ||
		!hex_decode(hash, raw, SHA256_SIZE))
		return false;
	*company_id = mem_text(c->mem, id);
	s->hash = (struct bytes){raw, SHA256_SIZE};
	return true;
}

static int hold_against(struct audit_run *u, const char *line)
{
	struct ctx *c = &u->t->c;
	struct audit_seal noted = {0};
	struct audit_company co;
	const char *id;
	struct rows findings;

	if (!read_head(c, line, &id, &noted) || !id_valid(id))
		return 0;
	int rc = audit_company_find(c, id, &co);
	if (rc < 0)
		return -1;
	if (rc == 0)
		co = (struct audit_company){-1, id, id};
	if (u->slug != NULL && strcmp(u->slug, co.slug) != 0)
		return 0;
	struct audit_chain k = {
		.company_number = co.company_number, .company_id = co.company_id, .store = true};
	if (audit_verify_head(c, &k, &noted, &findings) < 0)
		return -1;
	say(u, co.slug, &findings);
	return 1;
}

static int hold_against_all(struct audit_run *u, FILE *f)
{
	struct ctx *c = &u->t->c;
	char line[LINE_MAX_BYTES];
	int64_t n = 0;

	while (fgets(line, sizeof(line), f) != NULL) {
		struct mem_mark mark = mem_mark(c->mem);
		int rc = hold_against(u, line);

		if (rc < 0)
			return -1;
		n += rc;
		mem_release(c->mem, mark);
	}
	printf("held against %" PRId64 " noted heads\n", n);
	return 0;
}

static int verify_heads(struct audit_run *u)
{
	FILE *f = u->heads == NULL ? NULL : fopen(u->heads, "re");
	int rc = 0;

	if (u->heads == NULL)
		return 0;
	if (f == NULL)
		return err_set(
			&u->t->c, E_INTERNAL, "%s cannot be read: %s.", u->heads, strerror(errno));
	rc = hold_against_all(u, f);
	fclose(f);
	return rc;
}

/* ---- the command ---- */

static int read_arguments(struct audit_run *u)
{
	struct ctl *t = u->t;

	if (t->argc < 2 || (strcmp(t->argv[1], "verify") != 0 && strcmp(t->argv[1], "head") != 0))
		return ctl_misused(t, "audit takes verify or head");
	u->print_heads = strcmp(t->argv[1], "head") == 0;
	for (int i = 2; i < t->argc; i += 2) {
		bool company = strcmp(t->argv[i], "--company") == 0;

		if (!company && (u->print_heads || strcmp(t->argv[i], "--head") != 0))
			return ctl_misused(t, "audit %s takes no \"%s\"", t->argv[1], t->argv[i]);
		if (i + 1 == t->argc)
			return ctl_misused(t, "%s needs a value", t->argv[i]);
		if (!company)
			u->heads = t->argv[i + 1];
		else if (strcmp(t->argv[i + 1], "all") != 0)
			u->slug = t->argv[i + 1];
	}
	return CTL_OK;
}

int ctl_audit(struct ctl *t)
{
	struct audit_run u = {.t = t};
	int rc = read_arguments(&u);

	if (rc != CTL_OK)
		return rc;
	t->c.db = check_db(&t->c);
	if (t->c.db == NULL || look_at_all(&u) < 0 || verify_heads(&u) < 0)
		return ctl_failed(t, NULL);
	if (!u.met)
		return ctl_failed(t, "There is no company \"%s\".", u.slug);
	if (u.found > 0)
		return ctl_failed(t,
			"%" PRId64 " findings: the audit log was tampered with, or not sealed.",
			u.found);
	return CTL_OK;
}
