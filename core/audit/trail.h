/*
 * trail.h - reading a company's audit log, newest first.
 *
 * Who acted is named as he, she or the key is called today; a job by its kind,
 * as long as it is remembered.
 */
#ifndef FRONTDESK_TRAIL_H
#define FRONTDESK_TRAIL_H

#include "core/audit/audit.h"

/* A member that is NULL or zero does not filter. */
struct audit_filter {
	const char *action;
	const char *subject;
	const char *subject_id;
	const char *actor_id;
	ts_t from;             /* included */
	ts_t to;               /* excluded */
	ts_t before;           /* a page begins behind the entry of this time … */
	const char *before_id; /* … and id */
	int limit;
};

/* With names and numbers of links. */
int audit_list(struct ctx *c, const struct audit_filter *f, struct rows *out) MUST_USE;
int audit_get(struct ctx *c, const char *id, struct audit_entry *out) MUST_USE;

#endif
