#include "core/call/call_row.h"
#include "core/audit/audit.h"
#include "core/base/id.h"
#include "core/base/text.h"
#include "core/customer/customer.h"
#include "core/event/event.h"
#include "core/sys/db.h"
#include "core/sys/phone_number.h"
#include "core/tenant/company.h"
#include "core/tenant/hook.h"

/* The entry of an event in its call's list. */
struct call_entry {
	const char *id;
	const char *call_id;
	const char *inbox_event_id;
	const char *event;
};

static const struct field ENTRY_FIELDS[] = {
	ID(call_entry, id, RO),
	ID(call_entry, call_id, RO),
	ID(call_entry, inbox_event_id, RO),
	TEXT(call_entry, event, RO, 60),
};
static const struct table ENTRY = TABLE(call_entry, "call_event", ENTRY_FIELDS);

/* ---- whose it is ---- */

static int assign_number(struct ctx *c, struct call *k, const char *dialled, const char **why)
{
	struct phone_number number;
	int rc = phone_resolve(c, dialled, &number, &k->number_match);

	if (rc == 0)
		*why = mem_printf(c->mem, "The number %s is none of this company's.", dialled);
	if (rc <= 0)
		return rc;
	k->phone_number_id = number.id;
	k->branch_id = number.branch_id;
	if (k->language == NULL)
		k->language = number.language;
	return 1;
}

/* A call without a number (from a web page) is at the only branch, if so. */
static int assign_branch(struct ctx *c, struct call *k)
{
	struct rows branches;

	if (branch_list(c, &branches) < 0)
		return -1;
	if (branches.n == 1)
		k->branch_id = ((const struct branch *)branches.p)->id;
	return 1;
}

int call_assign(struct ctx *c, struct call *k, const char **why)
{
	const char *dialled = k->direction == CALL_OUTBOUND ? k->from_number : k->to_number;
	enum agent_match agent;

	if (integration_agent(c, k->provider, k->agent, &agent) < 0)
		return -1;
	if (agent == AGENT_OTHER)
		*why = mem_printf(c->mem, "The agent %s is not this company's.", k->agent);
	else if (dialled != NULL)
		return assign_number(c, k, dialled, why);
	else if (agent == AGENT_SAME)
		return assign_branch(c, k);
	else
		*why = "The call names neither a number nor an agent of this company.";
	return 0;
}

/* ---- merging ---- */

/* Of two texts the longer, else the greater: the same in any order. */
static const char *fuller(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return a == NULL ? b : a;
	size_t n = strlen(a), m = strlen(b);

	if (n != m)
		return n > m ? a : b;
	return strcmp(a, b) >= 0 ? a : b;
}

static const char *first_known(const char *a, const char *b)
{
	return a != NULL ? a : b;
}

static ts_t earliest(ts_t a, ts_t b)
{
	if (a.ms == 0 || b.ms == 0)
		return a.ms == 0 ? b : a;
	return a.ms < b.ms ? a : b;
}

#define MORE(a, b) ((a) > (b) ? (a) : (b))

/* Only the analysis says a language; before it, the number's is a guess. */
static void merge(struct call *k, const struct call *f)
{
	k->agent = fuller(k->agent, f->agent);
	k->direction = MORE(k->direction, f->direction);
	k->status = MORE(k->status, f->status);
	k->from_number = fuller(k->from_number, f->from_number);
	k->to_number = fuller(k->to_number, f->to_number);
	k->number_match = k->number_match != MATCH_NONE ? k->number_match : f->number_match;
	k->branch_id = first_known(k->branch_id, f->branch_id);
	k->phone_number_id = first_known(k->phone_number_id, f->phone_number_id);
	k->started_at = earliest(k->started_at, f->started_at);
	k->ended_at.ms = MORE(k->ended_at.ms, f->ended_at.ms);
	k->duration_seconds = MORE(k->duration_seconds, f->duration_seconds);
	k->disconnection_reason = fuller(k->disconnection_reason, f->disconnection_reason);
	k->language = first_known(f->language, k->language);
	k->transcript = fuller(k->transcript, f->transcript);
	k->summary = fuller(k->summary, f->summary);
	k->sentiment = fuller(k->sentiment, f->sentiment);
	k->recording_url = fuller(k->recording_url, f->recording_url);
}

/* ---- rules ---- */

/* The call, locked; made when it is new. 1 made, 0 there already, -1. */
static int find_or_make(struct ctx *c, const struct call *facts, struct call *k)
{
	int rc = call_find_locked(c, facts, k);

	if (rc != 0)
		return rc < 0 ? -1 : 0;
	*k = *facts;
	k->id = id_new(c);
	k->status = CALL_NEW;
	k->created_at = c->now;
	rc = db_insert_new(c, &CALL, k);
	if (rc == 0) { /* another event of this call was quicker */
		rc = call_find_locked(c, facts, k);
		return rc == 1 ? 0 : -1;
	}
	if (rc < 0 || audit_add(c, "call.receive", "call", k->id, NULL) < 0)
		return -1;
	return 1;
}

/* Numbers that carriers send for a caller who shows none: words spelled on a
 * keypad (ANONYMOUS, RESTRICTED, UNAVAILABLE, BLOCKED, UNKNOWN). */
static bool is_withheld(const char *number)
{
	static const char *const SPELLED[] = {
		"+266696687", "+7378742833", "+86282452253", "+2562533", "+8656696", NULL};

	return text_empty(number) || names_find(SPELLED, number) >= 0;
}

static int link_customer(struct ctx *c, struct call *k)
{
	const char *party = k->direction == CALL_OUTBOUND ? k->to_number : k->from_number;
	struct customer caller = {0}, stored;
	struct company company;

	if (k->customer_id != NULL || is_withheld(party))
		return 0;
	if (company_current(c, &company) < 0)
		return -1;
	caller.phone = phone_e164(c->mem, party, company.country);
	if (caller.phone == NULL)
		return 0;
	if (customer_of(c, &caller, &stored) < 0)
		return -1;
	k->customer_id = stored.id;
	return 0;
}

/* The transcript stays out: it can be larger than events may be. */
static int tell(struct ctx *c, enum event_kind kind, const struct call *k)
{
	struct call told = *k;

	told.transcript = NULL;
	return event_emit(c, kind, k->id, &CALL, &told);
}

static int tell_progress(struct ctx *c, enum call_status before, const struct call *k)
{
	if (before < CALL_ONGOING && k->status >= CALL_ONGOING && tell(c, EV_CALL_STARTED, k) < 0)
		return -1;
	if (before < CALL_COMPLETED && k->status >= CALL_COMPLETED && tell(c, EV_CALL_ENDED, k) < 0)
		return -1;
	return 0;
}

int call_apply(struct ctx *c, const struct call *facts, const char *inbox_event_id,
	const char *event, struct call *out)
{
	if (find_or_make(c, facts, out) < 0)
		return -1;
	struct call_entry entry = {id_new(c), out->id, inbox_event_id, event};
	enum call_status before = out->status;
	int rc = db_insert_new(c, &ENTRY, &entry);

	if (rc <= 0)
		return rc;
	merge(out, facts);
	if (link_customer(c, out) < 0 || call_write_facts(c, out) < 0)
		return -1;
	return tell_progress(c, before, out);
}
