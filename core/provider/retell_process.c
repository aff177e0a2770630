#include "core/billing/billing.h"
#include "core/base/text.h"
#include "core/call/settle.h"
#include "core/call/unassigned.h"
#include "core/provider/retell.h"
#include "core/provider/retell_wire.h"
#include "core/sys/db.h"

/* One event being processed, with all others of its call that wait. */
struct intake {
	const struct inbox_event *event;
	const struct retell_event *read;
	struct call call; /* id NULL: it is nobody's */
};

/* The facts of one waiting event. */
struct waiting {
	const char *inbox_event_id;
	struct retell_event read;
};

/* ---- nobody's call ---- */

static int put_on_list(
	struct ctx *c, const struct intake *in, const struct call *facts, const char *why)
{
	struct unassigned_call u = {
		.provider = RETELL,
		.provider_call_id = facts->provider_call_id,
		.inbox_event_id = in->event->id,
		.from_number = facts->from_number,
		.to_number = facts->to_number,
		.agent = facts->agent,
		.reason = why,
	};

	return unassigned_add(c, &u) < 0 ? -1 : 0;
}

/* ---- a company's call ---- */

/* Events that came before whose call it is was known wait in the inbox; the
 * one being processed is among them unless it is merged already. */
static int read_waiting(struct ctx *c, const struct intake *in, struct waiting **out, size_t *n)
{
	struct rows found;

	if (inbox_unmerged(c, RETELL, in->read->facts.provider_call_id, RETELL_LIFE, &found) < 0)
		return -1;
	*out = mem_alloc(c->mem, (found.n + 1) * sizeof(**out));
	*n = found.n;
	for (size_t i = 0; i < found.n; i++) {
		const struct inbox_event *e = (const struct inbox_event *)found.p + i;

		(*out)[i].inbox_event_id = e->id;
		if (retell_read(c, e->body, &(*out)[i].read) < 0)
			return -1;
	}
	return 0;
}

/* What is known together: the number may stand in one event only. */
static struct call known_address(const struct waiting *w, size_t n)
{
	struct call all = {.provider = RETELL};

	for (size_t i = 0; i < n; i++) {
		const struct call *f = &w[i].read.facts;

		all.provider_call_id = f->provider_call_id;
		all.agent = all.agent == NULL ? f->agent : all.agent;
		all.from_number = all.from_number == NULL ? f->from_number : all.from_number;
		all.to_number = all.to_number == NULL ? f->to_number : all.to_number;
		all.direction |= f->direction;
	}
	return all;
}

static int merge_all(struct ctx *c, struct intake *in, const struct waiting *w, size_t n,
	const struct call *address)
{
	for (size_t i = 0; i < n; i++) {
		struct call facts = w[i].read.facts;

		facts.number_match = address->number_match;
		facts.phone_number_id = address->phone_number_id;
		facts.branch_id = address->branch_id;
		if (i == 0 && facts.language == NULL && in->call.language == NULL)
			facts.language = address->language;
		if (call_apply(c, &facts, w[i].inbox_event_id, w[i].read.event, &in->call) < 0)
			return -1;
	}
	return billing_cost_call(c, &in->call);
}

/* What was said in that call has been erased: this, too. */
static int forget(struct ctx *c, struct intake *in)
{
	in->call.id = NULL;
	return inbox_forget_late(c, in->event->id);
}

static int take_in(struct ctx *c, void *arg)
{
	struct intake *in = arg;
	struct waiting *w;
	struct call address;
	const char *why = NULL;
	size_t n;
	int rc;

	memset(&in->call, 0, sizeof(in->call));
	if (read_waiting(c, in, &w, &n) < 0)
		return -1;
	rc = call_find(c, RETELL, in->read->facts.provider_call_id, &in->call);
	if (rc > 0 && in->call.erased_at.ms != 0)
		return forget(c, in);
	if (rc < 0 || n == 0)
		return rc < 0 ? -1 : 0;
	address = known_address(w, n);
	if (rc == 0 || in->call.phone_number_id == NULL) {
		int ours = call_assign(c, &address, &why);

		if (ours < 0)
			return -1;
		if (ours == 0 && rc == 0)
			return put_on_list(c, in, &address, why);
	}
	if (merge_all(c, in, w, n, &address) < 0)
		return -1;
	return rc == 0 ? unassigned_resolve(c, RETELL, address.provider_call_id) : 0;
}

/* The decision is that of the analysis, whichever event is processed. */
static int settle(struct ctx *c, const struct intake *in)
{
	struct inbox_event stored;
	struct retell_event analysis;
	int rc;

	if (in->call.booking_outcome != OUTCOME_OPEN)
		return 0;
	if (strcmp(in->read->event, RETELL_LIFE[2]) == 0)
		return call_settle(c, in->call.id, &in->read->wish);
	rc = inbox_find(c, RETELL, in->call.provider_call_id, RETELL_LIFE[2], &stored);
	if (rc <= 0)
		return rc;
	if (retell_read(c, stored.body, &analysis) < 0)
		return -1;
	return call_settle(c, in->call.id, &analysis.wish);
}

/* ---- the platform's own inbox ---- */

static int put_on_platform_list(struct ctx *c, void *arg)
{
	const struct intake *in = arg;

	return put_on_list(c, in, &in->read->facts, "The number belongs to no company.");
}

static int take_off_platform_list(struct ctx *c, void *arg)
{
	const struct intake *in = arg;

	return unassigned_resolve(c, RETELL, in->read->facts.provider_call_id);
}

/* To the company that has the number by now, or on the platform's list. */
static int process_platform(struct ctx *c, struct intake *in)
{
	struct inbox_event copy = *in->event;
	uint32_t company;

	if (retell_company(c, in->event->body, &company) < 0)
		return -1;
	if (company == 0)
		return in_tx(c, put_on_platform_list, in);
	if (inbox_add(c, company, &copy, JOB_INBOX_RETELL) < 0)
		return -1;
	return in_tx(c, take_off_platform_list, in);
}

int retell_process(struct ctx *c, const char *inbox_event_id)
{
	struct inbox_event event;
	struct retell_event read;
	struct intake in = {.event = &event, .read = &read};

	if (inbox_get(c, inbox_event_id, &event) < 0 || retell_read(c, event.body, &read) < 0)
		return -1;
	if (!read.is_life)
		return 0; /* kept, and of no consequence */
	if (read.facts.provider_call_id == NULL)
		return err_set(c, E_BAD_REQUEST,
			"The event %s has no call_id of 1 to 128 printable characters.",
			read.event);
	if (c->company == 0)
		return process_platform(c, &in);
	if (in_tx(c, take_in, &in) < 0)
		return -1;
	return in.call.id == NULL ? 0 : settle(c, &in);
}
