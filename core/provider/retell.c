#include "core/provider/retell.h"
#include "core/base/text.h"
#include "core/provider/retell_wire.h"
#include "core/sys/crypto.h"

#define TOLERANCE_MS INT64_C(300000)
#define CALL_ID_MAX 128
#define DIGITS_MAX 15

/* ---- the signature ---- */

static bool letter_is(char c, char lower)
{
	return (c | 0x20) == lower;
}

/* "v=<digits>,d=<64 hex digits>"; NULL, or what is wrong. */
static const char *header_parse(
	const char *header, struct bytes *digits, int64_t *ms, uint8_t digest[SHA256_SIZE])
{
	char number[DIGITS_MAX + 1] = {0};
	const char *p = header + 2;
	size_t n;

	if (!letter_is(header[0], 'v') || header[1] != '=')
		return "X-Retell-Signature is not of the form v=…,d=…";
	n = strspn(p, "0123456789");
	if (n == 0 || n > DIGITS_MAX || p[0] == '0')
		return "its timestamp is not a number of milliseconds";
	if (p[n] != ',' || !letter_is(p[n + 1], 'd') || p[n + 2] != '=')
		return "X-Retell-Signature is not of the form v=…,d=…";
	if (strlen(p + n + 3) != 2 * SHA256_SIZE || !hex_decode(p + n + 3, digest, SHA256_SIZE))
		return "its digest is not 64 hex digits";
	memcpy(number, p, n);
	digits->p = (const uint8_t *)p;
	digits->n = n;
	return text_int(number, 0, INT64_MAX, ms) ? NULL : "its timestamp is not a number";
}

const char *retell_verify(struct bytes key, const char *header, struct bytes body, ts_t now)
{
	uint8_t given[SHA256_SIZE], wanted[SHA256_SIZE];
	struct bytes digits;
	int64_t ms;

	if (text_empty(header))
		return "there is no X-Retell-Signature header";
	if (key.n == 0)
		return "there is no key to verify with";
	const char *why = header_parse(header, &digits, &ms, given);
	if (why != NULL)
		return why;
	if (ms < now.ms - TOLERANCE_MS || ms > now.ms + TOLERANCE_MS)
		return "its timestamp is more than five minutes away from now";
	hmac_sha256(key, body, digits, wanted);
	if (!secret_same(
		    (struct bytes){given, sizeof(given)}, (struct bytes){wanted, sizeof(wanted)}))
		return "the digest is that of another key or body";
	return NULL;
}

/* ---- what the inbox needs ---- */

static const char *digest_of(struct ctx *c, struct bytes body)
{
	uint8_t digest[SHA256_SIZE];

	sha256(body, digest);
	return hex_encode(c->mem, (struct bytes){digest, sizeof(digest)});
}

void retell_peek(struct ctx *c, struct bytes body, struct inbox_event *out)
{
	struct retell_event e;

	memset(out, 0, sizeof(*out));
	out->provider = RETELL;
	out->body = body;
	out->event = "unreadable";
	if (retell_read(c, body, &e) < 0)
		err_clear(c);
	else if (e.event[0] != '\0')
		out->event = e.event;
	else
		out->event = "unnamed";
	out->external_id = e.facts.provider_call_id;
	if (e.is_life && out->external_id != NULL)
		out->dedupe_key = mem_printf(c->mem, "%s:%s", e.event, out->external_id);
	else
		out->dedupe_key = mem_printf(c->mem, "%s:%s", out->event, digest_of(c, body));
}
