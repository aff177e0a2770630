/*
 * make.h - from a rule and an occasion to messages and their jobs.
 */
#ifndef FRONTDESK_MAKE_H
#define FRONTDESK_MAKE_H

#include "core/notify/notify.h"
#include "core/notify/occasion.h"

/* For every reader of the rule, by as many channels as go at once. cause: what
 * makes it one message ("<appointment>:<version>"). In a transaction; again:
 * nothing new. */
int notify_make(
	struct ctx *c, enum rule_id rule, const struct occasion *o, const char *cause) MUST_USE;

/* The next channel for its reader, after one that has failed for good. In a
 * transaction; again: nothing new. */
int notify_fallback(struct ctx *c, const struct notification *n) MUST_USE;
/* Whether there is one: 1, 0, -1. */
int notify_can_fall_back(struct ctx *c, const struct notification *n) MUST_USE;

#endif
