#include "core/sys/crypto.h"
#include "core/base/id.h"
#include "core/base/log.h"
#include "core/base/text.h"
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/x509.h>

void sha256(struct bytes in, uint8_t out[SHA256_SIZE])
{
	if (EVP_Digest(in.p, in.n, out, NULL, EVP_sha256(), NULL) != 1)
		BUG("SHA-256 failed");
}

/* A key of no bytes must still be a pointer, or OpenSSL thinks of the last. */
static void hmac(const char *digest, struct bytes key, struct bytes a, struct bytes b, uint8_t *out,
	size_t size)
{
	static EVP_MAC *mac; /* found once: the search costs more than the sum */
	char name[8];
	OSSL_PARAM params[2];
	size_t n = 0;

	if (mac == NULL)
		mac = EVP_MAC_fetch(NULL, OSSL_MAC_NAME_HMAC, NULL);
	EVP_MAC_CTX *ctx = EVP_MAC_CTX_new(mac);
	snprintf(name, sizeof(name), "%s", digest);
	params[0] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0);
	params[1] = OSSL_PARAM_construct_end();
	if (ctx == NULL ||
		EVP_MAC_init(ctx, key.n > 0 ? key.p : (const uint8_t *)"", key.n, params) != 1 ||
		EVP_MAC_update(ctx, a.p, a.n) != 1 || EVP_MAC_update(ctx, b.p, b.n) != 1 ||
		EVP_MAC_final(ctx, out, &n, size) != 1 || n != size)
		BUG("HMAC with %s failed", digest);
	EVP_MAC_CTX_free(ctx);
}

void hmac_sha256(struct bytes key, struct bytes a, struct bytes b, uint8_t out[SHA256_SIZE])
{
	hmac("SHA256", key, a, b, out, SHA256_SIZE);
}

void hmac_sha1(struct bytes key, struct bytes in, uint8_t out[20])
{
	struct bytes nothing = {NULL, 0};

	hmac("SHA1", key, in, nothing, out, 20);
}

bool ecdsa_p256_valid(struct bytes spki, struct bytes sig, struct bytes a, struct bytes b)
{
	const unsigned char *p = spki.p;
	EVP_PKEY *key = d2i_PUBKEY(NULL, &p, (long)spki.n);
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	char group[40] = "";

	if (md == NULL)
		BUG("no memory for a digest");
	bool ok = key != NULL && p == spki.p + spki.n && EVP_PKEY_is_a(key, "EC") &&
		EVP_PKEY_get_group_name(key, group, sizeof(group), NULL) == 1 &&
		strcmp(group, "prime256v1") == 0 &&
		EVP_DigestVerifyInit(md, NULL, EVP_sha256(), NULL, key) == 1 &&
		EVP_DigestVerifyUpdate(md, a.p, a.n) == 1 &&
		EVP_DigestVerifyUpdate(md, b.p, b.n) == 1 &&
		EVP_DigestVerifyFinal(md, sig.p, sig.n) == 1;
	EVP_MD_CTX_free(md);
	EVP_PKEY_free(key);
	ERR_clear_error();
	return ok;
}

bool secret_same(struct bytes a, struct bytes b)
{
	return a.n == b.n && (a.n == 0 || CRYPTO_memcmp(a.p, b.p, a.n) == 0);
}

const char *base64_encode(struct arena *mem, struct bytes b)
{
	if (b.n > INT_MAX / 2)
		BUG("%zu bytes are too many for base64", b.n);
	char *s = mem_alloc(mem, (b.n + 2) / 3 * 4 + 1);

	if (b.n > 0)
		EVP_EncodeBlock((unsigned char *)s, b.p, (int)b.n);
	return s;
}

/* OpenSSL's decoder is lenient (blanks, padding, left-over bits): only what
 * encodes to the very same text again is taken. */
bool base64_decode(struct arena *mem, const char *s, struct bytes *out)
{
	size_t n = strlen(s);
	size_t padding = 0;

	if (n % 4 != 0 || n > INT_MAX / 2)
		return false;
	while (padding < 2 && padding < n && s[n - 1 - padding] == '=')
		padding++;
	uint8_t *p = mem_alloc(mem, n / 4 * 3 + 1);
	if (n > 0 && EVP_DecodeBlock(p, (const unsigned char *)s, (int)n) != (int)(n / 4 * 3))
		return false;
	out->p = p;
	out->n = n / 4 * 3 - padding;
	return strcmp(base64_encode(mem, *out), s) == 0;
}

/* ---- cells ---- */

#define CELL_VERSION 1
#define NONCE_SIZE 12
#define TAG_SIZE 16
#define HEAD_SIZE (1 + 4 + NONCE_SIZE)
#define CELL_MAX (16 * 1024 * 1024)

static void put32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (24 - 8 * i));
}

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Names end with their NUL, so that no two places read the same. */
static bool add_place(EVP_CIPHER_CTX *e, struct cell_place at)
{
	uint8_t company[4];
	int n;

	put32(company, at.company);
	return EVP_CipherUpdate(
		       e, NULL, &n, (const uint8_t *)at.table, (int)strlen(at.table) + 1) == 1 &&
		EVP_CipherUpdate(
			e, NULL, &n, (const uint8_t *)at.column, (int)strlen(at.column) + 1) == 1 &&
		EVP_CipherUpdate(e, NULL, &n, company, sizeof(company)) == 1 &&
		EVP_CipherUpdate(e, NULL, &n, (const uint8_t *)at.row, (int)strlen(at.row) + 1) ==
		1;
}

int cell_seal(struct ctx *c, struct keyring *k, struct cell_place at, struct bytes plain,
	struct bytes *cell)
{
	if (plain.n > CELL_MAX)
		BUG("%zu bytes are too many for a cell", plain.n);
	const struct keyring_key *key = keyring_newest(k);
	uint8_t *p = mem_alloc(c->mem, HEAD_SIZE + plain.n + TAG_SIZE);
	EVP_CIPHER_CTX *e = EVP_CIPHER_CTX_new();
	uint8_t *text = p + HEAD_SIZE;
	int n = 0, last = 0;

	p[0] = CELL_VERSION;
	put32(p + 1, key->id);
	random_bytes(p + 5, NONCE_SIZE);
	if (e == NULL || EVP_EncryptInit_ex2(e, EVP_aes_256_gcm(), key->key, p + 5, NULL) != 1 ||
		!add_place(e, at) ||
		(plain.n > 0 && EVP_EncryptUpdate(e, text, &n, plain.p, (int)plain.n) != 1) ||
		EVP_EncryptFinal_ex(e, text + n, &last) != 1 ||
		EVP_CIPHER_CTX_ctrl(e, EVP_CTRL_AEAD_GET_TAG, TAG_SIZE, text + plain.n) != 1)
		BUG("AES-256-GCM failed");
	EVP_CIPHER_CTX_free(e);
	cell->p = p;
	cell->n = HEAD_SIZE + plain.n + TAG_SIZE;
	return 0;
}

static bool cell_decrypt(
	const struct keyring_key *key, struct cell_place at, struct bytes cell, uint8_t *out)
{
	EVP_CIPHER_CTX *e = EVP_CIPHER_CTX_new();
	size_t size = cell.n - HEAD_SIZE - TAG_SIZE;
	const uint8_t *text = cell.p + HEAD_SIZE;
	uint8_t tag[TAG_SIZE];
	int n = 0, last = 0;

	if (e == NULL)
		BUG("no memory for a cipher");
	memcpy(tag, text + size, TAG_SIZE);
	bool ok = EVP_DecryptInit_ex2(e, EVP_aes_256_gcm(), key->key, cell.p + 5, NULL) == 1 &&
		add_place(e, at) &&
		(size == 0 || EVP_DecryptUpdate(e, out, &n, text, (int)size) == 1) &&
		EVP_CIPHER_CTX_ctrl(e, EVP_CTRL_AEAD_SET_TAG, TAG_SIZE, tag) == 1 &&
		EVP_DecryptFinal_ex(e, out + n, &last) == 1;
	EVP_CIPHER_CTX_free(e);
	if (!ok)
		explicit_bzero(out, size);
	return ok;
}

static int cell_closed(struct ctx *c, struct cell_place at, const char *why)
{
	log_line("cell", "table", at.table, "column", at.column, "row", at.row, "error", why, NULL);
	return err_set(c, E_INTERNAL, "a stored secret does not open");
}

int cell_open(struct ctx *c, struct keyring *k, struct cell_place at, struct bytes cell,
	struct bytes *plain)
{
	if (cell.n < HEAD_SIZE + TAG_SIZE || cell.n > HEAD_SIZE + CELL_MAX + TAG_SIZE)
		return cell_closed(c, at, "wrong size");
	if (cell.p[0] != CELL_VERSION)
		return cell_closed(c, at, "unknown version");
	const struct keyring_key *key = keyring_find(k, get32(cell.p + 1));
	if (key == NULL)
		return cell_closed(c, at, "its key is not in the keyring");
	size_t size = cell.n - HEAD_SIZE - TAG_SIZE;
	uint8_t *out = mem_alloc(c->mem, size + 1);
	if (!cell_decrypt(key, at, cell, out))
		return cell_closed(c, at, "changed, or moved from another place");
	plain->p = out;
	plain->n = size;
	return 0;
}
