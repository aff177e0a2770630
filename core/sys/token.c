#define BANNED_ALLOW_ALLOC
#include "core/sys/token.h"
#include "core/base/id.h"
#include "core/base/log.h"
#include "core/base/text.h"
#include "core/sys/json.h"
#include <jwt.h>

#define ISSUER "frontdesk"
#define AUDIENCE "frontdesk-api"

/* ---- making ---- */

const char *token_make(struct ctx *c, struct keyring *ring, const struct token_claims *claims)
{
	const struct keyring_key *k = keyring_newest(ring);
	const char *kid = mem_printf(c->mem, "%" PRIu32, k->id);
	const char *token = NULL;
	int64_t iat = claims->issued_at.ms / 1000;
	int64_t exp = claims->expires_at.ms / 1000;
	jwt_t *jwt = NULL;

	if (exp <= iat || exp - iat > TOKEN_TTL_SECONDS)
		BUG("a token for %" PRId64 " seconds", exp - iat);
	if (jwt_new(&jwt) != 0 || jwt_set_alg(jwt, JWT_ALG_HS256, k->key, sizeof(k->key)) != 0 ||
		jwt_add_header(jwt, "kid", kid) != 0 || jwt_add_grant(jwt, "iss", ISSUER) != 0 ||
		jwt_add_grant(jwt, "aud", AUDIENCE) != 0 ||
		jwt_add_grant(jwt, "sub", claims->user_id) != 0 ||
		jwt_add_grant(jwt, "sid", claims->session_id) != 0 ||
		jwt_add_grant_int(jwt, "iat", iat) != 0 || jwt_add_grant_int(jwt, "exp", exp) != 0)
		BUG("a token cannot be put together");
	char *text = jwt_encode_str(jwt);
	if (text == NULL)
		BUG("a token cannot be signed");
	token = mem_text(c->mem, text);
	free(text);
	jwt_free(jwt);
	return token;
}

/* ---- checking: each step gives NULL, or why the token is refused ---- */

/* One of the three parts: canonical base64url of strict JSON, an object. */
static const char *part_parse(
	struct ctx *c, const char *s, size_t n, size_t members, const struct json **out)
{
	struct bytes text;

	if (!base64url_decode(c->mem, mem_text_n(c->mem, s, n), &text))
		return "not base64url";
	if (json_parse(c, text, out) < 0) {
		err_clear(c);
		return "not strict JSON";
	}
	if (!json_is_object(*out))
		return "not an object";
	return json_count(*out) == members ? NULL : "other members than ours";
}

/* The key is one of a fixed table, found by its number and by nothing else. */
static const struct keyring_key *key_of(struct keyring *ring, const char *kid)
{
	int64_t id;

	return kid != NULL && text_int(kid, 1, UINT32_MAX, &id) ? keyring_find(ring, (uint32_t)id)
								: NULL;
}

static const char *head_check(struct ctx *c, struct keyring *ring, const char *s, size_t n,
	const struct keyring_key **key)
{
	const struct json *j;
	const char *why = part_parse(c, s, n, 3, &j);

	if (why != NULL)
		return why;
	if (!text_same(json_text(j, "alg"), "HS256"))
		return "alg";
	if (!text_same(json_text(j, "typ"), "JWT"))
		return "typ";
	*key = key_of(ring, json_text(j, "kid"));
	return *key != NULL ? NULL : "kid";
}

static const char *times_check(struct ctx *c, const struct json *j, struct token_claims *claims)
{
	int64_t now = c->now.ms / 1000;
	int64_t iat, exp;

	if (!json_int(j, "iat", &iat) || iat < 0 || iat > now + TOKEN_SKEW_SECONDS)
		return "iat";
	if (!json_int(j, "exp", &exp) || exp <= iat || exp - iat > TOKEN_TTL_SECONDS)
		return "exp";
	claims->issued_at.ms = iat * 1000;
	claims->expires_at.ms = exp * 1000;
	return exp > now ? NULL : "expired";
}

static const char *claims_check(struct ctx *c, const struct json *j, struct token_claims *claims)
{
	if (!text_same(json_text(j, "iss"), ISSUER))
		return "iss";
	if (!text_same(json_text(j, "aud"), AUDIENCE))
		return "aud";
	claims->user_id = json_text(j, "sub");
	if (claims->user_id == NULL || !id_valid(claims->user_id))
		return "sub";
	claims->session_id = json_text(j, "sid");
	if (claims->session_id == NULL || !id_valid(claims->session_id))
		return "sid";
	return times_check(c, j, claims);
}

/* The library verifies with the algorithm that the header names: by now it
 * is ours, and it is asked again. */
static const char *signature_check(struct ctx *c, const struct keyring_key *k, const char *token)
{
	struct bytes signature;
	jwt_t *jwt = NULL;

	if (!base64url_decode(c->mem, strrchr(token, '.') + 1, &signature) || signature.n != 32)
		return "signature is not 32 bytes of base64url";
	if (jwt_decode(&jwt, token, k->key, sizeof(k->key)) != 0)
		return "signature";
	bool ours = jwt_get_alg(jwt) == JWT_ALG_HS256;
	jwt_free(jwt);
	return ours ? NULL : "alg after decoding";
}

static const char *token_objection(
	struct ctx *c, struct keyring *ring, const char *token, struct token_claims *claims)
{
	if (strnlen(token, TOKEN_MAX_BYTES + 1) > TOKEN_MAX_BYTES)
		return "too long";
	const char *one = strchr(token, '.');
	const char *two = one == NULL ? NULL : strchr(one + 1, '.');
	if (two == NULL || strchr(two + 1, '.') != NULL)
		return "not three parts";
	const struct keyring_key *k = NULL;
	const struct json *j = NULL;
	const char *why = head_check(c, ring, token, (size_t)(one - token), &k);
	if (why == NULL)
		why = part_parse(c, one + 1, (size_t)(two - one - 1), 6, &j);
	if (why == NULL)
		why = signature_check(c, k, token);
	if (why == NULL)
		why = claims_check(c, j, claims);
	return why;
}

int token_check(struct ctx *c, struct keyring *ring, const char *token, struct token_claims *claims)
{
	if (ring == NULL)
		BUG("no keys for tokens");
	memset(claims, 0, sizeof(*claims));
	const char *why = token_objection(c, ring, token, claims);
	if (why == NULL)
		return 0;
	memset(claims, 0, sizeof(*claims));
	log_line("token_refused", "why", why, "request", c->request_id, NULL);
	return err_set(c, E_UNAUTHENTICATED, NULL); /* the same whatever is wrong */
}
