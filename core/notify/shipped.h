/*
 * shipped.h - the texts that come with the program: files of templates_dir,
 * a folder a language (a BCP 47 tag), read once per process.
 *
 *	<language>/<template>.<channel>.txt   for one channel
 *	<language>/<template>.txt             for every channel without its own
 *
 * A first line "Subject: …" and the empty line behind it are the subject. A
 * further language is a further folder.
 */
#ifndef FRONTDESK_SHIPPED_H
#define FRONTDESK_SHIPPED_H

#include "core/base/ctx.h"
#include "core/base/table.h"
#include "core/notify/channel.h"

struct shipped {
	const char *language;
	const char *file; /* "appointment.booked.sms" */
	const char *subject;
	const char *body;
};

#define LANGUAGE_TAG_MAX 16

/* All of them (rows of struct shipped, of the process). E_INTERNAL when
 * templates_dir cannot be read. */
int shipped_all(struct ctx *c, struct rows *out) MUST_USE;
/* The text in exactly that language: 1, 0 there is none, -1. */
int shipped_find(struct ctx *c, const char *name, enum channel channel, const char *language,
	const struct shipped **out) MUST_USE;

#endif
