/*
 * reader.h - who a rule's message goes to, and how each can be reached: what a
 * customer has agreed to, wishes and has opted out of is looked at here, and
 * nowhere else.
 */
#ifndef FRONTDESK_READER_H
#define FRONTDESK_READER_H

#include "core/notify/occasion.h"

struct reader {
	const char *key; /* tells readers of one message apart; NULL: the only one */
	const char *tag; /* language */
	const char *customer_id;
	const char *user_id;
	const char *address[CHANNEL_COUNT]; /* NULL: not by that channel */
	enum channel order[CHANNEL_COUNT];  /* the rule's, the preferred one first */
	int at_once;
};

#define READERS_MAX 64

/* Rows of struct reader. */
int readers_of(
	struct ctx *c, const struct rule *r, const struct occasion *o, struct rows *out) MUST_USE;

#endif
