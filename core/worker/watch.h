/*
 * watch.h - what an event of the inbox can change: its call with cost, customer,
 * visit, tasks and messages, a message's fate, who wants no more, and what was
 * told to others. A watch sees these rows before and after each transaction, and
 * adds up what differs.
 */
#ifndef FRONTDESK_WATCH_H
#define FRONTDESK_WATCH_H

#include "core/inbox/replay.h"
#include "core/sys/db.h"

#define WATCHED_MAX 16

/* What an event names. */
struct about {
	const struct inbox_event *event;
	const char *messages;  /* ids of ours, as a JSON array */
	const char *numbers;   /* E.164 */
	const char *addresses; /* numbers and e-mail addresses */
};

struct watch {
	struct tx_witness witness;
	struct about about;
	struct rows before[WATCHED_MAX];
	struct rows after[WATCHED_MAX];
	struct seen *seen; /* rows that were changed so far */
	size_t n, cap;
};

void watch_begin(struct ctx *c, struct watch *w, const struct inbox_event *e);
/* What it saw, and in a sentence. */
void watch_end(struct ctx *c, struct watch *w, struct inbox_replay *out);

#endif
