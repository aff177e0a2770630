#include "core/sys/reach.h"
#include "tests/unit/unit.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

static const struct {
	const char *address;
	enum reach reach;
} ADDRESSES[] = {
	{"8.8.8.8", REACH_PUBLIC},
	{"1.0.0.0", REACH_PUBLIC},
	{"9.255.255.255", REACH_PUBLIC},
	{"11.0.0.0", REACH_PUBLIC},
	{"100.63.255.255", REACH_PUBLIC},
	{"100.128.0.0", REACH_PUBLIC},
	{"172.15.255.255", REACH_PUBLIC},
	{"172.32.0.0", REACH_PUBLIC},
	{"192.167.255.255", REACH_PUBLIC},
	{"192.169.0.0", REACH_PUBLIC},
	{"223.255.255.255", REACH_PUBLIC},
	{"127.0.0.1", REACH_LOOPBACK},
	{"127.255.255.254", REACH_LOOPBACK},
	{"0.0.0.0", REACH_CLOSED},
	{"0.1.2.3", REACH_CLOSED},
	{"10.0.0.1", REACH_CLOSED},
	{"10.255.255.255", REACH_CLOSED},
	{"100.64.0.1", REACH_CLOSED},
	{"100.127.255.255", REACH_CLOSED},
	{"169.254.169.254", REACH_CLOSED},
	{"172.16.0.1", REACH_CLOSED},
	{"172.31.255.255", REACH_CLOSED},
	{"192.0.0.1", REACH_CLOSED},
	{"192.0.2.1", REACH_CLOSED},
	{"192.88.99.1", REACH_CLOSED},
	{"192.168.0.1", REACH_CLOSED},
	{"198.18.0.1", REACH_CLOSED},
	{"198.19.255.255", REACH_CLOSED},
	{"198.51.100.1", REACH_CLOSED},
	{"203.0.113.1", REACH_CLOSED},
	{"224.0.0.1", REACH_CLOSED},
	{"240.0.0.1", REACH_CLOSED},
	{"255.255.255.255", REACH_CLOSED},
	{"2606:4700::1111", REACH_PUBLIC},
	{"2001:4860:4860::8888", REACH_PUBLIC},
	{"2003::1", REACH_PUBLIC},
	{"::1", REACH_LOOPBACK},
	{"::", REACH_CLOSED},
	{"::127.0.0.1", REACH_CLOSED},
	{"::ffff:127.0.0.1", REACH_CLOSED},
	{"::ffff:8.8.8.8", REACH_CLOSED},
	{"64:ff9b::7f00:1", REACH_CLOSED},
	{"100::1", REACH_CLOSED},
	{"2001::1", REACH_CLOSED},
	{"2001:10::1", REACH_CLOSED},
	{"2001:1ff:ffff::1", REACH_CLOSED},
	{"2001:200::1", REACH_PUBLIC},
	{"2001:db8::1", REACH_CLOSED},
	{"2002:7f00:1::", REACH_CLOSED},
	{"3fff::1", REACH_CLOSED},
	{"3fff:fff:ffff::1", REACH_CLOSED},
	{"3fff:1000::1", REACH_PUBLIC},
	{"fc00::1", REACH_CLOSED},
	{"fd12:3456::1", REACH_CLOSED},
	{"fe80::1", REACH_CLOSED},
	{"fec0::1", REACH_CLOSED},
	{"ff02::1", REACH_CLOSED},
};

START_TEST(addresses_are_sorted)
{
	for (size_t i = 0; i < COUNT_OF(ADDRESSES); i++) {
		struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(443)};
		struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(8443)};
		const char *s = ADDRESSES[i].address;
		const struct sockaddr *sa;

		if (inet_pton(AF_INET, s, &v4.sin_addr) == 1)
			sa = (const void *)&v4;
		else {
			ck_assert_int_eq(inet_pton(AF_INET6, s, &v6.sin6_addr), 1);
			sa = (const void *)&v6;
		}
		ck_assert_msg(reach_of(sa) == ADDRESSES[i].reach, "%s", s);
		ck_assert_int_eq(reach_port(sa), sa->sa_family == AF_INET ? 443 : 8443);
	}
}
END_TEST

START_TEST(other_families_are_closed)
{
	struct sockaddr_un u = {.sun_family = AF_UNIX, .sun_path = "/run/x"};

	ck_assert_int_eq(reach_of((const void *)&u), REACH_CLOSED);
}
END_TEST

Suite *suite_reach(void)
{
	Suite *s = suite_create("reach");
	TCase *t = tcase_create("reach");

	tcase_add_test(t, addresses_are_sorted);
	tcase_add_test(t, other_families_are_closed);
	suite_add_tcase(s, t);
	return s;
}
