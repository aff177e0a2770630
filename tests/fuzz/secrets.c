/* What must not be forged: tokens, links, signatures, cells; and key files. */
#include "core/base/id.h"
#include "core/provider/retell_wire.h"
#include "core/provider/retell.h"
#include "core/sys/conf.h"
#include "core/sys/crypto.h"
#include "core/sys/link.h"
#include "core/sys/token.h"
#include "tests/fuzz/fuzz.h"

static struct bytes bytes_of(const char *s)
{
	return (struct bytes){(const uint8_t *)s, strlen(s)};
}

/* head.claims.MAC by our newest key */
static const char *sign(struct ctx *c, const char *head_and_claims)
{
	const struct keyring_key *k = keyring_newest(c->conf->token_keys);
	uint8_t mac[SHA256_SIZE];

	hmac_sha256((struct bytes){k->key, sizeof(k->key)}, bytes_of(head_and_claims),
		(struct bytes){NULL, 0}, mac);
	return mem_printf(c->mem, "%s.%s", head_and_claims,
		base64url_encode(c->mem, (struct bytes){mac, sizeof(mac)}));
}

/* Even: a token as it comes, which can only be taken if it is one of ours. Odd:
 * head and claims, a line each, signed by us. */
void fuzz_token(struct ctx *c, struct bytes in)
{
	bool ours = fuzz_byte(&in) % 2 == 1;
	struct token_claims claims;
	const char *token;

	if (ours) {
		const char *head = fuzz_line(c, &in);

		token = sign(c,
			mem_printf(c->mem, "%s.%s", base64url_encode(c->mem, bytes_of(head)),
				base64url_encode(c->mem, in)));
	} else {
		token = fuzz_text(c, in);
	}
	if (token_check(c, c->conf->token_keys, token, &claims) < 0) {
		if (c->err.code != E_UNAUTHENTICATED || claims.user_id != NULL)
			BUG("refused as %s", err_wire(c->err.code));
		return;
	}
	if (!id_valid(claims.user_id) || !id_valid(claims.session_id) ||
		claims.expires_at.ms <= c->now.ms ||
		claims.expires_at.ms > c->now.ms + (TOKEN_TTL_SECONDS + TOKEN_SKEW_SECONDS) * 1000)
		BUG("taken: %s", token);
	const char *dot = strrchr(token, '.');
	if (!ours && strcmp(token, sign(c, mem_text_n(c->mem, token, (size_t)(dot - token)))) != 0)
		BUG("forged: %s", token);
}

void fuzz_link(struct ctx *c, struct bytes in)
{
	enum link_purpose purpose = fuzz_byte(&in) % (LINK_INVITE + 1);
	const char *token = fuzz_text(c, in);
	struct link l;

	if (link_read(c, purpose, token, &l) && strcmp(link_token(c, purpose, &l), token) != 0)
		BUG("forged: %s", token);
}

/* The header in the first line, the body behind it. Odd: digits in the first
 * line, signed by us. */
void fuzz_retell(struct ctx *c, struct bytes in)
{
	struct bytes key = {(const uint8_t *)"key_fuzz", 8};
	bool ours = fuzz_byte(&in) % 2 == 1;
	const char *header = fuzz_line(c, &in);
	uint8_t mac[SHA256_SIZE];

	if (ours) {
		hmac_sha256(key, in, bytes_of(header), mac);
		header = mem_printf(c->mem, "v=%s,d=%s", header,
			hex_encode(c->mem, (struct bytes){mac, sizeof(mac)}));
	}
	if (retell_verify(key, header, in, c->now) == NULL) {
		const char *digits = strpbrk(header, "0123456789");
		size_t n = strspn(digits, "0123456789");

		hmac_sha256(key, in, (struct bytes){(const uint8_t *)digits, n}, mac);
		if (strcasecmp(header + strlen(header) - 2 * SHA256_SIZE,
			    hex_encode(c->mem, (struct bytes){mac, sizeof(mac)})) != 0)
			BUG("forged: %s", header);
	}
	struct inbox_event e;
	struct retell_event event;
	const char *number, *agent;

	retell_peek(c, in, &e);
	if (e.event == NULL || e.dedupe_key == NULL || c->err.code != E_OK)
		BUG("an event without a key");
	retell_peek_address(c, in, &number, &agent);
	if (retell_read(c, in, &event) < 0 && c->err.code != E_BAD_REQUEST)
		BUG("refused as %s", err_wire(c->err.code));
}

/* Even: a cell as it comes. Odd: where to change it, how, and what is sealed. */
void fuzz_cell(struct ctx *c, struct bytes in)
{
	struct cell_place at = {
		"integration", "secret_cell", 7, "01900000-0000-7000-8000-000000000001"};
	bool ours = fuzz_byte(&in) % 2 == 1;
	struct bytes cell, plain;

	if (!ours) {
		if (cell_open(c, c->conf->keyring, at, in, &plain) == 0)
			BUG("forged");
		return;
	}
	size_t where = fuzz_byte(&in);
	uint8_t change = fuzz_byte(&in);
	if (cell_seal(c, c->conf->keyring, at, in, &cell) < 0)
		return;
	uint8_t *p = mem_alloc(c->mem, cell.n);
	memcpy(p, cell.p, cell.n);
	p[where % cell.n] ^= change;
	int rc = cell_open(c, c->conf->keyring, at, (struct bytes){p, cell.n}, &plain);
	if ((rc == 0) != (change == 0))
		BUG("byte %zu ^ %02x: %d", where % cell.n, change, rc);
	if (rc == 0 && (plain.n != in.n || (in.n > 0 && memcmp(plain.p, in.p, in.n) != 0)))
		BUG("opened as something else");
}

void fuzz_keyring(struct ctx *c, struct bytes in)
{
	struct keyring *ring = keyring_load(fuzz_file(in));

	(void)c;
	if (ring == NULL)
		return;
	const struct keyring_key *k = keyring_newest(ring);
	if (k == NULL || k->id == 0)
		BUG("a ring without a key");
	uint32_t id = k->id;
	if (keyring_find(ring, id) == NULL || keyring_at(ring, KEYRING_MAX) != NULL)
		BUG("key %u is lost", id);
	keyring_delete(ring);
}
