/*
 * post.h - a letter on its way: built, handed to the mail server, and what came
 * of it in three words.
 */
#ifndef FRONTDESK_POST_H
#define FRONTDESK_POST_H

#include "core/provider/mail.h"

enum post_fate {
	POST_SENT,
	POST_REFUSED, /* for good */
	POST_AGAIN,   /* it may pass */
};

struct post {
	enum post_fate fate;
	const char *error; /* a sentence; NULL when it was sent */
	int retry_after;   /* seconds, 0 = not said */
};

/* Where l.from is NULL it is the sender of the configuration; to that one what
 * cannot be delivered goes back in any case. 0, or -1 for errors
 * of the database. */
int post_letter(struct ctx *c, struct letter *l, struct post *out) MUST_USE;

#endif
