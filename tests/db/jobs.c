#include "tests/db/jobs.h"
#include "core/base/id.h"

void jobs_clean(struct ctx *root)
{
	ck_assert_int_ge(db_exec(root, "DELETE FROM frontdesk_store.job"), 0);
	ck_assert_int_ge(
		db_exec(root, "DELETE FROM frontdesk_store.audit_entry WHERE action = 'test'"), 0);
}

const char *jobs_add(struct ctx *c, enum job_kind kind, const char *ref_id)
{
	struct job j;

	if (ref_id == NULL)
		ref_id = id_new(c);
	c->company = salon();
	ck_assert_int_eq(queue_add(c, kind, ref_id, (ts_t){0}, NULL), 0);
	ck_assert_int_eq(db_one(c, &JOB, &j, "SELECT {cols} FROM job WHERE ref_id = ?", ref_id), 1);
	c->company = 0;
	return j.id;
}

void jobs_drop(struct ctx *root, enum job_kind kind)
{
	ck_assert_int_ge(db_exec(root, "DELETE FROM frontdesk_store.job WHERE kind = ?",
				 JOB_RULES[kind].name),
		0);
}

struct job jobs_row(struct ctx *root, const char *id)
{
	struct job j;

	ck_assert_int_eq(
		db_one(root, &JOB, &j, "SELECT {cols} FROM frontdesk_store.job WHERE id = ?", id),
		1);
	return j;
}

int jobs_claim(struct ctx *c, const char *owner, int n, struct rows *out)
{
	struct claiming k = {.owner = owner, .n = n, .busy = INT32_MAX};

	return worker_claim(c, &k, out);
}
