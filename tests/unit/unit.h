/*
 * unit.h - what the unit tests share: a context to work in, files to read
 * back, and a look at what went to stderr.
 */
#ifndef FRONTDESK_UNIT_H
#define FRONTDESK_UNIT_H

#include "core/base/ctx.h"
#include "core/base/text.h"
#include <check.h>

#define SUITE(name) Suite *suite_##name(void);
#include "tests/unit/suites.def"
#undef SUITE

/* A fresh context: 64 MiB of arena, now = 2026-12-01T10:00:00Z. */
struct ctx *unit_ctx(void);
void unit_ctx_end(struct ctx *c);

/* Around everything: the directory that holds the tests' own. */
void unit_begin(void);
void unit_end(void);

/* A directory of this test alone, and a file in it. */
const char *unit_dir(void);
const char *unit_file(const char *name, const void *p, size_t n, int mode);
const char *unit_text_file(const char *name, const char *text);

/* stderr goes to a file between the two; the second gives what was said. */
void unit_hush(void);
const char *unit_said(void);

static inline struct bytes bytes_of(const char *s)
{
	struct bytes b = {(const uint8_t *)s, strlen(s)};

	return b;
}

#endif
