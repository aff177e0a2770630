#include "fcgi/limit.h"
#include "fcgi/route.h"

/* What is counted instead of the requests of a person. */
static const struct special {
	const char *path;
	enum meter_kind kind;
	bool if_done; /* only when the answer is no error */
} SPECIAL[] = {
	{"/api/v2/auth/signup", METER_SIGN_UP, true},
	{"/api/v2/auth/password/forgot", METER_RESET, false},
	{"/api/v2/auth/2fa/enable", METER_CODE, false},
	{"/api/v2/auth/2fa/disable", METER_CODE, false},
};

static const struct special *special_of(const struct route *k)
{
	for (size_t i = 0; i < COUNT_OF(SPECIAL); i++) {
		if (strcmp(SPECIAL[i].path, k->path) == 0)
			return &SPECIAL[i];
	}
	return NULL;
}

int limit_request(struct req *r)
{
	const struct special *s = special_of(r->route);
	const char *who = r->who.user_id != NULL ? r->who.user_id : r->who.key_id;
	enum meter_kind kind = r->who.user_id != NULL ? METER_USER : METER_KEY;

	if (r->meter_who != NULL)
		return 0; /* it begins again after a failure of the database */
	if (s != NULL)
		kind = s->kind;
	if (s != NULL && who == NULL)
		who = meter_address(r->c.mem, r->c.remote_address);
	r->meter_who = who;
	return who == NULL ? 0 : meter_take(&r->c, kind, who, &r->meter);
}

void limit_settle(struct req *r)
{
	const struct special *s = r->meter_who == NULL ? NULL : special_of(r->route);

	if (s == NULL || !s->if_done || r->status < 400 || r->meter.wait > 0)
		return;
	meter_give_back(&r->c, s->kind, r->meter_who);
	if (r->meter.burst > 0)
		r->meter.remaining++;
}

void limit_headers(const struct req *r, struct buf *b)
{
	const struct meter_state *m = &r->meter;

	if (m->burst == 0)
		return;
	buf_printf(b,
		"RateLimit-Limit: %" PRId64 "\r\nRateLimit-Remaining: %" PRId64
		"\r\nRateLimit-Reset: %" PRId64 "\r\nRateLimit-Policy: %" PRId64 ";w=%" PRId64
		";burst=%" PRId64 "\r\n",
		m->burst, m->remaining, m->reset, m->times, m->seconds, m->burst);
}
