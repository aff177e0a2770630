/*
 * task.h - something a person must look at: an unclear call, a refused booking.
 */
#ifndef FRONTDESK_TASK_H
#define FRONTDESK_TASK_H

#include "core/base/ctx.h"
#include "core/base/table.h"

enum task_status { TASK_OPEN, TASK_DONE };

struct task {
	const char *id;
	const char *dedupe_key; /* a second task with it is not made */
	const char *kind;
	const char *title;
	const char *detail;
	const char *call_id;
	const char *customer_id;
	const char *appointment_id;
	enum task_status status;
	ts_t created_at;
};

extern const struct table TASK;

/* id and status are filled in. 1 new, 0 there already, -1. */
int task_add(struct ctx *c, struct task *t) MUST_USE;
/* Newest first; status an enum task_status, or -1 for any. after and after_id:
 * the last row of the page before (NULL: the first page). */
int task_list(struct ctx *c, int status, int limit, ts_t after, const char *after_id,
	struct rows *out) MUST_USE;

#endif
