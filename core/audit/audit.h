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
/* The same with a sentence for people instead of fields (a reason, a count;
 * cut after 300 characters). Never personal data of customers: entries outlive
 * them. */
int audit_note(struct ctx *c, const char *action, const char *subject, const char *subject_id,
	const char *note) MUST_USE;

#endif
