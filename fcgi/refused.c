#include "fcgi/refused.h"
#include "core/audit/audit.h"
#include "core/base/log.h"
#include "core/sys/db.h"
#include "fcgi/route.h"

#define SLOTS 256
#define ENTRIES_A_MINUTE 60
#define MINUTE_MS 60000

/* What was refused last, by a hash of actor and route. */
struct refusal {
	uint64_t key;
	int64_t minute;
	unsigned left_out; /* since its entry */
};

/* Of this process: */
static struct refusal SEEN[SLOTS];
static struct {
	int64_t minute;
	int entries;
} WRITTEN;

static uint64_t mix(uint64_t h, const char *s)
{
	for (; s != NULL && *s != '\0'; s++)
		h = (h ^ (uint8_t)*s) * UINT64_C(1099511628211); /* FNV-1a */
	return h * 31;
}

static uint64_t key_of(const struct req *r)
{
	uint64_t h = mix(UINT64_C(14695981039346656037), r->c.actor_id);

	return mix(mix(mix(h, r->c.company_id), r->method), r->route->path);
}

/* Whether this one is written down; *left_out: how many like it were not. */
static bool counts(uint64_t key, int64_t minute, unsigned *left_out)
{
	struct refusal *s = &SEEN[key % SLOTS];

	if (s->key == key && s->minute == minute) {
		s->left_out++;
		return false;
	}
	if (WRITTEN.minute != minute)
		WRITTEN.entries = 0;
	WRITTEN.minute = minute;
	if (WRITTEN.entries == ENTRIES_A_MINUTE)
		return false;
	WRITTEN.entries++;
	*left_out = s->key == key ? s->left_out : 0;
	*s = (struct refusal){key, minute, 0};
	return true;
}

static int write_entry(struct ctx *c, void *arg)
{
	return audit_note(c, "request.refuse", "request", NULL, arg);
}

static const char *note_of(struct req *r, unsigned left_out)
{
	struct arena *mem = r->c.mem;
	const char *why = r->c.err.code == E_COMPANY_FORBIDDEN
		? "is in a company of others"
		: mem_printf(mem, "needs %s", PERMS[r->route->perm]);
	const char *more = left_out == 0
		? ""
		: mem_printf(mem, " (refused %u times more since the last entry)", left_out);

	return mem_printf(mem, "%s %s %s%s", r->method, r->route->path, why, more);
}

void refused_note(struct req *r)
{
	struct err kept = r->c.err;
	unsigned left_out;

	if (kept.code != E_FORBIDDEN && kept.code != E_COMPANY_FORBIDDEN)
		return;
	if (!counts(key_of(r), r->c.now.ms / MINUTE_MS, &left_out))
		return;
	const char *note = note_of(r, left_out);
	err_clear(&r->c);
	if (in_tx(&r->c, write_entry, (void *)(uintptr_t)note) < 0)
		log_line("audit", "error", err_wire(r->c.err.code), "request", r->c.request_id,
			NULL);
	err_clear(&r->c);
	r->c.err = kept;
}
