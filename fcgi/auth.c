#include "fcgi/auth.h"
#include "core/base/id.h"
#include "core/base/text.h"
#include "core/sys/conf.h"
#include "core/sys/crypto.h"
#include "core/sys/token.h"
#include "core/tenant/storefront.h"
#include "core/user/api_key.h"
#include "fcgi/route.h"

#define CACHE_SLOTS 256
#define CACHE_TEXT 1024

/* A verified token, for one X-Company-Id, with copies of what was found. */
struct remembered {
	int64_t until_us; /* monotonic; 0: empty */
	ts_t expires_at;  /* of the token */
	char credential[CACHE_TEXT];
	char company[ID_LENGTH + 1];
	char session_id[ID_LENGTH + 1];
	char user_id[ID_LENGTH + 1];
	char key_id[ID_LENGTH + 1];
	char company_id[ID_LENGTH + 1];
	char email[256];
	char name[400];
	char locale[32];
	char company_name[400];
	char slug[64];
	struct identity who; /* its texts point into this slot */
};

static struct remembered CACHE[CACHE_SLOTS]; /* of this process */

/* The texts stay: the present request may refer to them. */
void auth_forget(void)
{
	for (size_t i = 0; i < CACHE_SLOTS; i++)
		CACHE[i].until_us = 0;
}

static struct remembered *slot_of(const char *credential, const char *company)
{
	uint32_t h = 2166136261u; /* FNV-1a */

	for (const char *p = credential; *p != '\0'; p++)
		h = (h ^ (uint8_t)*p) * 16777619u;
	for (const char *p = company; *p != '\0'; p++)
		h = (h ^ (uint8_t)*p) * 16777619u;
	return &CACHE[h % CACHE_SLOTS];
}

static bool recall(struct req *r, const char *credential, const char *company)
{
	struct remembered *k = slot_of(credential, company);
	struct bytes a = {(const uint8_t *)k->credential, strlen(k->credential)};
	struct bytes b = {(const uint8_t *)credential, strlen(credential)};

	if (k->until_us < clock_monotonic_us() || strcmp(k->company, company) != 0 ||
		!secret_same(a, b))
		return false;
	if (k->expires_at.ms != 0 && k->expires_at.ms <= r->c.now.ms)
		return false;
	r->who = k->who;
	r->session_id = *k->session_id != '\0' ? k->session_id : NULL;
	return true;
}

/* Copies s into the slot; NULL stays NULL. False when it does not fit. */
static bool copy(char *to, size_t size, const char **from)
{
	size_t n = *from == NULL ? 0 : strlen(*from);

	if (n >= size)
		return false;
	memcpy(to, *from == NULL ? "" : *from, n + 1);
	*from = *from == NULL ? NULL : to;
	return true;
}

static void remember(struct req *r, const char *credential, const char *company, ts_t expires_at)
{
	struct remembered *k = slot_of(credential, company);
	const char *session = r->session_id, *wanted = company;

	memset(k, 0, sizeof(*k));
	k->who = r->who;
	if (!copy(k->credential, sizeof(k->credential), &credential) ||
		!copy(k->company, sizeof(k->company), &wanted) ||
		!copy(k->session_id, sizeof(k->session_id), &session) ||
		!copy(k->user_id, sizeof(k->user_id), &k->who.user_id) ||
		!copy(k->key_id, sizeof(k->key_id), &k->who.key_id) ||
		!copy(k->company_id, sizeof(k->company_id), &k->who.company_id) ||
		!copy(k->email, sizeof(k->email), &k->who.email) ||
		!copy(k->name, sizeof(k->name), &k->who.name) ||
		!copy(k->locale, sizeof(k->locale), &k->who.locale) ||
		!copy(k->company_name, sizeof(k->company_name), &k->who.company_name) ||
		!copy(k->slug, sizeof(k->slug), &k->who.slug))
		return; /* too long to be worth it: looked up each time */
	k->expires_at = expires_at;
	k->until_us = clock_monotonic_us() + AUTH_CACHE_SECONDS * INT64_C(1000000);
}

static int by_token(struct req *r, const char *token, const char *company, ts_t *expires_at)
{
	struct ctx *c = &r->c;
	struct token_claims claims;

	if (token_check(c, c->conf->token_keys, token, &claims) < 0)
		return -1;
	int rc = session_find(c, claims.session_id, *company != '\0' ? company : NULL, &r->who);
	if (rc < 0)
		return -1;
	if (rc == 0 || !text_same(r->who.user_id, claims.user_id))
		return err_set(c, E_UNAUTHENTICATED, NULL);
	r->session_id = claims.session_id;
	*expires_at = claims.expires_at;
	return 0;
}

static int by_key(struct req *r, const char *key)
{
	int rc = api_key_find(&r->c, key, &r->who);

	if (rc < 0)
		return -1;
	if (rc == 0)
		return err_set(&r->c, E_UNAUTHENTICATED,
			api_key_is_one(key) ? "This API key is not in force."
					    : "This API key is mistyped: its checksum is wrong.");
	/* as if the company were not there, whatever is asked */
	return r->who.company_status != COMPANY_CLOSED ? 0 : err_set(&r->c, E_NOT_FOUND, NULL);
}

/* A company may want a second factor of those who administer it. */
static bool lacks_factor(const struct identity *who)
{
	return who->require_totp && !who->two_factor && who->user_id != NULL &&
		who->role != ROLE_NONE && who->role <= ROLE_MANAGER;
}

/* Asked each time: what is remembered of a key is not where it came from. */
static int check_address(struct req *r)
{
	const struct identity *who = &r->who;

	if (who->n_key_networks == 0 ||
		networks_have(who->key_networks, who->n_key_networks, r->c.remote_address))
		return 0;
	return err_set(&r->c, E_ADDRESS_FORBIDDEN, NULL);
}

static int look_up(struct req *r, const char *credential, const char *company)
{
	ts_t expires_at = {0};
	int rc = text_starts(credential, "fdk_") ? by_key(r, credential)
						 : by_token(r, credential, company, &expires_at);

	/* one that was asked for in vain may be entered any moment, and what is
	 * lacking may be there */
	if (rc == 0 && (*company == '\0' || r->who.company_number != 0) && !lacks_factor(&r->who))
		remember(r, credential, company, expires_at);
	return rc;
}

/* Ids are written in small letters by us, in either case by others. */
static const char *company_wanted(const struct req *r)
{
	const char *id = req_header(r, "x-company-id");

	return id == NULL ? NULL : text_lower(r->c.mem, id);
}

int auth_identify(struct req *r)
{
	struct ctx *c = &r->c;
	const char *header = req_header(r, "authorization");
	const char *company = company_wanted(r);

	if (header == NULL || strncasecmp(header, "Bearer ", 7) != 0)
		return err_set(c, E_UNAUTHENTICATED, NULL);
	if (company == NULL || !id_valid(company))
		company = "";
	if (!recall(r, header + 7, company) && look_up(r, header + 7, company) < 0)
		return -1;
	c->actor = r->who.user_id != NULL ? ACTOR_USER : ACTOR_API_KEY;
	c->actor_id = r->who.user_id != NULL ? r->who.user_id : r->who.key_id;
	return check_address(r);
}

/* A closed company is as if it were not there; a suspended one is looked at. */
static int check_status(struct req *r)
{
	switch (r->who.company_status) {
	case COMPANY_TRIAL:
	case COMPANY_ACTIVE:
		return 0;
	case COMPANY_SUSPENDED:
		return text_same(r->method, "GET") ? 0 : err_set(&r->c, E_COMPANY_SUSPENDED, NULL);
	case COMPANY_CLOSED:
		break;
	}
	return err_set(&r->c, E_NOT_FOUND, NULL);
}

int auth_company(struct req *r)
{
	struct ctx *c = &r->c;
	const char *wanted = company_wanted(r);

	if (wanted != NULL && !text_same(wanted, r->who.company_id))
		return err_set(c, E_COMPANY_FORBIDDEN, NULL);
	if (wanted == NULL && r->who.memberships > 1)
		return err_set(c, E_COMPANY_REQUIRED, NULL);
	if (r->who.company_number == 0)
		return err_set(c, E_COMPANY_FORBIDDEN, NULL);
	if (check_status(r) < 0)
		return -1;
	if (lacks_factor(&r->who))
		return err_set(c, E_TOTP_SETUP_REQUIRED, NULL);
	c->company = (uint32_t)r->who.company_number;
	c->company_id = r->who.company_id;
	c->permissions =
		r->who.key_id != NULL ? r->who.key_permissions : role_permissions(r->who.role);
	return 0;
}

int auth_watch(struct req *r, const char *session_id, const char *company_id)
{
	struct ctx *c = &r->c;
	int rc = session_find(c, session_id, company_id, &r->who);

	if (rc < 0)
		return -1;
	if (rc == 0 || r->who.company_number == 0 || r->who.company_status == COMPANY_CLOSED ||
		lacks_factor(&r->who))
		return err_set(c, E_FORBIDDEN, NULL);
	return 0;
}

int auth_platform(struct req *r)
{
	if (r->who.user_id == NULL || (!r->who.is_platform_admin && !r->who.is_tenant_admin))
		return err_set(&r->c, E_FORBIDDEN, NULL);
	r->c.permissions = role_permissions(
		r->who.is_platform_admin ? ROLE_PLATFORM_ADMIN : ROLE_TENANT_ADMIN);
	return 0;
}

/* ---- without a log-in ---- */

#define NOBODY "00000000-0000-0000-0000-000000000000"

static int storefront_of(struct req *r, struct storefront *out)
{
	const char *path = r->route->path, *first = r->ids[0];

	if (strstr(path, "{slug}") != NULL)
		return storefront_by_slug(&r->c, first, out);
	enum link_purpose purpose = strstr(path, "{feed_token}") != NULL ? LINK_FEED
		: strstr(path, "{offer_token}") != NULL                  ? LINK_OFFER
									 : LINK_MANAGE;
	if (!link_read(&r->c, purpose, first, &r->link))
		return 0;
	return storefront_by_id(&r->c, r->link.company_id, out);
}

int auth_public(struct req *r)
{
	struct ctx *c = &r->c;
	struct storefront s;
	int rc = storefront_of(r, &s);

	if (rc < 0)
		return -1;
	if (rc == 0 || (!s.public_booking && strstr(r->route->path, "{feed_token}") == NULL))
		return err_set(c, E_NOT_FOUND, NULL);
	c->company = (uint32_t)s.company_number;
	c->company_id = s.company_id;
	c->actor_id = r->link.id != NULL ? r->link.id : NOBODY;
	return 0;
}
