#include "core/privacy/erase.h"
#include "core/audit/audit.h"
#include "core/booking/booking.h"
#include "core/booking/waiting_list.h"
#include "core/privacy/personal.h"
#include "core/sys/db.h"

#define MARKS_MAX 8

const char *const ERASE_REASON[] = {"requested", "consent_withdrawn", "not_needed", "objection",
	"unlawful", "legal_duty", "expired", NULL};

static const struct field FIELDS[] = {
	ID(erasure, customer_id, RO),
	TIME(erasure, erased_at, RO),
	INT(erasure, visits_cancelled, RO, 0, INT64_MAX),
};
const struct table ERASURE = TABLE(erasure, "erasure", FIELDS);

/* ---- storage ---- */

static int lock(struct ctx *c, const char *id)
{
	int64_t erased;
	int rc = db_int(c, &erased,
		"SELECT erased_at IS NOT NULL FROM customer WHERE id = ? FOR UPDATE", id);

	if (db_must(c, rc, "customer", id) < 0)
		return -1;
	return erased ? err_set(c, E_STATE, "This customer has been erased already.") : 0;
}

static int visits_to_come(struct ctx *c, const char *id, struct rows *out)
{
	return db_rows(c, &APPOINTMENT, out,
		"SELECT id FROM appointment WHERE customer_id = ? AND ends_at > ? AND status IN "
		"('scheduled', 'confirmed', 'in_progress', 'needs_attention')",
		id, c->now);
}

static int waits(struct ctx *c, const char *id, struct rows *out)
{
	return db_rows(c, &WAITING_ENTRY, out,
		"SELECT id FROM waiting_list_entry WHERE customer_id = ?"
		" AND status IN ('waiting', 'offered')",
		id);
}

/* booking_seq first, as every take does: nobody books for this customer at the
 * same moment. */
static int mark(struct ctx *c, const char *id)
{
	if (db_exec(c,
		    "UPDATE customer SET booking_seq = booking_seq + 1, erased_at = ?"
		    " WHERE id = ?",
		    c->now, id) < 0)
		return -1;
	return db_exec(c,
		       "UPDATE `call` SET customer_id = ? WHERE customer_id IS NULL"
		       " AND direction = 'inbound'"
		       " AND from_number = (SELECT phone FROM customer WHERE id = ?)",
		       id, id) < 0
		? -1
		: 0;
}

/* One statement of the table; all its question marks are the customer. */
static int run(struct ctx *c, const char *sql, const char *id)
{
	struct arg args[MARKS_MAX];
	int n = 0;

	for (const char *p = strchr(sql, '?'); p != NULL; p = strchr(p + 1, '?')) {
		if (n == MARKS_MAX)
			BUG("more than %d question marks: %s", MARKS_MAX, sql);
		args[n++] = arg_text(id);
	}
	return db_exec_(c, sql, args, n) < 0 ? -1 : 0;
}

static int run_all(struct ctx *c, const char *id)
{
	const char *before = "";

	for (size_t i = 0; i < PERSONALS_COUNT; i++) {
		const char *sql = PERSONALS[i].erase;

		if (sql == NULL || strcmp(sql, before) == 0)
			continue; /* two tables in one go stand side by side */
		if (run(c, sql, id) < 0)
			return -1;
		before = sql;
	}
	return 0;
}

/* ---- rules ---- */

static int cancel_visits_of(struct ctx *c, const char *id, bool cancel, int64_t *n)
{
	struct rows visits;
	struct appointment a;

	if (visits_to_come(c, id, &visits) < 0)
		return -1;
	if (visits.n > 0 && !cancel)
		return err_set(c, E_STATE,
			"Visits of this customer are still to come: cancel them first, or say "
			"cancel_visits.");
	for (size_t i = 0; i < visits.n; i++) {
		const struct appointment *v = (const struct appointment *)visits.p + i;

		if (appointment_cancel(c, v->id, NULL, &a) < 0)
			return -1;
	}
	*n = (int64_t)visits.n;
	return 0;
}

static int stop_waiting(struct ctx *c, const char *id)
{
	struct rows rows;

	if (waits(c, id, &rows) < 0)
		return -1;
	for (size_t i = 0; i < rows.n; i++) {
		const struct waiting_entry *w = (const struct waiting_entry *)rows.p + i;

		if (waiting_cancel(c, w->id) < 0)
			return -1;
	}
	return 0;
}

int customer_erase(struct ctx *c, const char *id, enum erase_reason reason, bool cancel_visits,
	struct erasure *out)
{
	*out = (struct erasure){.customer_id = id, .erased_at = c->now};
	if (lock(c, id) < 0 || cancel_visits_of(c, id, cancel_visits, &out->visits_cancelled) < 0 ||
		stop_waiting(c, id) < 0)
		return -1;
	if (mark(c, id) < 0 || run_all(c, id) < 0)
		return -1;
	return audit_note(c, "customer.erase", "customer", id,
		mem_printf(c->mem, "%s, %" PRId64 " visits cancelled", ERASE_REASON[reason],
			out->visits_cancelled));
}
