#define BANNED_ALLOW_ALLOC
#include "core/booking/known.h"
#include "core/sys/db.h"

#define ENTRIES 4096
#define TRUE_FOR_MS INT64_C(60000) /* what somebody repaired without triggers is seen after that */
#define LEARNT_MAX 6
#ifdef FRONTDESK_TEST
#define BYTES_MAX 65536
#else
#define BYTES_MAX (2u << 20)
#endif

struct calendar_version {
	const char *version;
};

static const struct field FIELDS[] = {
	ID(calendar_version, version, 0),
};
static const struct table VERSION = TABLE(calendar_version, "calendar_version", FIELDS);

/* Rows and their texts, in one piece of memory. */
struct copy {
	size_t users; /* 1 while an entry has it, and 1 for each request that reads it */
	size_t bytes;
	struct rows rows;
	max_align_t p[];
};

struct entry {
	enum known_kind kind;
	uint32_t company;
	char id[37];
	char version[37];
	int64_t read_ms; /* monotonic */
	struct copy *copy;
};

/* The process's own. */
static struct entry entries[ENTRIES];
static size_t bytes_kept;
static size_t oldest; /* where room is made next */

struct learnt {
	enum known_kind kind;
	const char *id;
	const struct table *t;
	struct rows rows;
};

struct known {
	struct ctx *c;
	const char *version; /* NULL: the company has none yet */
	struct learnt learnt[LEARNT_MAX];
	size_t n;
};

/* ---- storage ---- */

static int read_version(struct ctx *c, const char **out)
{
	struct calendar_version v = {NULL};
	int rc = db_in_tx(c)
		? db_one(c, &VERSION, &v, "SELECT version FROM calendar_version LOCK IN SHARE MODE")
		: db_one(c, &VERSION, &v, "SELECT version FROM calendar_version");

	*out = v.version;
	return rc;
}

int known_hold(struct ctx *c)
{
	return db_exec(c, "UPDATE calendar_version SET version = UUID()") < 0 ? -1 : 0;
}

/* ---- copies ---- */

static void leave(void *arg)
{
	struct copy *k = arg;

	if (--k->users == 0)
		free(k);
}

static bool is_text(const struct field *f)
{
	return f->type == F_ID || f->type == F_TEXT || f->type == F_JSON;
}

static size_t bytes_of(const struct table *t, const struct rows *rows)
{
	size_t n = rows->n * t->size;

	for (size_t r = 0; r < rows->n; r++) {
		for (size_t i = 0; i < t->n; i++) {
			const char *at = (const char *)rows->p + r * t->size + t->fields[i].offset;
			const char *text = is_text(&t->fields[i]) ? *(const char *const *)at : NULL;

			n += text == NULL ? 0 : strlen(text) + 1;
		}
	}
	return n;
}

/* Texts that repeat the one of the row before are kept once. */
static const char *put_text(const char *text, const char *before, char **end)
{
	size_t n;

	if (text == NULL || (before != NULL && strcmp(text, before) == 0))
		return text == NULL ? NULL : before;
	n = strlen(text) + 1;
	memcpy(*end, text, n);
	*end += n;
	return *end - n;
}

static struct copy *copy_of(const struct table *t, const struct rows *rows)
{
	size_t bytes = sizeof(struct copy) + bytes_of(t, rows);
	struct copy *k = bytes <= BYTES_MAX ? calloc(1, bytes) : NULL;

	if (k == NULL)
		return NULL;
	char *row = (char *)k->p, *end = row + rows->n * t->size;

	*k = (struct copy){.users = 1, .bytes = bytes, .rows = {row, rows->n}};
	if (rows->n > 0)
		memcpy(row, rows->p, rows->n * t->size);
	for (size_t r = 0; r < rows->n; r++, row += t->size) {
		for (size_t i = 0; i < t->n; i++) {
			const char **at = (const char **)(void *)(row + t->fields[i].offset);
			const char *const *before =
				(const char *const *)(const void *)((const char *)at - t->size);

			if (is_text(&t->fields[i]))
				*at = put_text(*at, r > 0 ? *before : NULL, &end);
		}
	}
	return k;
}

/* ---- entries ---- */

static int64_t now_ms(void)
{
	return clock_monotonic_us() / 1000;
}

static void drop(struct entry *e)
{
	if (e->copy != NULL) {
		bytes_kept -= e->copy->bytes;
		leave(e->copy);
	}
	memset(e, 0, sizeof(*e));
}

void known_forget(void)
{
	for (size_t i = 0; i < ENTRIES; i++)
		drop(&entries[i]);
}

static struct entry *entry_of(const struct ctx *c, enum known_kind kind, const char *id)
{
	uint64_t h = UINT64_C(14695981039346656037) ^ c->company;

	h = (h * 8 + kind) * UINT64_C(1099511628211);
	for (const char *s = id; *s != '\0'; s++)
		h = (h ^ (uint8_t)*s) * UINT64_C(1099511628211);
	return &entries[(h ^ h >> 32) % ENTRIES];
}

static void make_room(size_t bytes)
{
	for (size_t i = 0; i < ENTRIES && bytes_kept + bytes > BYTES_MAX; i++) {
		drop(&entries[oldest]);
		oldest = (oldest + 1) % ENTRIES;
	}
}

static void keep(struct known *k, const struct learnt *l)
{
	struct entry *e = entry_of(k->c, l->kind, l->id);
	struct copy *copy = copy_of(l->t, &l->rows);

	drop(e);
	if (copy == NULL)
		return;
	make_room(copy->bytes);
	*e = (struct entry){
		.kind = l->kind, .company = k->c->company, .read_ms = now_ms(), .copy = copy};
	memcpy(e->id, l->id, strlen(l->id) + 1);
	memcpy(e->version, k->version, strlen(k->version) + 1);
	bytes_kept += copy->bytes;
}

/* ---- what others ask ---- */

int known_begin(struct ctx *c, struct known **out)
{
	struct known *k = mem_alloc(c->mem, sizeof(*k));

	k->c = c;
	*out = k;
	return read_version(c, &k->version) < 0 ? -1 : 0;
}

bool known_find(struct known *k, enum known_kind kind, const char *id, struct rows *out)
{
	struct entry *e;

	if (id == NULL)
		id = "";
	e = entry_of(k->c, kind, id);
	if (k->version == NULL || e->copy == NULL || e->kind != kind ||
		e->company != k->c->company || strcmp(e->id, id) != 0 ||
		strcmp(e->version, k->version) != 0 || now_ms() - e->read_ms >= TRUE_FOR_MS)
		return false;
	e->copy->users++;
	mem_defer(k->c->mem, leave, e->copy);
	*out = e->copy->rows;
	return true;
}

void known_learn(struct known *k, enum known_kind kind, const char *id, const struct table *t,
	const struct rows *rows)
{
	if (id == NULL)
		id = "";
	if (k->version == NULL || strlen(id) >= sizeof(entries[0].id))
		return;
	if (k->n == LEARNT_MAX)
		BUG("more than %d kinds of rules", LEARNT_MAX);
	/* the rows themselves may be changed by who reads them, their texts are not */
	void *p = mem_alloc(k->c->mem, rows->n * t->size + 1);

	if (rows->n > 0)
		memcpy(p, rows->p, rows->n * t->size);
	k->learnt[k->n++] = (struct learnt){kind, id, t, {p, rows->n}};
}

int known_keep(struct known *k)
{
	const char *now = k->version;

	if (k->n == 0)
		return 0;
	if (!db_in_tx(k->c) && read_version(k->c, &now) < 0)
		return -1;
	for (size_t i = 0; i < k->n && now != NULL && strcmp(now, k->version) == 0; i++)
		keep(k, &k->learnt[i]);
	k->n = 0;
	return 0;
}
