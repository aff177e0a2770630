/*
 * export.h - what is known of a customer, for the customer: a ZIP with a page
 * to read (in the customer's language, English or German), the visits as a
 * calendar, and everything as JSON, a file a kind (personal.h).
 *
 * It is made at once and kept nowhere: a copy that waits to be fetched would be
 * one more place to protect and to erase.
 */
#ifndef FRONTDESK_EXPORT_H
#define FRONTDESK_EXPORT_H

#include "core/base/buf.h"
#include "core/base/ctx.h"
#include "core/privacy/personal.h"

/* Bytes of transcripts that fit into the arena of a request, and of messages. */
#define EXPORT_TEXT_MAX (8 << 20)

/* Of a customer that may be deleted. Needs a transaction; audited. E_NOT_FOUND;
 * E_STATE when erased; E_TOO_LARGE above text_max bytes of text. */
int customer_export(struct ctx *c, const char *id, int64_t text_max, struct bytes *zip) MUST_USE;

/* ---- between export.c and page.c ---- */

struct given {
	const struct personal *kind;
	struct rows rows;
};

/* index.html: what is given, in this language ("de" or "en"). */
int export_page(struct ctx *c, const char *language, const struct given *all, size_t n,
	struct buf *out) MUST_USE;

#endif
