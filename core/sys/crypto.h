/*
 * crypto.h - digests, signatures and sealed cells (OpenSSL 3).
 *
 * A cell is a secret in a column: AES-256-GCM, a random 96-bit nonce, and as
 * associated data the place it stands in, so that it opens nowhere else.
 * Layout: version 1 byte | key id 4 bytes, big endian | nonce 12 | ciphertext
 * | tag 16. The newest key of the keyring seals, all of them open. The columns
 * that hold cells stand in core/schema/cells.c, which seals them anew.
 */
#ifndef FRONTDESK_CRYPTO_H
#define FRONTDESK_CRYPTO_H

#include "core/base/ctx.h"
#include "core/sys/keyring.h"

#define SHA256_SIZE 32

void sha256(struct bytes in, uint8_t out[SHA256_SIZE]);
void hmac_sha256(struct bytes key, struct bytes a, struct bytes b,
	uint8_t out[SHA256_SIZE]); /* over a, then b */
void hmac_sha1(struct bytes key, struct bytes in, uint8_t out[20]);
/* Whether sig (DER) is over a, then b, by the P-256 key (SPKI, DER) with SHA-256. */
bool ecdsa_p256_valid(struct bytes spki, struct bytes sig, struct bytes a, struct bytes b);
/* Constant time in the contents. */
bool secret_same(struct bytes a, struct bytes b);
/* Base64 with padding (RFC 4648 section 4). */
const char *base64_encode(struct arena *mem, struct bytes b);
bool base64_decode(struct arena *mem, const char *s, struct bytes *out) MUST_USE;

struct cell_place {
	const char *table;
	const char *column;
	uint32_t company;
	const char *row; /* its id */
};

int cell_seal(struct ctx *c, struct keyring *k, struct cell_place at, struct bytes plain,
	struct bytes *cell) MUST_USE;
/* E_INTERNAL when it does not open here: tampered, moved, or key missing. */
int cell_open(struct ctx *c, struct keyring *k, struct cell_place at, struct bytes cell,
	struct bytes *plain) MUST_USE;

#endif
