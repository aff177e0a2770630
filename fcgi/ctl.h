/*
 * ctl.h - the commands of frontdeskctl: one function each, in one table
 * (ctl.c). A command gets its own arguments (argv[0] is its name) and what it
 * said that it needs; it returns the exit status.
 */
#ifndef FRONTDESK_CTL_H
#define FRONTDESK_CTL_H

#include "core/base/ctx.h"

enum ctl_exit {
	CTL_OK = 0,
	CTL_FAILED = 1,
	CTL_USAGE = 2,
	CTL_CONFIG = 78, /* EX_CONFIG */
};

struct ctl {
	struct ctx c;      /* c.db: NULL, or the administrator's */
	struct conf *conf; /* NULL when the command needs none */
	const char *usage; /* of the command */
	int argc;
	char **argv;
};

/* "frontdeskctl: …" on stderr; returns CTL_FAILED or CTL_USAGE. */
int ctl_failed(struct ctl *t, const char *fmt, ...) PRINTF_LIKE(2, 3);
int ctl_misused(struct ctl *t, const char *fmt, ...) PRINTF_LIKE(2, 3);

int ctl_simulate_call(struct ctl *t);
int ctl_verify_webhook(struct ctl *t);
int ctl_tz_audit(struct ctl *t);
int ctl_retention(struct ctl *t);
int ctl_keys(struct ctl *t);
int ctl_audit(struct ctl *t);
int ctl_nginx_limits(struct ctl *t);
int ctl_user(struct ctl *t);
int ctl_understand(struct ctl *t);

extern const char CTL_SIMULATE_CALL_USAGE[];
extern const char CTL_VERIFY_WEBHOOK_USAGE[];
extern const char CTL_TZ_AUDIT_USAGE[];
extern const char CTL_RETENTION_USAGE[];
extern const char CTL_KEYS_USAGE[];
extern const char CTL_AUDIT_USAGE[];
extern const char CTL_NGINX_LIMITS_USAGE[];
extern const char CTL_USER_USAGE[];
extern const char CTL_UNDERSTAND_USAGE[];

#endif
