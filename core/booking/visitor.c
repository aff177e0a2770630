#include "core/booking/visitor.h"
#include "core/base/id.h"
#include "core/base/text.h"
#include "core/sys/conf.h"
#include "core/sys/db.h"
#include "core/sys/http.h"
#include "core/sys/phone_number.h"
#include "core/tenant/company.h"

#include <arpa/inet.h>

#define HOUR_MS INT64_C(3600000)

/* ---- storage ---- */

struct visits {
	int64_t n;
	ts_t oldest;
};

static const struct field VISITS_FIELDS[] = {
	INT(visits, n, JOINED, 0, INT64_MAX),
	TIME(visits, oldest, JOINED),
};
static const struct table VISITS = TABLE(visits, "visitor_booking", VISITS_FIELDS);

static int count_visits(struct ctx *c, const char *address, struct visits *out)
{
	return db_one(c, &VISITS, out,
		"SELECT COUNT(*) AS n, MIN(created_at) AS oldest FROM visitor_booking "
		"WHERE remote_address = ? AND created_at > ?",
		address, (ts_t){c->now.ms - HOUR_MS});
}

static int add_visit(struct ctx *c, const char *address)
{
	int rc = db_exec(c,
		"INSERT INTO visitor_booking (id, remote_address, created_at) VALUES (?, ?, ?)",
		id_new(c), address, c->now);

	return rc < 0 ? -1 : 0;
}

/* ---- rules ---- */

/* One household has 2^64 addresses of IPv6: their common half is counted. */
static const char *household(struct ctx *c)
{
	const char *address = c->remote_address != NULL ? c->remote_address : "unknown";
	struct in6_addr v6;
	char *text;

	if (inet_pton(AF_INET6, address, &v6) != 1)
		return address;
	memset(v6.s6_addr + 8, 0, 8);
	text = mem_alloc(c->mem, INET6_ADDRSTRLEN);
	return inet_ntop(AF_INET6, &v6, text, INET6_ADDRSTRLEN);
}

static int check_limit(struct ctx *c, const char *address)
{
	struct visits v = {0, {0}};

	if (count_visits(c, address, &v) < 0)
		return -1;
	if (v.n < VISITOR_BOOKINGS_AN_HOUR * c->conf->limits_factor)
		return 0;
	c->err.retry_after = (int)((v.oldest.ms + HOUR_MS - c->now.ms) / 1000) + 1;
	return err_set(c, E_RATE_LIMITED,
		"There were many bookings from here within an hour: call us, or try again later.");
}

static int check_customer(struct ctx *c, const struct customer *k)
{
	if (text_empty(k->phone) && text_empty(k->email))
		err_field(c, "customer.phone", "give this or an e-mail address");
	if (!text_empty(k->email) && mail_address(c, k->email) == NULL)
		err_field(c, "customer.email", "is not an e-mail address");
	return c->err.code == E_OK ? 0 : -1;
}

/* Somebody with that number is the customer, with what is known already. */
static int recognise(struct ctx *c, struct customer *k)
{
	struct customer known;
	struct company co;
	const char *e164;

	if (text_empty(k->phone))
		return 0;
	if (company_current(c, &co) < 0)
		return -1;
	e164 = phone_e164(c->mem, k->phone, co.country);
	if (e164 == NULL)
		return err_field(c, "customer.phone", "is not a telephone number");
	int rc = customer_find_by_phone(c, e164, &known);
	if (rc == 1)
		*k = (struct customer){.id = known.id};
	return rc < 0 ? -1 : 0;
}

/* They may speak of another visit of the customer's, or of his name. */
static int hide_reasons(struct ctx *c, int rc)
{
	if (rc < 0 && (c->err.code == E_SLOT_TAKEN || c->err.code == E_LIMIT_REACHED))
		c->err.detail = NULL;
	return rc;
}

int visitor_book(struct ctx *c, struct wish *w, struct appointment *out)
{
	const char *address = household(c);

	w->source = SOURCE_WEB;
	if (check_customer(c, &w->customer) < 0 || check_limit(c, address) < 0)
		return -1;
	if (recognise(c, &w->customer) < 0)
		return -1;
	if (hide_reasons(c, booking_take(c, w, out)) < 0)
		return -1;
	return add_visit(c, address);
}

static bool is_ahead(const struct ctx *c, const struct appointment *a)
{
	bool live = a->status == APPOINTMENT_SCHEDULED || a->status == APPOINTMENT_CONFIRMED ||
		a->status == APPOINTMENT_NEEDS_ATTENTION;

	return live && a->starts_at.ms > c->now.ms;
}

int visitor_choose(struct ctx *c, const struct appointment *a, struct visitor_choice *out)
{
	memset(out, 0, sizeof(*out));
	out->can_cancel = is_ahead(c, a);
	out->late_fee_cents = a->late_fee_cents;
	if (!out->can_cancel)
		return 0;
	if (appointment_late_fee(c, a, &out->late_fee_cents) < 0)
		return -1;
	out->can_reschedule = out->late_fee_cents == 0;
	return 0;
}

/* What is not live is refused by who knows its states. */
static int check_not_begun(struct ctx *c, const struct appointment *a)
{
	if (a->starts_at.ms > c->now.ms)
		return 0;
	return err_set(c, E_STATE, "The appointment has begun or is over: call us.");
}

int visitor_cancel(struct ctx *c, const char *id, const char *reason, struct appointment *out)
{
	if (appointment_get(c, id, out) < 0 || check_not_begun(c, out) < 0)
		return -1;
	return appointment_cancel(c, id, reason, out);
}

int visitor_reschedule(struct ctx *c, const char *id, const struct wish *w, struct appointment *out)
{
	struct visitor_choice can;

	if (appointment_get(c, id, out) < 0 || check_not_begun(c, out) < 0 ||
		visitor_choose(c, out, &can) < 0)
		return -1;
	if (can.can_cancel && !can.can_reschedule)
		return err_set(c, E_STATE,
			"It is too late to move the appointment here: call us. To cancel it costs "
			"a late fee.");
	return hide_reasons(c, booking_reschedule(c, id, w, out));
}
