/*
 * templates.h - what messages say: one row per message and language.
 *
 * Texts are ICU MessageFormat patterns over the arguments of TEMPLATE_ARGS; an
 * argument that is not known is "none", which a pattern tells by "select". A
 * language that has no row reads English. A further language is further rows.
 */
#ifndef FRONTDESK_TEMPLATES_H
#define FRONTDESK_TEMPLATES_H

#include "core/notify/notify.h"
#include "core/sys/locale.h"

struct template
{
	const char *name;
	const char *language; /* "en", "de" */
	const char *sms;
	const char *subject; /* of the e-mail */
	const char *text;    /* of the e-mail; its HTML is made from it */
};

#define TEMPLATE_BOOKED "appointment.booked"
#define TEMPLATE_ALTERNATIVE "appointment.alternative"
#define TEMPLATE_CHANGED "appointment.changed"
#define TEMPLATE_CANCELLED "appointment.cancelled"
#define TEMPLATE_OFFERED "call.offered"

extern const struct template TEMPLATES[];
extern const size_t TEMPLATES_COUNT;
extern const char *const TEMPLATE_ARGS[]; /* NULL-terminated */

/* The row of that name in the language of a tag ("de-AT": de), else in
 * English. BUG when there is no such name. */
const struct template *template_find(const char *name, const char *tag);

/* Fills in subject, body and body_html for the channel. An SMS loses the
 * typographic characters that would double its price. */
int template_render(struct ctx *c, const struct template *t, const struct message_arg *args,
	size_t n, struct notification *out) MUST_USE;

/* A text as a page: blank lines part paragraphs, other line ends break lines, a
 * line that begins with http is a link. */
const char *message_html(struct ctx *c, const char *language, const char *text);

/* Septets that a text takes in the GSM alphabet; -1 when it does not fit it. */
int sms_septets(const char *s);

#endif
