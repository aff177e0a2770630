#include "core/privacy/retention.h"
#include "core/audit/audit.h"
#include "core/base/buf.h"
#include "core/privacy/erase.h"
#include "core/queue/queue.h"
#include "core/sys/db.h"
#include "core/tenant/companies.h"
#include "core/tenant/settings.h"

#define BATCH 500
#define WORK_US 60000000 /* half of the job's deadline; another goes on */
#define DAY_MS INT64_C(86400000)
#define NOTE_MAX 300

static const struct field FIELDS[] = {
	TEXT(retention, kind, RO, 40),
	INT(retention, days, RO, 0, 100000),
	TIME(retention, before, RO),
	INT(retention, n, RO, 0, INT64_MAX),
};
const struct table RETENTION = TABLE(retention, "retention", FIELDS);

struct found {
	const char *id;
};

static const struct field FOUND_FIELDS[] = {
	ID(found, id, 0),
};
static const struct table FOUND = TABLE(found, "customer", FOUND_FIELDS);

/* ---- storage: what is older than an instant, counted and taken away ---- */

#define SAID "(transcript IS NOT NULL OR summary IS NOT NULL)"
#define OF_PERSONS                                                              \
	"(" SAID " OR recording_url IS NOT NULL OR booking_details IS NOT NULL" \
	" OR IF(direction = 'inbound', from_number, to_number) IS NOT NULL)"
#define UNSEEN                                                                               \
	"erased_at IS NULL AND k.created_at < ? AND NOT EXISTS (SELECT 1 FROM appointment a" \
	" WHERE a.customer_id = k.id AND a.ends_at >= ?) AND NOT EXISTS (SELECT 1 FROM"      \
	" `call` a WHERE a.customer_id = k.id AND a.begun_at >= ?) AND NOT EXISTS"           \
	" (SELECT 1 FROM waiting_list_entry w WHERE w.customer_id = k.id"                    \
	" AND w.status IN ('waiting', 'offered'))"

static int count_transcripts(struct ctx *c, ts_t t, int64_t *n)
{
	return db_int(c, n, "SELECT COUNT(*) FROM `call` WHERE begun_at < ? AND " SAID, t);
}

static int drop_transcripts(struct ctx *c, ts_t t)
{
	return db_exec(c,
		"UPDATE `call` SET transcript = NULL, summary = NULL, sentiment = NULL"
		" WHERE begun_at < ? AND " SAID " ORDER BY begun_at LIMIT ?",
		t, BATCH);
}

static int count_recordings(struct ctx *c, ts_t t, int64_t *n)
{
	return db_int(c, n,
		"SELECT COUNT(*) FROM `call` WHERE begun_at < ? AND recording_url IS NOT NULL", t);
}

static int drop_recordings(struct ctx *c, ts_t t)
{
	return db_exec(c,
		"UPDATE `call` SET recording_url = NULL WHERE begun_at < ?"
		" AND recording_url IS NOT NULL ORDER BY begun_at LIMIT ?",
		t, BATCH);
}

static int count_calls(struct ctx *c, ts_t t, int64_t *n)
{
	return db_int(c, n, "SELECT COUNT(*) FROM `call` WHERE begun_at < ? AND " OF_PERSONS, t);
}

/* Number, words and wish; times and amounts stay. */
static int drop_calls(struct ctx *c, ts_t t)
{
	return db_exec(c,
		"UPDATE `call` SET from_number = IF(direction = 'inbound', NULL, from_number),"
		" to_number = IF(direction = 'outbound', NULL, to_number), transcript = NULL,"
		" summary = NULL, sentiment = NULL, recording_url = NULL, booking_details = NULL"
		" WHERE begun_at < ? AND " OF_PERSONS " ORDER BY begun_at LIMIT ?",
		t, BATCH);
}

static int count_inbox(struct ctx *c, ts_t t, int64_t *n)
{
	return db_int(c, n,
		"SELECT (SELECT COUNT(*) FROM inbox_event WHERE received_at < ? AND body <> '')"
		" + (SELECT COUNT(*) FROM event WHERE created_at < ? AND payload <> '{}')"
		" + (SELECT COUNT(*) FROM inbox_replay WHERE created_at < ?)",
		t, t, t);
}

static int drop_inbox(struct ctx *c, ts_t t)
{
	int64_t n;

	return db_int(c, &n, "CALL sys_expire_inbox(?, ?)", t, BATCH) < 0 ? -1 : (int)n;
}

static int count_notifications(struct ctx *c, ts_t t, int64_t *n)
{
	return db_int(c, n,
		"SELECT COUNT(*) FROM notification WHERE created_at < ? AND recipient <> ''", t);
}

static int drop_notifications(struct ctx *c, ts_t t)
{
	return db_exec(c,
		"UPDATE notification SET recipient = '', subject = NULL, body = '',"
		" body_html = NULL, calendar = NULL, error = NULL,"
		" status = IF(status = 'queued', 'failed', status)"
		" WHERE created_at < ? AND recipient <> '' ORDER BY created_at LIMIT ?",
		t, BATCH);
}

static int count_audit(struct ctx *c, ts_t t, int64_t *n)
{
	return db_int(c, n, "SELECT COUNT(*) FROM audit_entry WHERE created_at < ?", t);
}

static int drop_audit(struct ctx *c, ts_t t)
{
	int64_t n;

	return db_int(c, &n, "CALL sys_expire_audit(?, ?)", t, BATCH) < 0 ? -1 : (int)n;
}

static int count_customers(struct ctx *c, ts_t t, int64_t *n)
{
	return db_int(c, n, "SELECT COUNT(*) FROM customer k WHERE " UNSEEN, t, t, t);
}

/* One at a time: each is a transaction's worth of work. */
static int drop_customer(struct ctx *c, ts_t t)
{
	struct erasure done;
	struct found k;
	int rc = db_one(c, &FOUND, &k,
		"SELECT k.id FROM customer k WHERE " UNSEEN " ORDER BY k.created_at LIMIT 1", t, t,
		t);

	if (rc <= 0)
		return rc;
	return customer_erase(c, k.id, ERASE_EXPIRED, false, &done) < 0 ? -1 : 1;
}

/* ---- THE table of kinds ---- */

static const struct kind {
	const char *name;
	size_t setting; /* in struct company_settings */
	int (*count)(struct ctx *c, ts_t before, int64_t *n);
	int (*drop)(struct ctx *c, ts_t before); /* a batch: how many */
} KINDS[] = {
#define KIND(what, count, drop)                                                                \
	{                                                                                      \
#what, offsetof(struct company_settings, retention_##what##_days), count, drop \
	}
	KIND(transcripts, count_transcripts, drop_transcripts),
	KIND(recordings, count_recordings, drop_recordings),
	KIND(inbox, count_inbox, drop_inbox),
	KIND(notifications, count_notifications, drop_notifications),
	KIND(calls, count_calls, drop_calls),
	KIND(inactive_customers, count_customers, drop_customer),
	KIND(audit, count_audit, drop_audit),
#undef KIND
};

/* ---- rules ---- */

static int describe(struct ctx *c, struct rows *out)
{
	struct company_settings s;
	struct retention *r = mem_alloc(c->mem, COUNT_OF(KINDS) * sizeof(*r));

	if (settings_current(c, &s) < 0)
		return -1;
	for (size_t i = 0; i < COUNT_OF(KINDS); i++) {
		r[i].kind = KINDS[i].name;
		r[i].days = *(const int64_t *)(const void *)((const char *)&s + KINDS[i].setting);
		r[i].before.ms = r[i].days > 0 ? c->now.ms - r[i].days * DAY_MS : 0;
	}
	*out = (struct rows){r, COUNT_OF(KINDS)};
	return 0;
}

int retention_report(struct ctx *c, struct rows *out)
{
	if (describe(c, out) < 0)
		return -1;
	struct retention *r = out->p;

	for (size_t i = 0; i < out->n; i++) {
		if (r[i].before.ms != 0 && KINDS[i].count(c, r[i].before, &r[i].n) < 0)
			return -1;
	}
	return (int)out->n;
}

struct step {
	const struct kind *kind;
	ts_t before;
	int n;
};

static int drop_some(struct ctx *c, void *arg)
{
	struct step *s = arg;

	s->n = s->kind->drop(c, s->before);
	return s->n < 0 ? -1 : 0;
}

/* 1: the time is up. */
static int drop_all(struct ctx *c, const struct kind *k, struct retention *r, int64_t until_us)
{
	struct step s = {k, r->before, 1};

	while (s.n > 0) {
		if (clock_monotonic_us() >= until_us)
			return 1;
		struct mem_mark mark = mem_mark(c->mem);
		int rc = in_tx(c, drop_some, &s);

		if (rc < 0)
			return -1;
		mem_release(c->mem, mark);
		r->n += s.n;
	}
	return 0;
}

static int tell(struct ctx *c, void *arg)
{
	const struct rows *rows = arg;
	const struct retention *r = rows->p;
	struct buf b = buf_new(c->mem, NOTE_MAX);

	for (size_t i = 0; i < rows->n; i++) {
		if (r[i].n > 0)
			buf_printf(&b, "%s%s %" PRId64, b.n > 0 ? ", " : "", r[i].kind, r[i].n);
	}
	return b.n == 0 ? 0 : audit_note(c, "retention.run", "company", NULL, buf_text(&b));
}

int retention_run(struct ctx *c, int64_t until_us, struct rows *out)
{
	if (describe(c, out) < 0)
		return -1;
	struct retention *r = out->p;
	int rc = 0;

	for (size_t i = 0; i < out->n && rc == 0; i++) {
		if (r[i].before.ms != 0)
			rc = drop_all(c, &KINDS[i], &r[i], until_us);
	}
	return rc < 0 || in_tx(c, tell, out) < 0 ? -1 : rc;
}

/* ---- jobs ---- */

static int queue_one(struct ctx *c, void *day)
{
	return queue_add(c, JOB_RETENTION, NULL, (ts_t){0}, day);
}

int retention_begin(struct ctx *c, const char *none)
{
	const char *day = mem_printf(c->mem, "%" PRId64, c->now.ms / DAY_MS);
	struct companies all = {.at = 0};
	struct some_company co;
	int rc;

	(void)none;
	while ((rc = companies_next(c, &all, &co)) > 0) {
		if (in_tx(c, queue_one, mem_text(c->mem, day)) < 0)
			return -1;
	}
	return rc;
}

int retention_work(struct ctx *c, const char *none)
{
	struct rows done;
	int rc = retention_run(c, clock_monotonic_us() + WORK_US, &done);

	(void)none;
	return rc == 1 ? in_tx(c, queue_one, NULL) : rc;
}
