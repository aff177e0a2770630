#define BANNED_ALLOW_ALLOC
#include "core/sys/link.h"
#include "core/base/id.h"
#include "core/base/log.h"
#include "core/base/secret.h"
#include "core/base/text.h"
#include "core/sys/conf.h"
#include "core/sys/crypto.h"

#define ID_BYTES 16
#define SIGNED_BYTES (ID_BYTES + ID_BYTES + 4)
#define MAC_BYTES 16
#define TOKEN_BYTES (SIGNED_BYTES + MAC_BYTES)

/* Part of the key: never change one. */
static const char *const LABELS[] = {
	[LINK_MANAGE] = "frontdesk link: manage an appointment",
	[LINK_FEED] = "frontdesk link: calendar of a staff member",
	[LINK_VERIFY] = "frontdesk link: verify an e-mail address",
	[LINK_RESET] = "frontdesk link: set a new password",
	[LINK_EMAIL] = "frontdesk link: change an e-mail address",
	[LINK_INVITE] = "frontdesk link: take up an invitation",
	[LINK_OFFER] = "frontdesk link: take up an offer",
};

struct link_key {
	uint8_t p[SHA256_SIZE];
};

struct link_key *link_key_load(const char *path)
{
	char text[SECRET_MAX_BYTES + 1];
	ssize_t n = secret_read(path, text);

	if (n < 0)
		return NULL;
	struct link_key *k = calloc(1, sizeof(*k));
	if (k == NULL)
		BUG("no memory for the link key");
	if (strlen(text) != (size_t)n || !hex_decode(text, k->p, sizeof(k->p))) {
		log_line("link_key", "file", path, "error", "is not 64 hex digits", NULL);
		link_key_delete(k);
		k = NULL;
	}
	explicit_bzero(text, sizeof(text));
	return k;
}

void link_key_delete(struct link_key *k)
{
	if (k == NULL)
		return;
	explicit_bzero(k, sizeof(*k));
	free(k);
}

static void mac_under(struct ctx *c, const char *label, struct bytes text, uint8_t *out)
{
	struct bytes secret = {c->conf->link_key->p, SHA256_SIZE};
	struct bytes name = {(const uint8_t *)label, strlen(label)}, nothing = {NULL, 0};
	uint8_t key[SHA256_SIZE];

	hmac_sha256(secret, name, nothing, key);
	hmac_sha256((struct bytes){key, sizeof(key)}, text, nothing, out);
	explicit_bzero(key, sizeof(key));
}

static void mac_of(struct ctx *c, enum link_purpose purpose, const uint8_t *p, uint8_t *mac)
{
	uint8_t whole[SHA256_SIZE];

	mac_under(c, LABELS[purpose], (struct bytes){p, SIGNED_BYTES}, whole);
	memcpy(mac, whole, MAC_BYTES);
}

void link_mac(struct ctx *c, const char *label, const char *text, uint8_t out[32])
{
	mac_under(c, label, (struct bytes){(const uint8_t *)text, strlen(text)}, out);
}

static void put_id(struct ctx *c, const char *id, uint8_t *out)
{
	char *hex = mem_alloc(c->mem, 2 * ID_BYTES + 1), *p = hex;

	if (!id_valid(id))
		BUG("\"%s\" is no id", id);
	for (; *id != '\0'; id++) {
		if (*id != '-')
			*p++ = *id;
	}
	if (!hex_decode(hex, out, ID_BYTES))
		BUG("%s are no hex digits", hex);
}

static const char *read_id(struct ctx *c, const uint8_t *p)
{
	const char *h = hex_encode(c->mem, (struct bytes){p, ID_BYTES});

	return mem_printf(c->mem, "%.8s-%.4s-%.4s-%.4s-%s", h, h + 8, h + 12, h + 16, h + 20);
}

const char *link_token(struct ctx *c, enum link_purpose purpose, const struct link *l)
{
	uint8_t *p = mem_alloc(c->mem, TOKEN_BYTES);

	put_id(c, l->company_id, p);
	put_id(c, l->id, p + ID_BYTES);
	for (int i = 0; i < 4; i++)
		p[2 * ID_BYTES + i] = (uint8_t)(l->seq >> (24 - 8 * i));
	mac_of(c, purpose, p, p + SIGNED_BYTES);
	return base64url_encode(c->mem, (struct bytes){p, TOKEN_BYTES});
}

bool link_read(struct ctx *c, enum link_purpose purpose, const char *token, struct link *out)
{
	uint8_t mac[MAC_BYTES];
	struct bytes b;

	if (strlen(token) != LINK_TOKEN_LENGTH || !base64url_decode(c->mem, token, &b) ||
		b.n != TOKEN_BYTES)
		return false;
	mac_of(c, purpose, b.p, mac);
	if (!secret_same(
		    (struct bytes){mac, MAC_BYTES}, (struct bytes){b.p + SIGNED_BYTES, MAC_BYTES}))
		return false;
	out->company_id = read_id(c, b.p);
	out->id = read_id(c, b.p + ID_BYTES);
	out->seq = 0;
	for (int i = 0; i < 4; i++)
		out->seq = out->seq << 8 | b.p[2 * ID_BYTES + i];
	return true;
}
