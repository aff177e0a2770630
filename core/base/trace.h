/*
 * trace.h - W3C Trace Context, level 1: a request, the jobs that it brings about
 * and the calls of providers that these make have one trace id, in the log and on
 * the wire. ctx->trace is the traceparent that names the present step:
 * "00-<trace id>-<id of the step>-<flags>".
 */
#ifndef FRONTDESK_TRACE_H
#define FRONTDESK_TRACE_H

#include "core/base/ctx.h"

#define TRACE_LENGTH 55
#define TRACE_ID_LENGTH 32

/* A step of its own within the trace that the traceparent names; of a new trace
 * where it is NULL or is none. Log lines carry the trace's id from now on. */
void trace_begin(struct ctx *c, const char *traceparent);
/* … and no longer. */
void trace_end(void);

#endif
