/*
 * audit.h - who changed what. One row per change, in the change's own
 * transaction; values of personal fields are never written, only the names of
 * the fields that changed.
 *
 * Whoever shows the company's records hears of each change: of what has no event
 * of its own an EV_RECORD_CHANGED is emitted here (quiet.def).
 *
 * Rows are appended and nothing else: no account of the programs may change or
 * delete one. core/audit/seal.h chains them, core/audit/trail.h reads them.
 */
#ifndef FRONTDESK_AUDIT_H
#define FRONTDESK_AUDIT_H

#include "core/base/ctx.h"
#include "core/base/table.h"

struct audit_entry {
	const char *id;
	ts_t created_at;
	enum actor_kind actor_kind;
	const char *actor_id;
	const char *actor_name; /* as it is called when it is read */
	const char *remote_address;
	const char *request_id;
	const char *action;
	const char *subject;
	const char *subject_id;
	const char *fields;     /* names, separated by commas */
	const char *note;       /* a sentence for people */
	int64_t seal;           /* its number in the chain; 0: not sealed yet */
	int64_t company_number; /* only where entries of several are read */
	const char *company_id;
};

extern const struct table AUDIT_ENTRY;
extern const char *const ACTOR_NAMES[6]; /* of enum actor_kind, NULL-terminated */

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
