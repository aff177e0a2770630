#include "core/base/text.h"
#include "core/sys/form.h"

/* What is no escape stays as it is. */
static struct bytes decode(struct arena *mem, const uint8_t *s, size_t n)
{
	uint8_t *out = mem_alloc(mem, n + 1);
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		const char *hex = (const char *)s + i + 1;

		if (s[i] == '%' && n - i > 2 && hex_decode(mem_text_n(mem, hex, 2), out + k, 1)) {
			k++;
			i += 2;
		} else
			out[k++] = s[i] == '+' ? ' ' : s[i];
	}
	return (struct bytes){out, k};
}

static size_t until(const uint8_t *s, size_t n, char stop)
{
	const uint8_t *at = memchr(s, stop, n);

	return at == NULL ? n : (size_t)(at - s);
}

bool form_decode(struct arena *mem, struct bytes body, struct form *out)
{
	const uint8_t *s = body.p;
	size_t left = body.n;

	*out = (struct form){mem_alloc(mem, FORM_PAIRS_MAX * sizeof(*out->p)), 0};
	while (left > 0) {
		size_t n = until(s, left, '&'), name = until(s, n, '=');

		if (n > 0) {
			if (out->n == FORM_PAIRS_MAX)
				return false;
			size_t value = name < n ? name + 1 : n;
			out->p[out->n++] = (struct form_pair){
				decode(mem, s, name), decode(mem, s + value, n - value)};
		}
		n = n < left ? n + 1 : n;
		s += n;
		left -= n;
	}
	return true;
}

const char *form_text(const struct form *f, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < f->n; i++) {
		const struct form_pair *p = &f->p[i];

		if (p->name.n == n && memcmp(p->name.p, name, n) == 0)
			return utf8_valid((const char *)p->value.p, p->value.n)
				? (const char *)p->value.p
				: NULL;
	}
	return NULL;
}
