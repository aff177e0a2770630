#include "fcgi/h_branch.h"
#include "core/booking/affected.h"
#include "core/phone/phone.h"
#include "core/sys/ical.h"
#include "core/tenant/closed_day.h"
#include "fcgi/crud.h"

/* ---- tables ---- */

struct import_in {
	const char *branch_id;
	const char *ics;
};

static const struct field IMPORT_IN_FIELDS[] = {
	ID(import_in, branch_id, 0),
	TEXT(import_in, ics, REQ, ICAL_TEXT_MAX),
};
const struct table CLOSED_DAYS_IMPORT_IN =
	TABLE(import_in, "closed_days_import_request", IMPORT_IN_FIELDS);

static const struct field IMPORT_FIELDS[] = {
	INT(closed_days_import, added, RO, 0, INT64_MAX),
	INT(closed_days_import, skipped, RO, 0, INT64_MAX),
};
const struct table CLOSED_DAYS_IMPORT =
	TABLE(closed_days_import, "closed_days_import", IMPORT_FIELDS);

/* ---- branches ---- */

int h_branch_create(struct req *r)
{
	struct branch *b = crud_new(r);

	if (b == NULL || branch_create(&r->c, b) < 0)
		return -1;
	return crud_created(r, b);
}

int h_branch_update(struct req *r)
{
	struct branch was, now;

	if (crud_change(r, &was, &now) < 0 || branch_change(&r->c, &was, &now) < 0)
		return -1;
	return reply(r, 200, &BRANCH, &now);
}

int h_branch_delete(struct req *r)
{
	struct branch b;

	if (crud_find(r, &b) < 0 || branch_remove(&r->c, &b) < 0)
		return -1;
	return reply_empty(r, 204);
}

/* ---- phone numbers ---- */

int h_phone_number_create(struct req *r)
{
	struct phone_number *n = crud_new(r);

	if (n == NULL || phone_create(&r->c, n) < 0)
		return -1;
	return crud_created(r, n);
}

int h_phone_number_update(struct req *r)
{
	struct phone_number was, now;

	if (crud_change(r, &was, &now) < 0 || phone_change(&r->c, &was, &now) < 0)
		return -1;
	return reply(r, 200, &PHONE_NUMBER, &now);
}

/* ---- closed days ---- */

int h_closed_days_import(struct req *r)
{
	const struct import_in *in = r->in;
	struct closed_days_import out;

	if (closed_days_import(&r->c, in->branch_id, in->ics, &out) < 0)
		return -1;
	return reply(r, 200, &CLOSED_DAYS_IMPORT, &out);
}
