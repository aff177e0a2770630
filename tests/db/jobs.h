/*
 * jobs.h - what the tests of jobs share: a clean table, a job, its row.
 */
#ifndef FRONTDESK_TESTS_DB_JOBS_H
#define FRONTDESK_TESTS_DB_JOBS_H

#include "core/dead/dead.h"
#include "core/worker/drain.h"
#include "tests/db/support.h"

/* Removes all jobs, and audit entries of action "test". */
void jobs_clean(struct ctx *root);
/* The id of a new job of the salon; ref_id NULL: about nothing that exists. */
const char *jobs_add(struct ctx *c, enum job_kind kind, const char *ref_id);
/* worker_claim() of whoever has work. */
int jobs_claim(struct ctx *c, const char *owner, int n, struct rows *out);
void jobs_drop(struct ctx *root, enum job_kind kind); /* of no interest to a test */
struct job jobs_row(struct ctx *root, const char *id);

#endif
