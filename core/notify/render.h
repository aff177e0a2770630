/*
 * render.h - a text and the values of its variables become a message.
 */
#ifndef FRONTDESK_RENDER_H
#define FRONTDESK_RENDER_H

#include "core/notify/template.h"
#include "core/sys/locale.h"

/* Of each variable: text, or where that is NULL and numeric is set the number;
 * else it is "none". */
struct values {
	const char *text[VAR_COUNT_OF_ALL];
	int64_t number[VAR_COUNT_OF_ALL];
	bool numeric[VAR_COUNT_OF_ALL];
};

void value_number(struct values *v, enum var var, int64_t n);

/* Values that are usual, as a reader of that locale reads them. */
void values_sample(struct ctx *c, const char *locale, struct values *out);

struct rendered {
	const char *subject; /* NULL: none */
	const char *body;
	const char *html; /* of an e-mail, else NULL */
};

/*
 * locale: how numbers read; its language is the text's. An SMS loses the
 * characters that would double its price. The field errors "subject" and
 * "body" of a text that is wrong.
 */
int render(struct ctx *c, const struct rule *r, const struct template *t, const char *locale,
	const struct values *v, struct rendered *out) MUST_USE;

/* A text as a page: blank lines part paragraphs, other line ends break lines, a
 * line that begins with http is a link. */
const char *message_html(struct ctx *c, const char *language, const char *text);

/* The text's language, with the reader's country when he names one: "de-AT"
 * writes dates as in Austria. */
const char *render_locale(const struct template *t, const char *tag);

#endif
