#include "core/sys/reach.h"
#include <arpa/inet.h>
#include <netinet/in.h>

struct net4 {
	uint32_t net;
	int bits;
};

/* Not globally reachable, multicast or reserved (RFC 6890 and its IANA
 * registry). */
static const struct net4 CLOSED4[] = {
	{0x00000000, 8},  /* this network */
	{0x0A000000, 8},  /* private */
	{0x64400000, 10}, /* carrier NAT */
	{0x7F000000, 8},  /* loopback */
	{0xA9FE0000, 16}, /* link local, cloud metadata */
	{0xAC100000, 12}, /* private */
	{0xC0000000, 24}, /* protocol assignments */
	{0xC0000200, 24}, /* documentation */
	{0xC0586300, 24}, /* 6to4 relays */
	{0xC0A80000, 16}, /* private */
	{0xC6120000, 15}, /* benchmarks */
	{0xC6336400, 24}, /* documentation */
	{0xCB007100, 24}, /* documentation */
	{0xE0000000, 3},  /* multicast, reserved, broadcast */
};

static bool public4(uint32_t a)
{
	for (size_t i = 0; i < COUNT_OF(CLOSED4); i++) {
		if ((a ^ CLOSED4[i].net) >> (32 - CLOSED4[i].bits) == 0)
			return false;
	}
	return true;
}

/* Only 2000::/3 is global unicast; of it not 2001::/23 (Teredo and other
 * protocols), 2001:db8::/32, 2002::/16 (6to4: any IPv4 address) and
 * 3fff::/20. Mapped and translated IPv4 lie outside. */
static bool public6(const uint8_t a[16])
{
	if ((a[0] & 0xE0) != 0x20)
		return false;
	if (a[0] == 0x20 && a[1] == 0x01 && (a[2] < 2 || (a[2] == 0x0D && a[3] == 0xB8)))
		return false;
	if (a[0] == 0x20 && a[1] == 0x02)
		return false;
	return !(a[0] == 0x3F && a[1] == 0xFF && a[2] < 0x10);
}

enum reach reach_of(const struct sockaddr *sa)
{
	if (sa->sa_family == AF_INET) {
		uint32_t a = ntohl(((const struct sockaddr_in *)(const void *)sa)->sin_addr.s_addr);

		if (a >> 24 == 127)
			return REACH_LOOPBACK;
		return public4(a) ? REACH_PUBLIC : REACH_CLOSED;
	}
	if (sa->sa_family == AF_INET6) {
		const struct in6_addr *a =
			&((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr;

		if (IN6_IS_ADDR_LOOPBACK(a))
			return REACH_LOOPBACK;
		return public6(a->s6_addr) ? REACH_PUBLIC : REACH_CLOSED;
	}
	return REACH_CLOSED;
}

bool reach_within(const struct sockaddr *sa, const struct network *all, size_t n)
{
	const struct sockaddr_in *v4 = (const void *)sa;
	const struct sockaddr_in6 *v6 = (const void *)sa;
	char text[INET6_ADDRSTRLEN];
	const void *address = &v4->sin_addr;

	if (sa->sa_family == AF_INET6)
		address = &v6->sin6_addr;
	else if (sa->sa_family != AF_INET)
		return false;
	return n > 0 && inet_ntop(sa->sa_family, address, text, sizeof(text)) != NULL &&
		networks_have(all, n, text);
}

int reach_port(const struct sockaddr *sa)
{
	/* sin_port and sin6_port lie at the same place */
	return ntohs(((const struct sockaddr_in *)(const void *)sa)->sin_port);
}
