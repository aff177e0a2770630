#include "core/staff/name.h"
#include "core/base/buf.h"
#include "core/base/text.h"
#include "core/sys/locale.h"

#define SAID_MAX 400 /* characters that are looked at */

static bool part_of_word(char ch)
{
	return (ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || (uint8_t)ch >= 0x80;
}

const char *name_key(struct ctx *c, const char *said)
{
	const char *s = locale_fold(c, utf8_cut(c->mem, said, SAID_MAX));
	struct buf b = buf_new(c->mem, strlen(s) * 5 + 1); /* "&" becomes " and " */
	bool gap = false;

	for (; *s != '\0'; s++) {
		if (*s == '\'')
			continue; /* men's, mens */
		if (*s != '&' && !part_of_word(*s)) {
			gap = true;
			continue;
		}
		if (b.n > 0 && (gap || *s == '&'))
			buf_char(&b, ' ');
		gap = *s == '&';
		if (*s == '&')
			buf_text_add(&b, "and");
		else
			buf_char(&b, *s);
	}
	return buf_text(&b);
}
