#include "core/base/log.h"
#include "core/base/text.h"
#include "core/provider/retell.h"
#include "core/provider/retell_wire.h"
#include "core/sys/conf.h"
#include "core/sys/db.h"
#include "core/sys/meter.h"
#include "core/sys/phone_number.h"
#include "core/tenant/hook.h"

#define HOOK_MAX 64
#define E164_MAX 20
#define PLATFORM_KEY "retell_platform_key"

/* A webhook and what is known about its signature. */
struct hooked {
	const char *signature;
	struct bytes body;
	const char *why;         /* the last reason it was refused for */
	const char *integration; /* whose secret signed it; NULL: the platform's */
};

static bool hook_plausible(const char *hook)
{
	size_t n = strspn(hook, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");

	return n > 0 && n <= HOOK_MAX && hook[n] == '\0';
}

/* 1 one of its keys signed it, 0 not, -1 its key does not open. */
static int signed_by_integration(struct ctx *c, struct hooked *h, const struct hook_secret *s)
{
	struct bytes keys[HOOK_KEYS_MAX];
	int n = hook_keys(c, s, keys);

	for (int i = 0; i < n; i++) {
		h->why = retell_verify(keys[i], h->signature, h->body, c->now);
		if (h->why == NULL) {
			h->integration = s->id;
			return 1;
		}
	}
	return n < 0 ? -1 : 0;
}

/* ---- which company ---- */

/* E.164 of the number dialled, or NULL: only an exact number counts here. */
static const char *dialled(struct ctx *c, struct bytes body, const char **agent)
{
	const char *number;

	retell_peek_address(c, body, &number, agent);
	if (number == NULL)
		return NULL;
	number = phone_e164(c->mem, number, NULL);
	return number != NULL && strlen(number) <= E164_MAX ? number : NULL;
}

struct number_owner {
	int64_t company_number;
	const char *company_id;
};

static const struct field OWNER_FIELDS[] = {
	INT(number_owner, company_number, RO | JOINED | HIDDEN, 0, UINT32_MAX),
	ID(number_owner, company_id, RO | JOINED),
};
static const struct table OWNER = TABLE(number_owner, "number_owner", OWNER_FIELDS);

int retell_company(struct ctx *c, struct bytes body, uint32_t *company)
{
	struct number_owner owner = {0};
	const char *agent;
	const char *number = dialled(c, body, &agent);

	*company = 0;
	if (number != NULL && db_one(c, &OWNER, &owner, "CALL sys_number(?)", number) < 0)
		return -1;
	*company = (uint32_t)owner.company_number;
	return 0;
}

/* ---- whose signature ---- */

/* 1 and the company, 0 nobody's, -1. */
static int by_hook(struct ctx *c, struct hooked *h, const char *hook, uint32_t *company)
{
	struct hook_secret s;
	int rc;

	h->why = "there is no such address";
	if (!hook_plausible(hook))
		return 0;
	rc = hook_find(c, RETELL, hook, &s);
	if (rc <= 0)
		return rc;
	*company = (uint32_t)s.company_number;
	return signed_by_integration(c, h, &s);
}

/* A cell that does not open is that company's trouble, unless nobody else's
 * secret verifies: then the sender must try again. */
static int by_candidates(struct ctx *c, struct hooked *h, uint32_t *company)
{
	const char *agent;
	const char *number = dialled(c, h->body, &agent);
	struct rows found = {NULL, 0};
	bool unopened = false;

	if ((number != NULL || agent != NULL) &&
		hook_candidates(c, RETELL, number, agent, &found) < 0)
		return -1;
	for (size_t i = 0; i < found.n; i++) {
		const struct hook_secret *s = (const struct hook_secret *)found.p + i;
		int rc = signed_by_integration(c, h, s);

		*company = (uint32_t)s->company_number;
		if (rc > 0)
			return 1;
		if (rc < 0)
			unopened = true;
		err_clear(c);
	}
	return unopened ? -1 : 0;
}

static int by_platform(struct ctx *c, struct hooked *h, uint32_t *company)
{
	const char *key = conf_secret(c->conf, c->mem, PLATFORM_KEY);

	if (key == NULL)
		return 0;
	h->why = retell_verify(
		(struct bytes){(const uint8_t *)key, strlen(key)}, h->signature, h->body, c->now);
	if (h->why != NULL)
		return 0;
	return retell_company(c, h->body, company) < 0 ? -1 : 1;
}

static int by_anyone(struct ctx *c, struct hooked *h, uint32_t *company)
{
	int rc = by_candidates(c, h, company);

	if (rc > 0 || c->err.code != E_OK)
		return rc;
	int unopened = rc;

	rc = by_platform(c, h, company);
	if (rc == 0 && unopened < 0)
		return err_set(c, E_INTERNAL, NULL);
	return rc;
}

int retell_receive(struct ctx *c, const char *hook, const char *signature, struct bytes body,
	struct inbox_event *stored)
{
	struct hooked h = {signature, body, NULL, NULL};
	uint32_t company = 0;
	int rc = hook != NULL ? by_hook(c, &h, hook, &company) : by_anyone(c, &h, &company);

	if (rc < 0)
		return -1;
	if (rc == 0) {
		log_line("webhook", "provider", RETELL, "refused",
			h.why == NULL ? "no secret verifies it" : h.why, "request", c->request_id,
			NULL);
		return err_set(c, E_BAD_SIGNATURE, NULL);
	}
	/* only what is proved to be theirs counts, whatever address it comes from */
	if (h.integration != NULL && meter_take(c, METER_HOOK, h.integration, NULL) < 0)
		return -1;
	retell_peek(c, body, stored);
	return inbox_add(c, company, stored, JOB_INBOX_RETELL);
}
