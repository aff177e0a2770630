/*
 * known.h - the rules of a company's calendar, remembered by this process:
 * services and who does them, hours, days off, rooms, the company itself.
 *
 * Whatever changes a row of these tables gives the company's calendar_version
 * a new value, in the same transaction and never the same twice: triggers see
 * to it (core/schema/triggers.c). So rows that were read while it was the same
 * before and after are true whenever it is that again, and asking for one
 * value stands for reading a thousand rows.
 *
 * In a transaction the version is held: rules change after it, not within it.
 * So what a take was planned by still holds when it commits.
 */
#ifndef FRONTDESK_KNOWN_H
#define FRONTDESK_KNOWN_H

#include "core/base/ctx.h"
#include "core/base/table.h"

enum known_kind {
	KNOWN_COMPANY,
	KNOWN_SERVICE,
	KNOWN_ADD_ONS,
	KNOWN_CREW,
	KNOWN_NEEDS,
	KNOWN_HOURS
};

struct known;

/* Asks for the version: one query. What is found and learnt through *out is of
 * this moment; it lives as long as the arena. */
int known_begin(struct ctx *c, struct known **out) MUST_USE;

/* Rows of a kind about this id (NULL: of the company). They are not to be
 * written to. */
bool known_find(struct known *k, enum known_kind kind, const char *id, struct rows *out) MUST_USE;
/* To be remembered once known_keep() says that nothing has changed meanwhile;
 * lists within the rows must be empty. */
void known_learn(struct known *k, enum known_kind kind, const char *id, const struct table *t,
	const struct rows *rows);
/* One query, if anything was learnt outside a transaction. */
int known_keep(struct known *k) MUST_USE;

/* Takes and searches wait from here to the end of the transaction: for
 * changes that depend on which visits there are. */
int known_hold(struct ctx *c) MUST_USE;

/* Forgets everything: for tests. */
void known_forget(void);

#endif
