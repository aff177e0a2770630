#include "core/sys/http.h"
#include "core/base/buf.h"

#define FORM_MAX (1024 * 1024)

const char *url_encode(struct arena *mem, const char *s)
{
	static const char HEX[] = "0123456789ABCDEF";
	char *out = mem_alloc(mem, strlen(s) * 3 + 1);
	char *p = out;

	for (; *s != '\0'; s++) {
		uint8_t b = (uint8_t)*s;
		bool letter = (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z');

		if (letter || (b >= '0' && b <= '9') || strchr("-._~", b) != NULL) {
			*p++ = (char)b;
			continue;
		}
		*p++ = '%';
		*p++ = HEX[b >> 4];
		*p++ = HEX[b & 15];
	}
	return out;
}

const char *form_encode(struct ctx *c, const char *const *pairs)
{
	struct buf b = buf_new(c->mem, FORM_MAX);

	for (; pairs[0] != NULL; pairs += 2) {
		if (b.n > 0)
			buf_char(&b, '&');
		buf_text_add(&b, url_encode(c->mem, pairs[0]));
		buf_char(&b, '=');
		buf_text_add(&b, url_encode(c->mem, pairs[1] != NULL ? pairs[1] : ""));
	}
	if (buf_full(&b))
		BUG("a form of more than 1 MiB");
	return buf_text(&b);
}
