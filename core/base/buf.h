/*
 * buf.h - text that grows, up to a maximum that it is born with.
 *
 * Adding beyond the maximum adds nothing and is remembered: check buf_full()
 * once, at the end. buf_text() is always NUL-terminated.
 */
#ifndef FRONTDESK_BUF_H
#define FRONTDESK_BUF_H

#include "core/base/arena.h"

struct buf {
	struct arena *mem;
	char *p;
	size_t n;
	size_t cap;
	size_t max;
	bool full;
};

struct buf buf_new(struct arena *mem, size_t max_bytes);
void buf_add(struct buf *b, const void *p, size_t n);
void buf_text_add(struct buf *b, const char *s);
void buf_char(struct buf *b, char c);
void buf_int(struct buf *b, int64_t v);
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* n bytes of text for HTML: what would be markup is written out. */
void buf_html(struct buf *b, const char *s, size_t n);
void buf_reset(struct buf *b);
/* Takes room for all that it may hold, at once: it moves no more, and what is
 * taken from the arena meanwhile can be given back (mem_release). */
void buf_settle(struct buf *b);

static inline bool buf_full(const struct buf *b)
{
	return b->full;
}

const char *buf_text(struct buf *b);

#endif
