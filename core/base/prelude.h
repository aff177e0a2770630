/*
 * prelude.h - included first by every C file.
 *
 * The C library headers that the whole program may use, a few attributes,
 * the two ways to fail that are not errors of a user (BUG, and compile-time
 * assertions), and, last, the list of functions nobody may call (banned.h).
 */
#ifndef FRONTDESK_PRELUDE_H
#define FRONTDESK_PRELUDE_H

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))
#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))

#ifdef __cplusplus
#define NORETURN [[noreturn]]
#else
#define NORETURN _Noreturn
#endif

/* Raw bytes that are not text: a body to be verified, a digest, a cell. */
struct bytes {
	const uint8_t *p;
	size_t n;
};

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A broken invariant of ours: says where and why on stderr and aborts. The
 * supervisor starts a new process; the transaction in flight is rolled back
 * by the server. Never used for input, networks or the database.
 */
NORETURN void bug_at(const char *file, int line, const char *fmt, ...) PRINTF_LIKE(3, 4);
#define BUG(...) bug_at(__FILE__, __LINE__, __VA_ARGS__)

#ifdef __cplusplus
}
#endif

#ifndef __cplusplus
#include "core/base/banned.h"
#endif

#endif
