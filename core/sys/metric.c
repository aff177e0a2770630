#include "core/sys/metric.h"
#include "core/base/log.h"
#include "core/sys/conf.h"
#include "core/sys/shared.h"

#include <stdatomic.h>
#include <sys/mman.h>

/* Part of the file's name: another shape is another file. */
#define SHAPE "1"
#define SERIES 4096
#define WAYS 64 /* places that one name may take */
#define KEY_MAX 200
#define BOUNDS 14

/* All zero is empty, so a new file needs no beginning. Who wants a series whose
 * name is there and its key not yet, writes the key: it is the same. */
struct series {
	_Atomic uint64_t name;
	_Atomic uint64_t is_ready;
	char key[KEY_MAX];              /* name{label="value",…} */
	_Atomic uint64_t n[BOUNDS + 1]; /* of a counter: the first */
	_Atomic uint64_t sum_us;
};

struct shared {
	_Atomic int64_t began_ms;
	_Atomic uint64_t lost;
	struct series series[SERIES];
};
static_assert(ATOMIC_LLONG_LOCK_FREE == 2 && ATOMIC_LONG_LOCK_FREE == 2, "shared by processes");

struct metrics {
	struct shared *shared; /* NULL: nothing is counted */
};

/* In microseconds, and as they are written. */
static const struct {
	int64_t us;
	const char *text;
} BOUND[BOUNDS] = {{1000, "0.001"}, {2500, "0.0025"}, {5000, "0.005"}, {10000, "0.01"},
	{25000, "0.025"}, {50000, "0.05"}, {100000, "0.1"}, {250000, "0.25"}, {500000, "0.5"},
	{1000000, "1"}, {2500000, "2.5"}, {5000000, "5"}, {10000000, "10"}, {60000000, "60"}};

static const struct family {
	const char *name;
	const char *sentence;
	bool times;
	const char *labels[3];
} FAMILIES[] = {
#define COUNTER(symbol, name, sentence, a, b, c) [symbol] = {name, sentence, false, {a, b, c}},
#define TIMES(symbol, name, sentence, a, b, c) [symbol] = {name, sentence, true, {a, b, c}},
#include "core/sys/metric.def"
#undef COUNTER
#undef TIMES
};

/* ---- the file ---- */

struct metrics *metrics_open(struct arena *mem, const char *folder)
{
	struct metrics *m = mem_alloc(mem, sizeof(*m));
	const char *path = mem_printf(mem, "%s/metrics-" SHAPE, folder);
	int64_t never = 0;

	m->shared = shared_map(path, sizeof(struct shared));
	if (m->shared == NULL)
		log_line("metrics", "file", path, "error", strerror(errno), "so",
			"this process counts nothing for them", NULL);
	else
		atomic_compare_exchange_strong(&m->shared->began_ms, &never, ts_now().ms);
	return m;
}

void metrics_close(struct metrics *m)
{
	if (m->shared != NULL)
		munmap(m->shared, sizeof(*m->shared));
	m->shared = NULL;
}

/* ---- finding a series ---- */

/* FNV-1a, its bits well mixed (the end of MurmurHash3). */
static uint64_t name_of(const char *key)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (const char *p = key; *p != '\0'; p++)
		h = (h ^ (uint8_t)*p) * UINT64_C(1099511628211);
	h = (h ^ (h >> 33)) * UINT64_C(0xff51afd7ed558ccd);
	h = (h ^ (h >> 33)) * UINT64_C(0xc4ceb9fe1a85ec53);
	h ^= h >> 33;
	return h != 0 ? h : 1;
}

struct key {
	char p[KEY_MAX];
	size_t n;
};

static void put(struct key *k, const char *s, bool is_value)
{
	for (; *s != '\0' && k->n < KEY_MAX; s++)
		k->p[k->n++] = (char)(is_value && (strchr("\"\\", *s) || *s < ' ') ? '_' : *s);
}

/* False: it does not fit. */
static bool key_make(struct key *k, const struct family *f, const char *const values[3])
{
	k->n = 0;
	put(k, f->name, false);
	for (int i = 0; i < 3 && f->labels[i] != NULL; i++) {
		put(k, i == 0 ? "{" : ",", false);
		put(k, f->labels[i], false);
		put(k, "=\"", false);
		put(k, values[i], true);
		put(k, "\"", false);
	}
	put(k, f->labels[0] != NULL ? "}" : "", false);
	if (k->n >= KEY_MAX)
		return false;
	k->p[k->n] = '\0';
	return true;
}

static struct series *find(struct shared *m, const struct key *k)
{
	uint64_t name = name_of(k->p);

	for (unsigned i = 0; i < WAYS; i++) {
		struct series *s = &m->series[(name + i) % SERIES];
		uint64_t there = atomic_load_explicit(&s->name, memory_order_relaxed);

		if (there == 0 && atomic_compare_exchange_strong(&s->name, &there, name))
			there = name;
		if (there != name)
			continue;
		if (atomic_load_explicit(&s->is_ready, memory_order_acquire) == 0) {
			memcpy(s->key, k->p, k->n + 1);
			atomic_store_explicit(&s->is_ready, 1, memory_order_release);
		}
		return s;
	}
	return NULL;
}

static struct series *series_of(
	const struct ctx *c, enum metric metric, const char *const values[3])
{
	const struct metrics *m = c->conf == NULL ? NULL : c->conf->metrics;
	struct key key;

	if (m == NULL || m->shared == NULL)
		return NULL;
	struct series *s = key_make(&key, &FAMILIES[metric], values) ? find(m->shared, &key) : NULL;

	if (s == NULL)
		atomic_fetch_add_explicit(&m->shared->lost, 1, memory_order_relaxed);
	return s;
}

/* ---- counting ---- */

void metric_count(
	const struct ctx *c, enum metric metric, const char *a, const char *b, const char *third)
{
	const char *const values[3] = {a, b, third};
	struct series *s = series_of(c, metric, values);

	if (s != NULL)
		atomic_fetch_add_explicit(&s->n[0], 1, memory_order_relaxed);
}

void metric_time(const struct ctx *c, enum metric metric, int64_t us, const char *a, const char *b)
{
	const char *const values[3] = {a, b, NULL};
	struct series *s = series_of(c, metric, values);
	int i = 0;

	if (s == NULL)
		return;
	while (i < BOUNDS && us > BOUND[i].us)
		i++;
	atomic_fetch_add_explicit(&s->n[i], 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&s->sum_us, us > 0 ? (uint64_t)us : 0, memory_order_relaxed);
}

/* ---- the text ---- */

void metrics_head(struct buf *out, const char *name, const char *type, const char *sentence)
{
	buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, sentence, name, type);
}

void metrics_gauge(struct buf *out, const char *name, const char *labels, double value)
{
	if (labels == NULL)
		buf_printf(out, "%s %.15g\n", name, value);
	else
		buf_printf(out, "%s{%s} %.15g\n", name, labels, value);
}

/* Buckets of Prometheus hold all that is not more. */
static void put_times(struct buf *out, const struct family *f, struct series *s)
{
	size_t name = strlen(f->name), n = strlen(s->key);
	const char *labels = s->key + name + 1; /* without braces */
	int k = n > name + 2 ? (int)(n - name - 2) : 0;
	const char *comma = k > 0 ? "," : "";
	uint64_t total = 0;

	for (int i = 0; i <= BOUNDS; i++) {
		total += atomic_load_explicit(&s->n[i], memory_order_relaxed);
		buf_printf(out, "%s_bucket{%.*s%sle=\"%s\"} %" PRIu64 "\n", f->name, k, labels,
			comma, i < BOUNDS ? BOUND[i].text : "+Inf", total);
	}
	uint64_t us = atomic_load_explicit(&s->sum_us, memory_order_relaxed);
	buf_printf(out, "%s_sum{%.*s} %" PRIu64 ".%06u\n", f->name, k, labels, us / 1000000,
		(unsigned)(us % 1000000));
	buf_printf(out, "%s_count{%.*s} %" PRIu64 "\n", f->name, k, labels, total);
}

static bool is_of(const struct family *f, struct series *s)
{
	size_t n = strlen(f->name);

	return atomic_load_explicit(&s->is_ready, memory_order_acquire) != 0 &&
		strncmp(s->key, f->name, n) == 0 && (s->key[n] == '{' || s->key[n] == '\0');
}

static void put_family(const struct metrics *m, const struct family *f, struct buf *out)
{
	metrics_head(out, f->name, f->times ? "histogram" : "counter", f->sentence);
	for (size_t i = 0; i < SERIES; i++) {
		struct series *s = &m->shared->series[i];

		if (!is_of(f, s))
			continue;
		if (f->times)
			put_times(out, f, s);
		else
			buf_printf(out, "%s %" PRIu64 "\n", s->key,
				atomic_load_explicit(&s->n[0], memory_order_relaxed));
	}
}

void metrics_write(const struct metrics *m, struct buf *out)
{
	if (m->shared == NULL)
		return;
	for (size_t i = 0; i < COUNT_OF(FAMILIES); i++)
		put_family(m, &FAMILIES[i], out);
	metrics_head(out, "frontdesk_uncounted_total", "counter",
		"What was not counted because the table is full.");
	metrics_gauge(
		out, "frontdesk_uncounted_total", NULL, (double)atomic_load(&m->shared->lost));
	metrics_head(out, "frontdesk_start_time_seconds", "gauge",
		"Since when it is counted, in seconds since 1970.");
	metrics_gauge(out, "frontdesk_start_time_seconds", NULL,
		(double)(atomic_load(&m->shared->began_ms) / 1000));
}
