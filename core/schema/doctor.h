/*
 * doctor.h - is this installation as it should be? Reads and tries, changes
 * nothing. A line a check on out: "ok|WARN|FAIL what: sentence".
 */
#ifndef FRONTDESK_DOCTOR_H
#define FRONTDESK_DOCTOR_H

#include "core/base/ctx.h"
#include "core/base/table.h"

/* How many checks failed (warnings do not count). Needs ctx->conf only. */
int schema_doctor(struct ctx *c, FILE *out) MUST_USE;

/* ---- between doctor.c and doctor_db.c ---- */

struct doctor {
	struct ctx *c;
	FILE *out;
	int failures;
};

void doctor_ok(struct doctor *d, const char *what, const char *fmt, ...) PRINTF_LIKE(3, 4);
void doctor_warn(struct doctor *d, const char *what, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* The sentence says what to do. */
void doctor_fail(struct doctor *d, const char *what, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* With c->db the administrator's: the server, its settings and catalogue. */
void doctor_server(struct doctor *d);
/* Law 1, tried as the account of the web workers. */
void doctor_isolation(struct doctor *d);

#endif
