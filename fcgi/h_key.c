#include "fcgi/h_key.h"
#include "core/user/api_key.h"
#include "fcgi/auth.h"
#include "fcgi/crud.h"

struct api_key_rotate_in {
	int64_t overlap_hours;
};

static const struct field ROTATE_FIELDS[] = {
	INT(api_key_rotate_in, overlap_hours, REQ, 0, API_KEY_OVERLAP_HOURS_MAX),
};
const struct table API_KEY_ROTATE_IN = TABLE(api_key_rotate_in, "api_key_rotate_in", ROTATE_FIELDS);

int h_api_keys(struct req *r)
{
	const char *next;
	struct list l;
	struct query q;
	struct rows rows;

	if (crud_query(r, &l, &q) < 0)
		return -1;
	query_where(&q, "revoked_at IS NULL");
	if (crud_rows(r, &l, &q, &rows, &next) < 0)
		return -1;
	api_key_complete(&r->c, &rows);
	return reply_rows(r, &API_KEY, &rows, next);
}

int h_api_key(struct req *r)
{
	struct api_key k;

	if (api_key_get(&r->c, r->ids[0], &k) < 0)
		return -1;
	return reply(r, 200, &API_KEY, &k);
}

int h_api_key_create(struct req *r)
{
	struct api_key k;

	if (api_key_create(&r->c, r->in, &k) < 0)
		return -1;
	return crud_created(r, &k);
}

/* What this process remembers of a key is no longer so. */
int h_api_key_update(struct req *r)
{
	struct api_key k;

	auth_forget();
	if (api_key_change(&r->c, r->ids[0], r->in, r->given, &k) < 0)
		return -1;
	return reply(r, 200, &API_KEY, &k);
}

int h_api_key_delete(struct req *r)
{
	auth_forget();
	if (api_key_revoke(&r->c, r->ids[0]) < 0)
		return -1;
	return reply_empty(r, 204);
}

int h_api_key_rotate(struct req *r)
{
	const struct api_key_rotate_in *in = r->in;
	struct api_key k;

	auth_forget();
	if (api_key_rotate(&r->c, r->ids[0], in->overlap_hours, &k) < 0)
		return -1;
	return reply(r, 200, &NEW_API_KEY, &k);
}
