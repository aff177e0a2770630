#include "core/base/id.h"
#include "core/base/text.h"
#include <sys/random.h>

void random_bytes(void *p, size_t n)
{
	uint8_t *q = p;

	while (n > 0) {
		ssize_t got = getrandom(q, n, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			BUG("the kernel gives no random bytes: %s", strerror(errno));
		q += got;
		n -= (size_t)got;
	}
}

uint32_t random_below(uint32_t n)
{
	uint32_t limit = UINT32_MAX - UINT32_MAX % n;
	uint32_t v;

	do {
		random_bytes(&v, sizeof(v));
	} while (v >= limit);
	return v % n;
}

/* 48 bits of time and 74 random ones. Ids of one millisecond are in no
 * particular order: whoever needs an order sorts by a time column. */
const char *id_new(struct ctx *c)
{
	uint8_t b[16];
	uint64_t ms = (uint64_t)ts_now().ms;

	random_bytes(b, sizeof(b));
	for (int i = 0; i < 6; i++)
		b[i] = (uint8_t)(ms >> (40 - 8 * i));
	b[6] = (uint8_t)((b[6] & 0x0F) | 0x70);
	b[8] = (uint8_t)((b[8] & 0x3F) | 0x80);
	return mem_printf(c->mem,
		"%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1],
		b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14],
		b[15]);
}

bool id_valid(const char *s)
{
	for (int i = 0; i < ID_LENGTH; i++) {
		bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
		bool hex = (s[i] >= '0' && s[i] <= '9') || (s[i] >= 'a' && s[i] <= 'f') ||
			(s[i] >= 'A' && s[i] <= 'F');

		if (hyphen ? s[i] != '-' : !hex)
			return false;
	}
	return s[ID_LENGTH] == '\0';
}

ts_t id_time(const char *id)
{
	ts_t t = {0};

	for (int i = 0; i < 13 && id_valid(id); i++) {
		uint8_t v;
		const char two[3] = {'0', id[i], '\0'};

		if (id[i] != '-' && hex_decode(two, &v, 1))
			t.ms = t.ms << 4 | v;
	}
	return t;
}
