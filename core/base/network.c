#include "core/base/network.h"
#include "core/base/text.h"

#include <arpa/inet.h>

#define BITS 128
#define MAPPED_BITS 96 /* before the 32 of an IPv4 address */

static const uint8_t MAPPED[MAPPED_BITS / 8] = {[10] = 0xFF, [11] = 0xFF};

static bool is_mapped(const struct network *n)
{
	return n->bits >= MAPPED_BITS && memcmp(n->p, MAPPED, sizeof(MAPPED)) == 0;
}

/* The address, and how many bits the length behind it may add at most. */
static bool parse_address(const char *s, struct network *out, int *added)
{
	memcpy(out->p, MAPPED, sizeof(MAPPED));
	*added = BITS - MAPPED_BITS;
	if (inet_pton(AF_INET, s, out->p + sizeof(MAPPED)) == 1)
		return true;
	*added = BITS;
	return inet_pton(AF_INET6, s, out->p) == 1;
}

static void clear_behind(struct network *n)
{
	for (int i = 0; i < BITS / 8; i++) {
		int kept = n->bits - 8 * i;

		if (kept <= 0)
			n->p[i] = 0;
		else if (kept < 8)
			n->p[i] &= (uint8_t)(0xFF << (8 - kept));
	}
}

bool network_parse(const char *s, struct network *out)
{
	char address[NETWORK_TEXT_MAX + 1];
	const char *slash = strchr(s, '/');
	size_t n = slash == NULL ? strlen(s) : (size_t)(slash - s);
	int64_t bits;
	int added;

	if (n > NETWORK_TEXT_MAX)
		return false;
	memcpy(address, s, n);
	address[n] = '\0';
	if (!parse_address(address, out, &added))
		return false;
	bits = added;
	if (slash != NULL && !text_int(slash + 1, 0, added, &bits))
		return false;
	out->bits = (uint8_t)(BITS - added + bits);
	clear_behind(out);
	return true;
}

size_t networks_parse(
	struct arena *mem, const char *list, struct network *all, size_t max, const char **wrong)
{
	size_t n = 0;

	*wrong = NULL;
	for (const char *p = list + strspn(list, ", "); *p != '\0'; p += strspn(p, ", ")) {
		size_t k = strcspn(p, ", ");
		const char *entry = mem_text_n(mem, p, k);

		if (n < max && network_parse(entry, &all[n]))
			n++;
		else
			*wrong = entry;
		p += k;
	}
	return n;
}

const char *network_text(struct arena *mem, const struct network *n)
{
	char text[INET6_ADDRSTRLEN];
	bool old = is_mapped(n);
	int bits = old ? n->bits - MAPPED_BITS : n->bits;

	if (inet_ntop(old ? AF_INET : AF_INET6, old ? n->p + sizeof(MAPPED) : n->p, text,
		    sizeof(text)) == NULL)
		BUG("an address that cannot be written");
	if (n->bits == BITS)
		return mem_text(mem, text);
	return mem_printf(mem, "%s/%d", text, bits);
}

bool networks_have(const struct network *all, size_t n, const char *address)
{
	struct network asked;

	if (address == NULL || strchr(address, '/') != NULL || !network_parse(address, &asked))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct network cut = asked;

		cut.bits = all[i].bits;
		clear_behind(&cut);
		if (memcmp(cut.p, all[i].p, sizeof(cut.p)) == 0)
			return true;
	}
	return false;
}
