#include "fcgi/h_branch.h"
#include "core/booking/affected.h"
#include "core/phone/phone.h"
#include "core/tenant/closed_day.h"
#include "fcgi/crud.h"

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

int h_closed_day_create(struct req *r)
{
	struct closed_day *d = crud_new(r);

	if (d == NULL || closed_day_create(&r->c, d) < 0)
		return -1;
	return crud_created(r, d);
}

int h_closed_day_update(struct req *r)
{
	struct closed_day was, now;

	if (crud_change(r, &was, &now) < 0 || closed_day_change(&r->c, &was, &now) < 0)
		return -1;
	return reply(r, 200, &CLOSED_DAY, &now);
}
