/*
 * template.h - what messages say: texts that are shipped (shipped.h), and in
 * front of them a company's own, by template, channel and language.
 *
 * Texts are ICU MessageFormat over the variables of the template's rule; what
 * is not known of a variable is "none", which a text tells by "select". A
 * reader gets the company's text in his language, else the shipped one in it,
 * else the same in English.
 */
#ifndef FRONTDESK_TEMPLATE_H
#define FRONTDESK_TEMPLATE_H

#include "core/base/ctx.h"
#include "core/base/table.h"
#include "core/notify/rules.h"

struct template
{
	const char *id; /* of the company's own text; NULL: the shipped one */
	const char *name;
	enum channel channel;
	const char *language;
	enum audience audience;
	bool is_own;
	const char *subject; /* of an e-mail; a title elsewhere */
	const char *body;
	struct texts variables;
};

extern const struct table TEMPLATE;
extern const struct table TEMPLATE_IN; /* subject and body */

/* The rule of a path's name, and its channel. E_NOT_FOUND unless that template
 * goes by that channel. */
int template_place(struct ctx *c, const char *name, const char *channel, const struct rule **rule,
	enum channel *out) MUST_USE;

/* Every text that is in force here. */
int template_list(struct ctx *c, struct rows *out) MUST_USE;
/* The one in force in exactly that language; id, name and so on of *t say
 * which. E_NOT_FOUND: there is none. */
int template_get(struct ctx *c, struct template *t) MUST_USE;
/* What a reader of that language gets. */
int template_for(struct ctx *c, const struct rule *r, enum channel channel, const char *tag,
	struct template *out) MUST_USE;

/* Field errors of language, subject and body, with the place in them: syntax, a
 * variable that the template has not, one used as what it is not, an SMS that
 * is too long with usual values. */
int template_check(struct ctx *c, const struct rule *r, const struct template *t) MUST_USE;
/* The company's own text from now on. In a transaction; audited. */
int template_set(struct ctx *c, const struct rule *r, struct template *t) MUST_USE;
/* The shipped one again. E_NOT_FOUND: there is no own text. In a transaction. */
int template_reset(struct ctx *c, const struct template *t) MUST_USE;

#endif
