/*
 * customer.h - the people who are served.
 */
#ifndef FRONTDESK_CUSTOMER_H
#define FRONTDESK_CUSTOMER_H

#include "core/base/ctx.h"
#include "core/base/table.h"

/* How a customer would rather be told; the rest of the ways only if that fails. */
enum preferred_channel { PREFERS_NONE, PREFERS_SMS, PREFERS_EMAIL };

enum journey { LEAD, PROSPECT, CUSTOMER_, REGULAR, VIP, INACTIVE };

struct customer {
	const char *id;
	const char *name;
	const char *phone; /* E.164 */
	const char *email;
	const char *language;
	enum preferred_channel preferred_channel;
	enum journey journey;
	int64_t no_show_count;
	ts_t created_at;
};

extern const struct table CUSTOMER;
extern const struct table CUSTOMER_EDIT; /* what a person may say: phone in any notation */

/* Deleted ones, too: their calls and visits stay. */
int customer_get(struct ctx *c, const char *id, struct customer *out) MUST_USE;
/* Not deleted. */
int customer_find_by_phone(struct ctx *c, const char *e164, struct customer *out) MUST_USE;
/* Not deleted, newest first. q (NULL: all) is looked for in name and e-mail,
 * its digits in the number. after and after_id: the last row of the page
 * before (NULL: the first page). */
int customer_list(struct ctx *c, const char *q, int limit, ts_t after, const char *after_id,
	struct rows *out) MUST_USE;

/*
 * The customer with this number, else a new one (event customer.created,
 * audited). Facts that were unknown are filled in; known ones are never
 * overwritten. in->phone may be NULL: then always a new one. Needs a
 * transaction. *out is the stored row; 1 created, 0 there already, -1
 * (E_INVALID on phone, email). The number may come in any notation that is
 * understood in the company's country.
 */
int customer_of(struct ctx *c, const struct customer *in, struct customer *out) MUST_USE;

/* Who customer_of() would find: by id, else by number: 1, 0 nobody, -1. A number
 * that is none is nobody's. Reads only. */
int customer_known(struct ctx *c, const struct customer *in, struct customer *out) MUST_USE;

/*
 * By a person, who means this one and no other. Both need a transaction, are
 * audited, and emit customer.created or customer.updated. E_INVALID unless
 * there is a name or a phone; E_DUPLICATE naming phone when somebody who is
 * not deleted has it. A change takes the members `given` (bits of
 * CUSTOMER_EDIT) from `in`.
 */
int customer_create(struct ctx *c, const struct customer *in, struct customer *out) MUST_USE;
int customer_change(struct ctx *c, const char *id, const struct customer *in, uint64_t given,
	struct customer *out) MUST_USE;
/* The number is free for somebody new. E_STATE while visits are to come. */
int customer_delete(struct ctx *c, const char *id) MUST_USE;

/* First write of every take: whoever books for this customer at the same time
 * waits here. A lead becomes a prospect. Rows matched, or -1: the field error
 * "customer_id" for one who is deleted. */
int customer_booked(struct ctx *c, const char *id) MUST_USE;
/* One more visit that the customer did not come to. Rows matched, or -1. */
int customer_missed(struct ctx *c, const char *id) MUST_USE;

#endif
