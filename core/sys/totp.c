#include "core/sys/totp.h"
#include "core/sys/crypto.h"
#include "core/sys/http.h"

#define SHA1_SIZE 20

uint32_t hotp(struct bytes secret, uint64_t counter)
{
	uint8_t text[8], mac[SHA1_SIZE];

	for (int i = 0; i < 8; i++)
		text[i] = (uint8_t)(counter >> (56 - 8 * i));
	hmac_sha1(secret, (struct bytes){text, sizeof(text)}, mac);
	const uint8_t *p = mac + (mac[SHA1_SIZE - 1] & 0x0F);
	uint32_t n =
		(uint32_t)(p[0] & 0x7F) << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];

	explicit_bzero(mac, sizeof(mac));
	return n;
}

int64_t totp_step(struct bytes secret, const char *code, ts_t now)
{
	int64_t here = now.ms / 1000 / TOTP_SECONDS, found = 0;
	char text[TOTP_DIGITS + 1];

	if (strlen(code) != TOTP_DIGITS)
		return 0;
	for (int64_t step = here - 1; step <= here + 1; step++) {
		snprintf(text, sizeof(text), "%06u",
			(unsigned)(hotp(secret, (uint64_t)step) % 1000000));
		if (secret_same((struct bytes){(const uint8_t *)text, TOTP_DIGITS},
			    (struct bytes){(const uint8_t *)code, TOTP_DIGITS}))
			found = step;
	}
	explicit_bzero(text, sizeof(text));
	return found;
}

const char *base32_encode(struct arena *mem, struct bytes b)
{
	static const char DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	char *out = mem_alloc(mem, (b.n * 8 + 4) / 5 + 1), *p = out;
	uint32_t bits = 0;
	int n = 0;

	for (size_t i = 0; i < b.n; i++) {
		bits = (bits << 8 | b.p[i]) & 0xFFFF;
		for (n += 8; n >= 5; n -= 5)
			*p++ = DIGITS[bits >> (n - 5) & 31];
	}
	if (n > 0)
		*p++ = DIGITS[bits << (5 - n) & 31];
	return out;
}

const char *totp_url(
	struct arena *mem, struct bytes secret, const char *issuer, const char *account)
{
	const char *who = url_encode(mem, issuer);

	return mem_printf(mem, "otpauth://totp/%s:%s?secret=%s&issuer=%s&digits=%d&period=%d", who,
		url_encode(mem, account), base32_encode(mem, secret), who, TOTP_DIGITS,
		TOTP_SECONDS);
}
