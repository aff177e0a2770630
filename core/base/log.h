/*
 * log.h - logfmt lines on stderr: log_line("job", "id", id, "state", "dead", NULL).
 *
 * Values are quoted where needed. Nothing personal and no secret is logged:
 * callers pass ids, counts, codes and route templates, never names, numbers,
 * bodies or tokens.
 */
#ifndef FRONTDESK_LOG_H
#define FRONTDESK_LOG_H

#include "core/base/ts.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Pairs of text up to a NULL key. A NULL value is left out. */
void log_line(const char *what, ...) __attribute__((sentinel));

/* The trace that the present work belongs to, in every line from now on; "": none. */
void log_trace(const char *trace_id);

/* The program's name in every line; set once at start. */
void log_name(const char *program);

#ifdef __cplusplus
}
#endif

#endif
