/*
 * audit.h - who changed what. One row per change, in the change's own
 * transaction; values of personal fields are never written, only the names of
 * the fields that changed.
 */
#ifndef FRONTDESK_AUDIT_H
#define FRONTDESK_AUDIT_H

#include "core/base/ctx.h"

/* action "appointment.book", subject "appointment"; fields: names separated
 * by commas, or NULL. Needs a transaction around the change. */
int audit_add(struct ctx *c, const char *action, const char *subject, const char *subject_id,
	const char *fields) MUST_USE;

#endif
