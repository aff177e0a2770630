#include "core/calendar/calendar.h"

static struct spans room_for(struct arena *mem, size_t n)
{
	struct spans s = {mem_alloc(mem, (n + 1) * sizeof(struct span)), 0};

	return s;
}

/* Adds a span that begins no earlier than those before it. */
static void append(struct spans *s, int64_t from, int64_t to)
{
	struct span *last = s->n > 0 ? &s->p[s->n - 1] : NULL;

	if (from >= to)
		return;
	if (last != NULL && from <= last->to) {
		last->to = to > last->to ? to : last->to;
		return;
	}
	s->p[s->n++] = (struct span){from, to};
}

static int by_from(const void *a, const void *b)
{
	const struct span *x = a, *y = b;

	return (x->from > y->from) - (x->from < y->from);
}

static bool is_sorted(const struct span *p, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		if (p[i - 1].from > p[i].from)
			return false;
	}
	return true;
}

struct spans spans_normal(struct arena *mem, const struct span *p, size_t n)
{
	struct spans out = room_for(mem, n);

	if (!is_sorted(p, n)) {
		struct span *sorted = mem_alloc(mem, n * sizeof(*sorted));

		memcpy(sorted, p, n * sizeof(*p));
		qsort(sorted, n, sizeof(*sorted), by_from);
		p = sorted;
	}
	for (size_t i = 0; i < n; i++)
		append(&out, p[i].from, p[i].to);
	return out;
}

struct spans spans_intersect(struct arena *mem, struct spans a, struct spans b)
{
	struct spans out = room_for(mem, a.n + b.n);
	size_t i = 0, j = 0;

	while (i < a.n && j < b.n) {
		int64_t from = a.p[i].from > b.p[j].from ? a.p[i].from : b.p[j].from;
		int64_t to = a.p[i].to < b.p[j].to ? a.p[i].to : b.p[j].to;

		append(&out, from, to);
		if (a.p[i].to < b.p[j].to)
			i++;
		else
			j++;
	}
	return out;
}

struct spans spans_subtract(struct arena *mem, struct spans a, struct spans b)
{
	struct spans out = room_for(mem, a.n + b.n);
	size_t j = 0;

	for (size_t i = 0; i < a.n; i++) {
		int64_t from = a.p[i].from;

		while (j < b.n && b.p[j].to <= from)
			j++;
		for (size_t k = j; k < b.n && b.p[k].from < a.p[i].to; k++) {
			append(&out, from, b.p[k].from);
			from = b.p[k].to;
		}
		append(&out, from, a.p[i].to);
	}
	return out;
}

/* Index of the first span that ends after minute m. */
static size_t first_after(struct spans a, int64_t m)
{
	size_t lo = 0, hi = a.n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (a.p[mid].to <= m)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

bool spans_contain(struct spans a, struct span s)
{
	size_t i = first_after(a, s.from);

	return i < a.n && a.p[i].from <= s.from && s.to <= a.p[i].to;
}

bool spans_meet(struct spans a, struct span s, struct span *out)
{
	size_t i = first_after(a, s.from);

	if (i == a.n || a.p[i].from >= s.to)
		return false;
	*out = a.p[i];
	return true;
}

int64_t spans_minutes(struct spans a, struct span s)
{
	int64_t sum = 0;

	for (size_t i = first_after(a, s.from); i < a.n && a.p[i].from < s.to; i++) {
		int64_t from = a.p[i].from > s.from ? a.p[i].from : s.from;
		int64_t to = a.p[i].to < s.to ? a.p[i].to : s.to;

		sum += to - from;
	}
	return sum;
}

/* Where a visit may start for this part to lie inside one span of hours … */
static struct spans starts_within(struct arena *mem, struct spans hours, const struct part *p)
{
	struct spans out = room_for(mem, hours.n);

	for (size_t i = 0; i < hours.n; i++)
		append(&out, hours.p[i].from - p->offset,
			hours.p[i].to - p->offset - p->length + 1);
	return out;
}

/* … and where it may not, because part or buffer would meet a busy minute. */
static struct spans starts_against(struct arena *mem, struct spans busy, const struct part *p)
{
	struct spans out = room_for(mem, busy.n);

	for (size_t i = 0; i < busy.n; i++)
		append(&out, busy.p[i].from - p->offset - p->length - p->after + 1,
			busy.p[i].to - p->offset + p->before);
	return out;
}

struct spans calendar_starts(struct arena *mem, struct spans hours, struct spans busy,
	const struct part *parts, size_t n)
{
	struct spans out = {NULL, 0};

	for (size_t i = 0; i < n; i++) {
		struct spans s = spans_subtract(mem, starts_within(mem, hours, &parts[i]),
			starts_against(mem, busy, &parts[i]));

		out = i == 0 ? s : spans_intersect(mem, out, s);
	}
	return out;
}
