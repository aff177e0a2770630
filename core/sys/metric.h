/*
 * metric.h - numbers for Prometheus, counted by all processes of the machine
 * together in a table of shared memory (a file of fixed size under
 * server.run_dir), never in the database.
 *
 * A series is found by its name and labels, and counts with atomic additions:
 * there is no lock, and nothing that a killed process could leave half done.
 * Processes of different versions may share the table. Nothing fails because it
 * is full or cannot be opened: then something is not counted, and how often that
 * was is counted.
 */
#ifndef FRONTDESK_METRIC_H
#define FRONTDESK_METRIC_H

#include "core/base/buf.h"
#include "core/base/ctx.h"

enum metric {
#define COUNTER(symbol, name, sentence, a, b, c) symbol,
#define TIMES(symbol, name, sentence, a, b, c) symbol,
#include "core/sys/metric.def"
#undef COUNTER
#undef TIMES
	METRIC_COUNT
};

struct metrics;

/* The table of this folder, made when it is missing. Never NULL. */
struct metrics *metrics_open(struct arena *mem, const char *folder);
void metrics_close(struct metrics *m);

/* One more; as many labels as metric.def says. Without metrics in c->conf nothing
 * is counted. */
void metric_count(
	const struct ctx *c, enum metric metric, const char *a, const char *b, const char *third);
/* One that took so long. */
void metric_time(const struct ctx *c, enum metric metric, int64_t us, const char *a, const char *b);

/* The text format of Prometheus, version 0.0.4. */
#define METRICS_TYPE "text/plain; version=0.0.4; charset=utf-8"
void metrics_write(const struct metrics *m, struct buf *out);
/* One number more. labels: NULL, or `state="due"`. */
void metrics_gauge(struct buf *out, const char *name, const char *labels, double value);
/* … whose sentence stands before it, once. */
void metrics_head(struct buf *out, const char *name, const char *type, const char *sentence);

#endif
