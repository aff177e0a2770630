#include "tests/db/lives.h"
#include "tests/db/jobs.h"

void lives_clean(struct ctx *root)
{
	static const char *const TABLES[] = {"live_change", "live_counter", "live_ticket", "event"};

	err_clear(root);
	jobs_clean(root);
	for (size_t i = 0; i < COUNT_OF(TABLES); i++)
		ck_assert_int_eq(
			db_script(root,
				mem_printf(root->mem, "DELETE FROM frontdesk_store.%s", TABLES[i])),
			0);
}

struct ctx *lives_ctx(const char *account, uint32_t company)
{
	struct ctx *k = db_ctx(account);

	k->actor = ACTOR_JOB;
	k->company = company;
	k->company_id = SALON_ID;
	return k;
}

int lives_step(struct ctx *k, const char *kind)
{
	live_note(k, kind, HAIRCUT);
	return live_number(k);
}

static int step(struct ctx *k, void *kind)
{
	return lives_step(k, kind);
}

int lives_change(struct ctx *k, const char *kind)
{
	return in_tx(k, step, mem_text(k->mem, kind));
}

struct live_changes lives_after(struct ctx *k, int64_t after, int64_t limit)
{
	struct live_changes out;

	ck_assert_int_eq(live_read(k, after, limit, &out), 0);
	return out;
}
