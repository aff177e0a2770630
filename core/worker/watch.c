#include "core/worker/watch.h"
#include "core/base/buf.h"
#include "core/base/id.h"
#include "core/base/text.h"
#include "core/booking/booking.h"
#include "core/call/call.h"
#include "core/call/unassigned.h"
#include "core/customer/customer.h"
#include "core/notify/notify.h"
#include "core/sys/json.h"
#include "core/task/task.h"

#define NAMED_MAX 200 /* ids and addresses of one event */
#define ROWS_LOOKED_AT 500
#define VALUE_LENGTH 10000
#define DIFF_MAX (8u << 20)
#define LATE_MS 2000 /* between the clocks of two machines */
#define NOT_SHOWN "(not shown)"

/* ---- rows that have no table elsewhere, or not all of one ---- */

static const struct field COST_FIELDS[] = {
	ID(call, id, RO),
	INT(call, customer_cents, RO | NULL0, 0, INT64_MAX),
	TEXT(call, currency, RO, 3),
	INT(call, platform_microusd, RO | NULL0, 0, INT64_MAX),
	TEXT(call, cost_parts, RO, 300),
	INT(call, exchange_rate_micro, RO | NULL0, 0, INT64_MAX),
	DAY(call, exchange_rate_on, RO),
	TEXT(call, exchange_rate_source, RO, 20),
};
static const struct table COST = TABLE(call, "cost", COST_FIELDS);

struct opted {
	const char *id;
	const char *channel;
	const char *address;
	const char *source;
};

static const struct field OPTED_FIELDS[] = {
	ID(opted, id, RO),
	TEXT(opted, channel, RO, 10),
	TEXT(opted, address, RO | PERSONAL, 254),
	TEXT(opted, source, RO, 20),
};
static const struct table OPTED = TABLE(opted, "opt_out", OPTED_FIELDS);

struct told {
	const char *id;
	const char *kind;
	const char *subject_id;
	ts_t created_at;
};

static const struct field TOLD_FIELDS[] = {
	ID(told, id, RO),
	TEXT(told, kind, RO, 40),
	ID(told, subject_id, RO),
	TIME(told, created_at, RO),
};
static const struct table TOLD = TABLE(told, "event", TOLD_FIELDS);

/* ---- storage ---- */

#define OF_CALL "(SELECT id FROM `call` WHERE provider = ? AND provider_call_id = ?)"

static int look_call(struct ctx *c, const struct about *a, struct rows *out)
{
	return db_rows(c, &CALL, out,
		"SELECT {cols} FROM `call` WHERE provider = ? AND provider_call_id = ?",
		a->event->provider, a->event->external_id);
}

static int look_cost(struct ctx *c, const struct about *a, struct rows *out)
{
	return db_rows(c, &COST, out,
		"SELECT {cols} FROM `call` WHERE provider = ? AND provider_call_id = ?",
		a->event->provider, a->event->external_id);
}

/* Known by number before the call is theirs, too. */
static int look_customer(struct ctx *c, const struct about *a, struct rows *out)
{
	return db_rows(c, &CUSTOMER, out,
		"SELECT {cols} FROM customer WHERE id IN (SELECT customer_id FROM `call`"
		" WHERE provider = ? AND provider_call_id = ?) UNION SELECT {cols} FROM customer"
		" WHERE live_phone IN (SELECT n FROM JSON_TABLE(?, '$[*]' COLUMNS (n VARCHAR(20)"
		" CHARACTER SET ascii COLLATE ascii_bin PATH '$')) t)",
		a->event->provider, a->event->external_id, a->numbers);
}

static int look_appointment(struct ctx *c, const struct about *a, struct rows *out)
{
	return db_rows(c, &APPOINTMENT, out,
		"SELECT {cols} FROM appointment WHERE call_id IN " OF_CALL, a->event->provider,
		a->event->external_id);
}

static int look_segment(struct ctx *c, const struct about *a, struct rows *out)
{
	return db_rows(c, &APPOINTMENT_SEGMENT, out,
		"SELECT {cols} FROM appointment_segment WHERE appointment_id IN"
		" (SELECT id FROM appointment WHERE call_id IN " OF_CALL ")",
		a->event->provider, a->event->external_id);
}

static int look_task(struct ctx *c, const struct about *a, struct rows *out)
{
	return db_rows(c, &TASK, out,
		"SELECT {cols} FROM task WHERE call_id IN " OF_CALL
		" OR dedupe_key = CONCAT('sms:', ?)",
		a->event->provider, a->event->external_id, a->event->id);
}

static int look_message(struct ctx *c, const struct about *a, struct rows *out)
{
	return db_rows(c, &NOTIFICATION, out,
		"SELECT {cols} FROM notification WHERE call_id IN " OF_CALL
		" OR id IN (SELECT n FROM JSON_TABLE(?, '$[*]' COLUMNS (n CHAR(36) PATH '$')) t)"
		" ORDER BY id LIMIT ?",
		a->event->provider, a->event->external_id, a->messages, ROWS_LOOKED_AT);
}

static int look_unassigned(struct ctx *c, const struct about *a, struct rows *out)
{
	return db_rows(c, &UNASSIGNED_CALL, out,
		"SELECT {cols} FROM unassigned_call WHERE provider = ? AND provider_call_id = ?",
		a->event->provider, a->event->external_id);
}

static int look_opted(struct ctx *c, const struct about *a, struct rows *out)
{
	return db_rows(c, &OPTED, out,
		"SELECT {cols} FROM opt_out WHERE address IN (SELECT n FROM"
		" JSON_TABLE(?, '$[*]' COLUMNS (n VARCHAR(254) PATH '$')) t) ORDER BY id LIMIT ?",
		a->addresses, ROWS_LOOKED_AT);
}

static int look_told(struct ctx *c, const struct about *a, struct rows *out)
{
	const char *provider = a->event->provider, *name = a->event->external_id;

	return db_rows(c, &TOLD, out,
		"SELECT {cols} FROM event WHERE kind <> 'record.changed' AND subject_id IN (SELECT "
		"id FROM `call`"
		" WHERE provider = ? AND provider_call_id = ? UNION SELECT customer_id FROM `call`"
		" WHERE provider = ? AND provider_call_id = ? UNION SELECT id FROM appointment"
		" WHERE call_id IN " OF_CALL " UNION SELECT id FROM unassigned_call"
		" WHERE provider = ? AND provider_call_id = ?) ORDER BY created_at DESC LIMIT ?",
		provider, name, provider, name, provider, name, provider, name, ROWS_LOOKED_AT);
}

/* ---- THE table of what is watched ---- */

static const struct watched {
	const char *kind;
	const struct table *table;
	int (*look)(struct ctx *c, const struct about *a, struct rows *out);
	const struct table *apart; /* its fields are told by another line */
} WATCHED[] = {
	{"call", &CALL, look_call, &COST},
	{"cost", &COST, look_cost, NULL},
	{"customer", &CUSTOMER, look_customer, NULL},
	{"appointment", &APPOINTMENT, look_appointment, NULL},
	{"appointment_segment", &APPOINTMENT_SEGMENT, look_segment, NULL},
	{"task", &TASK, look_task, NULL},
	{"message", &NOTIFICATION, look_message, NULL},
	{"unassigned_call", &UNASSIGNED_CALL, look_unassigned, NULL},
	{"opt_out", &OPTED, look_opted, NULL},
	{"event", &TOLD, look_told, NULL},
};
static_assert(COUNT_OF(WATCHED) <= WATCHED_MAX, "watch.h has room for fewer");

/* ---- what differs ---- */

/* A row that was changed: its fields as they were before the first change of
 * each, and after the last. */
struct seen {
	const struct watched *of;
	const char *id;
	bool was, is;
	uint64_t fields;
	void *first, *last;
};

static const void *row_with(const struct rows *rows, const struct table *t, const char *id)
{
	for (size_t i = 0; i < rows->n; i++) {
		const void *row = (const char *)rows->p + i * t->size;

		if (strcmp(*table_id(t, row), id) == 0)
			return row;
	}
	return NULL;
}

static struct seen *seen_add(struct ctx *c, struct watch *w, const struct seen *s)
{
	if (w->n == w->cap) {
		struct seen *more;

		w->cap = w->cap > 0 ? 2 * w->cap : 16;
		more = mem_alloc(c->mem, w->cap * sizeof(*more));
		if (w->n > 0)
			memcpy(more, w->seen, w->n * sizeof(*more));
		w->seen = more;
	}
	w->seen[w->n] = *s;
	return &w->seen[w->n++];
}

static struct seen *seen_of(
	struct ctx *c, struct watch *w, const struct watched *of, const char *id, bool was)
{
	for (size_t i = 0; i < w->n; i++) {
		if (w->seen[i].of == of && strcmp(w->seen[i].id, id) == 0)
			return &w->seen[i];
	}
	struct seen s = {.of = of, .id = id, .was = was};

	s.first = mem_alloc(c->mem, of->table->size);
	s.last = mem_alloc(c->mem, of->table->size);
	return seen_add(c, w, &s);
}

/* NULL: the row was, or is, not there. Only what this transaction changed is
 * taken over: others may have changed the rest since the one before. */
static void note(struct ctx *c, struct watch *w, const struct watched *of, const void *before,
	const void *after)
{
	const struct table *t = of->table;
	uint64_t all = t->n == 64 ? UINT64_MAX : (UINT64_C(1) << t->n) - 1;
	uint64_t bits = before == NULL || after == NULL ? all : table_diff(t, before, after);

	if (bits == 0)
		return;
	struct seen *s =
		seen_of(c, w, of, *table_id(t, before != NULL ? before : after), before != NULL);

	if (before != NULL)
		table_merge(t, s->first, before, bits & ~s->fields);
	if (after != NULL)
		table_merge(t, s->last, after, bits);
	s->fields |= bits;
	s->is = after != NULL;
}

/* One that is older came into sight because something refers to it now. */
static bool is_new(const struct ctx *c, const struct table *t, const void *row)
{
	const struct field *f = table_field(t, "created_at");

	if (f == NULL)
		return true;
	const ts_t *at = (const ts_t *)(const void *)((const char *)row + f->offset);

	return at->ms == 0 || at->ms >= c->now.ms - LATE_MS;
}

static void compare(struct ctx *c, struct watch *w, size_t i)
{
	const struct watched *of = &WATCHED[i];
	const struct table *t = of->table;

	for (size_t k = 0; k < w->before[i].n; k++) {
		const void *row = (const char *)w->before[i].p + k * t->size;

		note(c, w, of, row, row_with(&w->after[i], t, *table_id(t, row)));
	}
	for (size_t k = 0; k < w->after[i].n; k++) {
		const void *row = (const char *)w->after[i].p + k * t->size;

		if (row_with(&w->before[i], t, *table_id(t, row)) == NULL && is_new(c, t, row))
			note(c, w, of, NULL, row);
	}
}

/* ---- the witness ---- */

static int look_at_all(struct ctx *c, const struct watch *w, struct rows *out)
{
	for (size_t i = 0; i < COUNT_OF(WATCHED); i++) {
		if (WATCHED[i].look(c, &w->about, &out[i]) < 0)
			return -1;
	}
	return 0;
}

static int look_before(struct ctx *c, struct tx_witness *w)
{
	struct watch *watch = (struct watch *)w;

	return look_at_all(c, watch, watch->before);
}

static int look_after(struct ctx *c, struct tx_witness *w)
{
	struct watch *watch = (struct watch *)w;

	return look_at_all(c, watch, watch->after);
}

static void add_up(struct ctx *c, struct tx_witness *w)
{
	for (size_t i = 0; i < COUNT_OF(WATCHED); i++)
		compare(c, (struct watch *)w, i);
}

/* ---- what an event names ---- */

static void put_name(struct buf *b, size_t *n, const char *s)
{
	if (*n == NAMED_MAX)
		return;
	buf_text_add(b, (*n)++ > 0 ? "," : "[");
	json_quote(b, s);
}

static const char *names(struct buf *b, size_t n)
{
	buf_text_add(b, n > 0 ? "]" : "[]");
	return buf_text(b);
}

/* Numbers as +49…, also where they stand in a form. */
static void put_numbers(struct ctx *c, struct buf *b, size_t *n, struct bytes body)
{
	const char *s = mem_text_n(c->mem, (const char *)body.p, body.n), *end = s + body.n;

	for (const char *p = s; p < end && *n < NAMED_MAX; p++) {
		if (*p != '+' && !text_starts(p, "%2B"))
			continue;
		const char *digits = *p == '+' ? p + 1 : p + 3;
		size_t k = strspn(digits, "0123456789");

		if (k >= 7 && k <= 15)
			put_name(b, n, mem_printf(c->mem, "+%.*s", (int)k, digits));
	}
}

/* Of a list of reports: which messages, and whose addresses. */
static void put_reports(struct ctx *c, const struct inbox_event *e, struct buf *messages,
	size_t *n_messages, struct buf *addresses, size_t *n_addresses)
{
	const struct json *all;

	if (json_parse(c, e->body, &all) < 0) {
		err_clear(c);
		return;
	}
	for (const struct json *j = json_is_array(all) ? json_first(all) : NULL; j != NULL;
		j = json_next(j)) {
		const char *id = json_text(j, "notification_id"), *email = json_text(j, "email");

		if (id != NULL && id_valid(id))
			put_name(messages, n_messages, id);
		if (email != NULL)
			put_name(addresses, n_addresses, email);
	}
}

static void read_names(struct ctx *c, struct about *a)
{
	const struct inbox_event *e = a->event;
	struct buf messages = buf_new(c->mem, DIFF_MAX), numbers = buf_new(c->mem, DIFF_MAX),
		   addresses = buf_new(c->mem, DIFF_MAX);
	size_t n_messages = 0, n_numbers = 0, n_addresses = 0;

	if (e->external_id != NULL && id_valid(e->external_id))
		put_name(&messages, &n_messages, e->external_id);
	put_numbers(c, &numbers, &n_numbers, e->body);
	put_numbers(c, &addresses, &n_addresses, e->body);
	put_reports(c, e, &messages, &n_messages, &addresses, &n_addresses);
	a->messages = names(&messages, n_messages);
	a->numbers = names(&numbers, n_numbers);
	a->addresses = names(&addresses, n_addresses);
}

void watch_begin(struct ctx *c, struct watch *w, const struct inbox_event *e)
{
	*w = (struct watch){.witness = {look_before, look_after, add_up}, .about = {.event = e}};
	read_names(c, &w->about);
	c->witness = &w->witness;
}

/* ---- telling it ---- */

static const char *value(struct ctx *c, const struct field *f, const void *row, bool there)
{
	const char *s = there ? field_text(c->mem, f, row) : NULL;

	if (s == NULL)
		return NULL;
	if ((f->flags & HIDDEN) != 0)
		return NOT_SHOWN;
	return utf8_length(s) <= VALUE_LENGTH
		? s
		: mem_printf(c->mem, "%s…", utf8_cut(c->mem, s, VALUE_LENGTH));
}

static void tell_fields(struct ctx *c, const struct seen *s, struct rows *out)
{
	const struct table *t = s->of->table;
	struct field_change *k = mem_alloc(c->mem, t->n * sizeof(*k));

	*out = (struct rows){k, 0};
	for (size_t i = 0; i < t->n; i++) {
		const struct field *f = &t->fields[i];

		if (!field_is_column(f) || (s->fields & field_bit(t, f)) == 0 ||
			strcmp(f->name, "id") == 0 ||
			(s->of->apart != NULL && table_field(s->of->apart, f->name) != NULL))
			continue;
		if (s->was && s->is && field_same(f, s->first, s->last))
			continue; /* there and back again */
		struct field_change one = {
			f->name, value(c, f, s->first, s->was), value(c, f, s->last, s->is)};

		if (one.before != NULL || one.after != NULL)
			k[out->n++] = one;
	}
}

struct counts {
	size_t changed, added, removed;
};

static bool tell_row(struct ctx *c, const struct seen *s, struct row_change *k, struct counts *n)
{
	if (!s->was && !s->is)
		return false;
	*k = (struct row_change){.kind = s->of->kind, .id = s->id};
	k->change = !s->was ? ROW_ADDED : s->is ? ROW_CHANGED : ROW_REMOVED;
	tell_fields(c, s, &k->fields);
	if (k->fields.n == 0)
		return false;
	n->changed += k->change == ROW_CHANGED;
	n->added += k->change == ROW_ADDED;
	n->removed += k->change == ROW_REMOVED;
	return true;
}

static const char *sentence(struct ctx *c, const struct counts *n, bool whole)
{
	if (n->changed + n->added + n->removed == 0)
		return "Nothing changed.";
	return mem_printf(c->mem, "Rows changed: %zu, added: %zu, removed: %zu.%s", n->changed,
		n->added, n->removed, whole ? "" : " Not all of them are kept here.");
}

void watch_end(struct ctx *c, struct watch *w, struct inbox_replay *out)
{
	struct row_change *k = mem_alloc(c->mem, (w->n + 1) * sizeof(*k));
	struct difference d = {{k, 0}};
	struct buf b = buf_new(c->mem, DIFF_MAX);
	struct counts n = {0};
	size_t rows = 0;

	for (size_t i = 0; i < w->n; i++)
		rows += tell_row(c, &w->seen[i], &k[rows], &n);
	d.changes.n = rows < CHANGES_MAX ? rows : CHANGES_MAX;
	do {
		buf_reset(&b);
		json_row(&b, &DIFFERENCE, &d);
	} while (buf_full(&b) && d.changes.n-- > 0);
	out->outcome = sentence(c, &n, d.changes.n == rows);
	out->diff = buf_text(&b);
}
