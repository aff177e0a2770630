#include "core/tenant/slug.h"
#include "core/base/buf.h"
#include "core/base/text.h"
#include "core/sys/locale.h"

#define NAME_MAX_LENGTH 50 /* what a number behind it leaves */

/* What would be another address: /public/bookings/…, /public/feeds/…. */
static const char *const TAKEN[] = {"bookings", "feeds"};

bool slug_valid(const char *s)
{
	size_t n = strspn(s, LETTERS_OF_SLUGS "-");

	return n > 0 && n <= SLUG_MAX && s[n] == '\0' && *s != '-' && s[n - 1] != '-';
}

const char *slug_of(struct ctx *c, const char *locale, const char *name, int n)
{
	struct buf b = buf_new(c->mem, SLUG_MAX + 1);
	const char *p = locale_ascii(c, locale, name);

	for (; *p != '\0' && b.n < NAME_MAX_LENGTH; p++) {
		if (strchr(LETTERS_OF_SLUGS, *p) != NULL)
			buf_char(&b, *p);
		else if (b.n > 0 && b.p[b.n - 1] != '-' && *p != '\'')
			buf_char(&b, '-');
	}
	const char *slug = b.n == 0 ? "company" : mem_text_n(c->mem, b.p, b.n);
	size_t length = strlen(slug);
	if (slug[length - 1] == '-')
		slug = mem_text_n(c->mem, slug, length - 1);
	for (size_t i = 0; i < COUNT_OF(TAKEN); i++) {
		if (text_same(slug, TAKEN[i]))
			slug = mem_printf(c->mem, "%s-company", slug);
	}
	return n < 2 ? slug : mem_printf(c->mem, "%s-%d", slug, n);
}
