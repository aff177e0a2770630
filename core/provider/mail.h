/*
 * mail.h - a letter as a message of RFC 5322: text and HTML side by side, a
 * calendar file attached; headers encoded (RFC 2047), bodies quoted-printable
 * or base64, CRLF lines. No value can begin a header of its own: control
 * characters become blanks, addresses that need more than plain ASCII are
 * refused.
 */
#ifndef FRONTDESK_MAIL_H
#define FRONTDESK_MAIL_H

#include "core/base/ctx.h"

struct letter {
	const char *id;        /* names the message: the same for every attempt */
	const char *from_name; /* NULL: the address alone */
	const char *from;      /* address */
	const char *to;        /* address */
	const char *reply_to;  /* address; NULL: none */
	const char *language;
	const char *subject;
	const char *text;
	const char *html;
	const char *calendar; /* iCalendar, METHOD:PUBLISH; NULL: none */
	ts_t date;
};

/* E_INVALID: an address that cannot be written to. */
int letter_build(struct ctx *c, const struct letter *l, struct bytes *out) MUST_USE;

#endif
