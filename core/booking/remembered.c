#define BANNED_ALLOW_ALLOC
#include "core/booking/remembered.h"
#include "core/booking/occupancy.h"
#include "core/sys/db.h"

#define BUCKETS 4096 /* resources, at most */
#ifdef FRONTDESK_TEST
#define SPANS_MAX 512
#else
#define SPANS_MAX 131072 /* of all of them: 2 MB */
#endif
#define WINDOW_MAX_DAYS 100        /* of one resource */
#define TRUE_FOR_MS INT64_C(60000) /* rows that somebody changes by hand are seen after that */

/* Minutes since 1970; expires is in seconds, 0 never. */
struct stretch {
	int32_t from, to;
	int64_t expires;
};

struct memory {
	char resource_id[37];
	uint32_t company;
	int64_t seq;
	int64_t read_ms; /* monotonic */
	ts_t from, to;   /* what was read */
	struct stretch *p;
	size_t n;
};

/* The process's own; a search of another company finds other resources. */
static struct memory *memories;
static size_t spans_kept;

/* ---- one resource ---- */

static struct memory *bucket(const struct ctx *c, const char *id)
{
	uint64_t h = UINT64_C(14695981039346656037) ^ c->company;

	if (memories == NULL)
		memories = calloc(BUCKETS, sizeof(*memories));
	if (memories == NULL)
		BUG("no memory for %d resources", BUCKETS);
	for (const char *s = id; *s != '\0'; s++)
		h = (h ^ (uint8_t)*s) * UINT64_C(1099511628211);
	return &memories[h % BUCKETS];
}

static void drop(struct memory *m)
{
	spans_kept -= m->n;
	free(m->p);
	memset(m, 0, sizeof(*m));
}

void occupancy_forget(void)
{
	for (size_t i = 0; memories != NULL && i < BUCKETS; i++)
		drop(&memories[i]);
	free(memories);
	memories = NULL;
}

static int64_t now_ms(void)
{
	return clock_monotonic_us() / 1000;
}

static bool is_of(const struct memory *m, const struct ctx *c, const char *id)
{
	return m->company == c->company && strcmp(m->resource_id, id) == 0;
}

static bool is_true(const struct memory *m, int64_t seq, ts_t from, ts_t to)
{
	return m->seq == seq && m->from.ms <= from.ms && to.ms <= m->to.ms &&
		now_ms() - m->read_ms < TRUE_FOR_MS;
}

/* Forgets what is too old to be told; where that is not enough, everything. */
static void make_room(size_t n)
{
	for (size_t i = 0; i < BUCKETS && spans_kept + n > SPANS_MAX; i++) {
		if (now_ms() - memories[i].read_ms >= TRUE_FOR_MS)
			drop(&memories[i]);
	}
	for (size_t i = 0; i < BUCKETS && spans_kept + n > SPANS_MAX; i++)
		drop(&memories[i]);
}

/* Rows of one resource, read over a window after its version was. */
static void remember(
	struct ctx *c, const struct version *v, ts_t from, ts_t to, const struct rows *rows)
{
	struct memory *m = bucket(c, v->id);
	const struct taken *t = rows->p;
	size_t n = rows->n;

	drop(m);
	if (strlen(v->id) >= sizeof(m->resource_id) || n > SPANS_MAX)
		return;
	make_room(n);
	m->p = calloc(n + 1, sizeof(*m->p));
	if (m->p == NULL)
		return;
	for (size_t i = 0; i < n; i++) {
		m->p[i] = (struct stretch){(int32_t)(t[i].starts_at.ms / MS_A_MINUTE),
			(int32_t)((t[i].ends_at.ms + MS_A_MINUTE - 1) / MS_A_MINUTE),
			(t[i].expires_at.ms + 999) / 1000};
	}
	memcpy(m->resource_id, v->id, strlen(v->id) + 1);
	m->company = c->company;
	m->seq = v->booking_seq;
	m->read_ms = now_ms();
	m->from = from;
	m->to = to;
	m->n = n;
	spans_kept += n;
}

/* ---- a search ---- */

struct finding {
	struct ctx *c;
	ts_t from, to;
	struct taken *p;
	size_t n, cap;
};

static struct taken *next_taken(struct finding *f)
{
	if (f->n == f->cap) {
		struct taken *p;

		f->cap = f->cap > 0 ? f->cap * 2 : 1024;
		p = mem_alloc(f->c->mem, f->cap * sizeof(*p));
		if (f->n > 0)
			memcpy(p, f->p, f->n * sizeof(*p));
		f->p = p;
	}
	return &f->p[f->n++];
}

/* What is remembered of one resource, as rows: what still holds, in the
 * window. */
static void tell(struct finding *f, const char *id, const struct memory *m)
{
	int32_t from = (int32_t)(f->from.ms / MS_A_MINUTE);
	int32_t to = (int32_t)(f->to.ms / MS_A_MINUTE) + 1;

	for (size_t i = 0; i < m->n; i++) {
		const struct stretch *s = &m->p[i];

		if (s->to <= from || s->from >= to ||
			(s->expires != 0 && s->expires * 1000 <= f->c->now.ms))
			continue;
		*next_taken(f) = (struct taken){.resource_id = id,
			.starts_at = minute_ts(s->from),
			.ends_at = minute_ts(s->to)};
	}
}

/* The window to read: the wished one with what was remembered, so that paging
 * through weeks does not forget. */
static void widen(const struct memory *m, struct finding *f)
{
	ts_t from = m->from.ms < f->from.ms ? m->from : f->from;
	ts_t to = m->to.ms > f->to.ms ? m->to : f->to;

	if (to.ms - from.ms <= WINDOW_MAX_DAYS * OCCUPANCY_DAY_MS) {
		f->from = from;
		f->to = to;
	}
}

/* Rows of one resource out of all, which need not be grouped. */
static struct rows rows_of(struct ctx *c, const struct rows *all, const char *id)
{
	const struct taken *t = all->p;
	struct taken *p = mem_alloc(c->mem, (all->n + 1) * sizeof(*p));
	size_t n = 0;
	bool mine = false;

	for (size_t i = 0; i < all->n; i++) {
		/* one comparison for a run of rows whose text is the same */
		if (i == 0 || strcmp(t[i].resource_id, t[i - 1].resource_id) != 0)
			mine = strcmp(t[i].resource_id, id) == 0;
		if (mine)
			p[n++] = t[i];
	}
	return (struct rows){p, n};
}

/* Reads the rows of those that are not remembered, or not as they are. */
static int refresh(struct finding *f, const struct version *stale, size_t n)
{
	struct ctx *c = f->c;
	struct finding wide = *f;
	struct texts ids = {mem_alloc(c->mem, (n + 1) * sizeof(char *)), 0};
	struct rows all;

	if (n == 0)
		return 0;
	for (size_t i = 0; i < n; i++) {
		const struct memory *m = bucket(c, stale[i].id);

		if (is_of(m, c, stale[i].id))
			widen(m, &wide);
		ids.p[ids.n++] = stale[i].id;
	}
	if (occupancy_between(c, &ids, wide.from, wide.to, false, &all) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		struct mem_mark mark = mem_mark(c->mem);
		struct rows own = rows_of(c, &all, stale[i].id);

		remember(c, &stale[i], wide.from, wide.to, &own);
		mem_release(c->mem, mark);
	}
	for (size_t i = 0; i < all.n; i++)
		*next_taken(f) = ((const struct taken *)all.p)[i];
	return 0;
}

int occupancy_remembered(
	struct ctx *c, const struct texts *resource_ids, ts_t from, ts_t to, struct rows *out)
{
	struct finding f = {.c = c, .from = from, .to = to};
	struct version *stale;
	struct rows rows;
	size_t n = 0;

	if (db_in_tx(c))
		return occupancy_between(c, resource_ids, from, to, false, out);
	if (occupancy_versions(c, resource_ids, &rows) < 0)
		return -1;
	stale = mem_alloc(c->mem, (rows.n + 1) * sizeof(*stale));
	for (size_t i = 0; i < rows.n; i++) {
		const struct version *v = &((const struct version *)rows.p)[i];
		const struct memory *m = bucket(c, v->id);

		if (is_of(m, c, v->id) && is_true(m, v->booking_seq, from, to))
			tell(&f, v->id, m);
		else
			stale[n++] = *v;
	}
	if (refresh(&f, stale, n) < 0)
		return -1;
	*out = (struct rows){f.p, f.n};
	return (int)f.n;
}
