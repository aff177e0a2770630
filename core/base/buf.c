#include "core/base/buf.h"

struct buf buf_new(struct arena *mem, size_t max_bytes)
{
	struct buf b = {.mem = mem, .max = max_bytes};

	return b;
}

static void grow(struct buf *b, size_t cap)
{
	char *p = mem_alloc(b->mem, cap);

	if (b->n > 0)
		memcpy(p, b->p, b->n);
	b->p = p;
	b->cap = cap;
}

void buf_settle(struct buf *b)
{
	if (b->cap < b->max + 1)
		grow(b, b->max + 1);
}

/* Room for n more bytes and the final NUL; false once the buffer is full. */
static bool reserve(struct buf *b, size_t n)
{
	if (b->full || n > b->max - b->n) {
		b->full = true;
		return false;
	}
	if (b->n + n + 1 <= b->cap)
		return true;
	/* what is outgrown stays in the arena: few steps while it is small */
	size_t cap = b->cap > 0 ? b->cap * (b->cap < 65536 ? 4 : 2) : 256;

	while (cap < b->n + n + 1)
		cap *= 2;
	grow(b, cap);
	return true;
}

void buf_add(struct buf *b, const void *p, size_t n)
{
	if (n == 0 || !reserve(b, n))
		return;
	memcpy(b->p + b->n, p, n);
	b->n += n;
	b->p[b->n] = '\0';
}

void buf_text_add(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_char(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_int(struct buf *b, int64_t v)
{
	char digits[24];
	char *end = digits + sizeof(digits);
	char *p = end;
	uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;

	do {
		*--p = (char)('0' + u % 10);
		u /= 10;
	} while (u > 0);
	if (v < 0)
		*--p = '-';
	buf_add(b, p, (size_t)(end - p));
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		BUG("bad format: %s", fmt);
	if (!reserve(b, (size_t)n))
		return;
	va_start(ap, fmt);
	vsnprintf(b->p + b->n, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->n += (size_t)n;
}

void buf_html(struct buf *b, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		switch (s[i]) {
		case '&':
			buf_text_add(b, "&amp;");
			break;
		case '<':
			buf_text_add(b, "&lt;");
			break;
		case '>':
			buf_text_add(b, "&gt;");
			break;
		case '"':
			buf_text_add(b, "&quot;");
			break;
		default:
			buf_char(b, s[i]);
		}
	}
}

void buf_reset(struct buf *b)
{
	b->n = 0;
	b->full = false;
	if (b->p != NULL)
		b->p[0] = '\0';
}

const char *buf_text(struct buf *b)
{
	return b->p == NULL ? "" : b->p;
}
