#include "core/base/network.h"
#include "tests/unit/unit.h"

static struct ctx *c;

static void setup(void)
{
	c = unit_ctx();
}

static void teardown(void)
{
	unit_ctx_end(c);
}

static const struct {
	const char *given;
	const char *text; /* NULL: none */
} WRITTEN[] = {
	{"203.0.113.7", "203.0.113.7"},
	{"203.0.113.7/32", "203.0.113.7"},
	{"203.0.113.7/24", "203.0.113.0/24"},
	{"203.0.113.255/25", "203.0.113.128/25"},
	{"10.255.255.255/9", "10.128.0.0/9"},
	{"0.0.0.0/0", "0.0.0.0/0"},
	{"2001:DB8::1", "2001:db8::1"},
	{"2001:db8:1234:5678::1/33", "2001:db8::/33"},
	{"2001:db8:ffff::/33", "2001:db8:8000::/33"},
	{"::/0", "::/0"},
	{"::1/128", "::1"},
	{"::ffff:203.0.113.7", "203.0.113.7"},
	{"::ffff:203.0.113.7/120", "203.0.113.0/24"},
	{"", NULL},
	{"/", NULL},
	{"203.0.113", NULL},
	{"203.0.113.7/", NULL},
	{"203.0.113.7/33", NULL},
	{"203.0.113.7/-1", NULL},
	{"203.0.113.7/08", NULL},
	{"203.0.113.7/24/24", NULL},
	{"203.0.113.7 ", NULL},
	{" 203.0.113.7", NULL},
	{"203.0.113.07", NULL},
	{"203.0.113.256", NULL},
	{"::1/129", NULL},
	{"fe80::1%eth0", NULL},
	{"[::1]", NULL},
	{"localhost", NULL},
	{"1", NULL},
	{"ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255:ffff:ffff:ffff:ffff", NULL},
};

START_TEST(networks_have_one_spelling)
{
	struct network n;
	bool taken = network_parse(WRITTEN[_i].given, &n);

	ck_assert_msg(taken == (WRITTEN[_i].text != NULL), "%s", WRITTEN[_i].given);
	if (taken)
		ck_assert_str_eq(network_text(c->mem, &n), WRITTEN[_i].text);
}
END_TEST

static const struct {
	const char *network;
	const char *address;
	bool inside;
} INSIDE[] = {
	{"203.0.113.7", "203.0.113.7", true},
	{"203.0.113.7", "203.0.113.6", false},
	{"203.0.113.0/24", "203.0.113.255", true},
	{"203.0.113.0/24", "203.0.114.0", false},
	{"203.0.113.128/25", "203.0.113.127", false},
	{"203.0.113.128/25", "203.0.113.128", true},
	{"203.0.113.0/24", "::ffff:203.0.113.9", true},
	{"0.0.0.0/0", "198.51.100.1", true},
	{"0.0.0.0/0", "2001:db8::1", false},
	{"::/0", "2001:db8::1", true},
	{"::/0", "198.51.100.1", true},
	{"2001:db8::/33", "2001:db8:7fff::1", true},
	{"2001:db8::/33", "2001:db8:8000::1", false},
	{"203.0.113.0/24", NULL, false},
	{"203.0.113.0/24", "", false},
	{"203.0.113.0/24", "203.0.113.0/24", false},
	{"::/0", "unix:", false},
};

START_TEST(an_address_lies_in_a_network_or_not)
{
	struct network all[2];

	ck_assert(network_parse("192.0.2.1", &all[0]));
	ck_assert(network_parse(INSIDE[_i].network, &all[1]));
	ck_assert_msg(networks_have(all, 2, INSIDE[_i].address) == INSIDE[_i].inside, "%s %s",
		INSIDE[_i].network, INSIDE[_i].address);
	ck_assert(networks_have(all, 2, "192.0.2.1"));
	ck_assert(!networks_have(all, 0, "192.0.2.1"));
}
END_TEST

START_TEST(a_list_has_networks_and_names_what_is_none)
{
	struct network all[3];
	struct arena *mem = arena_new(65536);
	const char *wrong;

	ck_assert_uint_eq(networks_parse(mem, "", all, 3, &wrong), 0);
	ck_assert_ptr_null(wrong);
	ck_assert_uint_eq(networks_parse(mem, " 10.0.0.0/8,,fd00::/8 ", all, 3, &wrong), 2);
	ck_assert_ptr_null(wrong);
	ck_assert(networks_have(all, 2, "10.1.2.3") && networks_have(all, 2, "fd12::1"));
	ck_assert_uint_eq(networks_parse(mem, "10.0.0.0/8 ten 192.168.0.1", all, 3, &wrong), 2);
	ck_assert_str_eq(wrong, "ten");
	ck_assert_uint_eq(
		networks_parse(mem, "1.1.1.1 2.2.2.2 3.3.3.3 4.4.4.4", all, 3, &wrong), 3);
	ck_assert_str_eq(wrong, "4.4.4.4");
	arena_delete(mem);
}
END_TEST

Suite *suite_network(void)
{
	Suite *s = suite_create("network");
	TCase *t = tcase_create("network");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, networks_have_one_spelling, 0, COUNT_OF(WRITTEN));
	tcase_add_loop_test(t, an_address_lies_in_a_network_or_not, 0, COUNT_OF(INSIDE));
	tcase_add_test(t, a_list_has_networks_and_names_what_is_none);
	suite_add_tcase(s, t);
	return s;
}
