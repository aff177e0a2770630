/* Whether something can be posted to an address, as far as its text tells. It is
 * read strictly, so that nobody can read it another way. */
#include "core/base/text.h"
#include "core/delivery/endpoint.h"
#include "core/sys/conf.h"
#include "core/sys/reach.h"

#include <netdb.h>

#define HOST_MAX 253
#define HTTPS_PORT 443

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"
/* RFC 3986: what may stand behind the host; a # would begin a fragment. */
#define BEHIND LETTERS DIGITS "-._~%:/?@!$&'()*+,;=[]"

struct address {
	bool plain;
	bool literal; /* in brackets */
	const char *host;
	int64_t port;
};

size_t address_allowed(struct ctx *c, struct network all[ENDPOINT_NETWORKS_MAX])
{
	const char *wrong; /* doctor says so */

	return networks_parse(c->mem, c->conf->webhooks_allow, all, ENDPOINT_NETWORKS_MAX, &wrong);
}

/* "host", "host:port", "[::1]:port" */
static const char *parse_authority(struct ctx *c, const char *s, struct address *a)
{
	size_t n;

	if (strchr(s, '@') != NULL)
		return "must not hold a name or password: who posts is told by the signature";
	a->literal = *s == '[';
	if (a->literal)
		s++;
	n = strspn(s, a->literal ? DIGITS "abcdefABCDEF:." : LETTERS DIGITS "-._");
	if (n == 0 || n > HOST_MAX || (a->literal && s[n] != ']'))
		return "names no host";
	a->host = mem_text_n(c->mem, s, n);
	s += a->literal ? n + 1 : n;
	a->port = HTTPS_PORT;
	if (*s == ':' && !text_int(s + 1, 1, 65535, &a->port))
		return "has a port that is none";
	return *s == ':' || *s == '\0' ? NULL : "names no host";
}

static const char *parse(struct ctx *c, const char *url, struct address *a)
{
	const char *s = url, *why;

	a->plain = strncasecmp(url, "http://", 7) == 0;
	if (!a->plain && strncasecmp(url, "https://", 8) != 0)
		return "must begin with https://";
	s += a->plain ? 7 : 8;
	size_t n = strcspn(s, "/?#");

	why = parse_authority(c, mem_text_n(c->mem, s, n), a);
	if (why != NULL)
		return why;
	s += n;
	if (*s == '#' || s[strspn(s, BEHIND)] == '#')
		return "must not have a part behind #: it would not be sent";
	return s[strspn(s, BEHIND)] == '\0' ? NULL : "holds a character that must be encoded";
}

/* In any of the spellings that are numbers to a resolver; a dot at the end is
 * none of the name's. */
static struct addrinfo *literal_of(struct ctx *c, const char *host)
{
	struct addrinfo hints = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM};
	struct addrinfo *found = NULL;
	size_t n = strlen(host);

	while (n > 0 && host[n - 1] == '.')
		n--;
	return getaddrinfo(mem_text_n(c->mem, host, n), NULL, &hints, &found) == 0 ? found : NULL;
}

static bool is_localhost(const char *host)
{
	static const char NAME[] = "localhost";
	size_t n = strlen(host), k = sizeof(NAME) - 1;

	n -= n > 0 && host[n - 1] == '.';
	return n >= k && strncasecmp(host + n - k, NAME, k) == 0 &&
		(n == k || host[n - k - 1] == '.');
}

static const char *objection_to(struct ctx *c, const struct address *a)
{
	struct network all[ENDPOINT_NETWORKS_MAX];
	size_t n = address_allowed(c, all);
	struct addrinfo *at = literal_of(c, a->host);
	enum reach reach = is_localhost(a->host) ? REACH_LOOPBACK : REACH_PUBLIC;
	bool allowed = false;

	if (at == NULL && a->literal)
		return "names no host";
	if (at != NULL) {
		reach = reach_of(at->ai_addr);
		allowed = reach_within(at->ai_addr, all, n);
		freeaddrinfo(at);
	}
	if (c->conf->server_sandbox && reach == REACH_LOOPBACK)
		return NULL;
	if (a->plain)
		return "must begin with https://";
	if (reach != REACH_PUBLIC && !allowed)
		return "is not a public address";
	/* what a name leads to is not known here, with networks that are allowed */
	return a->port == HTTPS_PORT || allowed || n > 0 ? NULL : "must use port 443";
}

int address_check(struct ctx *c, const char *field, const char *url)
{
	struct address a;
	const char *why = parse(c, url, &a);

	if (why == NULL)
		why = objection_to(c, &a);
	return why == NULL ? 0 : err_field(c, field, "%s", why);
}
