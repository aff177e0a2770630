/*
 * account_texts.h - what letters about accounts say, in English and German: ICU
 * MessageFormat patterns. A text that is not known is "none".
 */
#ifndef FRONTDESK_ACCOUNT_TEXTS_H
#define FRONTDESK_ACCOUNT_TEXTS_H

#include "core/base/prelude.h"

#define TEXT_INVITATION "invitation" /* the others: MAIL_KINDS */

struct account_text {
	const char *kind;
	const char *language;
	const char *subject;
	const char *text;
	const char *page; /* that its link opens; NULL: none */
};

extern const struct account_text ACCOUNT_TEXTS[];
extern const size_t ACCOUNT_TEXTS_COUNT;
extern const char *const ACCOUNT_TEXT_ARGS[]; /* NULL-terminated */

/* In the language of a tag ("de-AT": de), else in English. BUG when there is
 * none of that kind. */
const struct account_text *account_text_find(const char *kind, const char *tag);

#endif
