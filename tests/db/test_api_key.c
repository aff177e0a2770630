/* Keys for programs: what they may do, from where, and for how long. */
#include "core/sys/conf.h"
#include "core/user/api_key.h"
#include "tests/db/calls.h"
#include "tests/db/edits.h"

#define DAY_MS INT64_C(86400000)

static void setup(void)
{
	salon_setup();
	c->now = ts_now();
	c->actor = ACTOR_SYSTEM;
	c->permissions = role_permissions(ROLE_OWNER);
}

static struct texts texts(const char *list)
{
	return texts_of(c->mem, list);
}

/* A role of a company, by its name. */
static enum key_role role(const char *name)
{
	const struct field *f = table_field(&API_KEY_IN, "role");
	int i = names_find(f->names, name);

	ck_assert_int_gt(i, 0);
	return i;
}

static struct api_key make(const struct api_key *in)
{
	struct api_key k;

	ck_assert_int_eq(api_key_create(c, in, &k), 0);
	return k;
}

static struct api_key staff_key(void)
{
	return make(&(struct api_key){.name = "Till", .role = role("staff")});
}

/* What asking with the key gives: 1 and the identity, or 0. */
static int find(const char *key, struct identity *who)
{
	uint32_t here = c->company;

	c->company = 0;
	int rc = api_key_find(c, key, who);
	c->company = here;
	ck_assert_int_ge(rc, 0);
	return rc;
}

START_TEST(a_key_is_made_shown_and_found)
{
	struct api_key k = staff_key();
	struct identity who;

	ck_assert_uint_eq(strlen(k.key), API_KEY_LENGTH);
	ck_assert(text_starts(k.key, "fdk_test_"));
	ck_assert(text_starts(k.key, k.prefix));
	ck_assert_uint_eq(strlen(k.prefix), 13);
	ck_assert_str_eq(k.key + API_KEY_LENGTH - 4, k.last_four);
	ck_assert_str_ne(k.key, staff_key().key);
	ck_assert_int_eq(find(k.key, &who), 1);
	ck_assert_str_eq(who.key_id, k.id);
	ck_assert_ptr_null(who.user_id);
	ck_assert_str_eq(who.slug, "salon-morgenrot");
	ck_assert_uint_eq(who.key_permissions, role_permissions(ROLE_STAFF));
	ck_assert_uint_eq(who.n_key_networks, 0);
	is_audited("api_key.create", k.id, "");
	/* nothing of it but the digest and what is shown */
	ck_assert_int_eq(one_int(c,
				 "SELECT COUNT(*) FROM api_key WHERE id = ?"
				 " AND key_hash = UNHEX(SHA2(?, 256))",
				 k.id, k.key),
		1);
}
END_TEST

START_TEST(a_key_has_a_checksum)
{
	struct conf live = *c->conf;
	const char *key = staff_key().key;
	struct identity who;

	ck_assert(api_key_is_one(key));
	for (int i = 0; i < API_KEY_LENGTH; i++) {
		char *other = mem_text(c->mem, key);

		other[i] = key[i] == 'a' ? 'b' : 'a';
		ck_assert_msg(!api_key_is_one(other), "sign %d", i);
	}
	ck_assert(!api_key_is_one(""));
	ck_assert(!api_key_is_one(mem_printf(c->mem, "%sx", key)));
	ck_assert(!api_key_is_one(mem_text_n(c->mem, key, API_KEY_LENGTH - 1)));
	live.server_sandbox = false;
	c->conf = &live;
	key = api_key_text(c);
	ck_assert(text_starts(key, "fdk_live_") && api_key_is_one(key));
	/* a mistyped one costs no look into the database */
	unsigned calls = c->db_calls;
	ck_assert_int_eq(
		find(mem_printf(c->mem, "%.46s%c", key, key[46] == '0' ? '1' : '0'), &who), 0);
	ck_assert_uint_eq(c->db_calls, calls);
	ck_assert_int_eq(find(key, &who), 0);
	ck_assert_uint_eq(c->db_calls, calls + 1);
}
END_TEST

START_TEST(permissions_are_listed_instead_of_a_role)
{
	struct api_key k = make(&(struct api_key){
		.name = "Calls", .permissions = texts("calls.read,bookings.read,calls.read")});
	struct api_key got;
	struct identity who;

	ck_assert_int_eq(find(k.key, &who), 1);
	ck_assert_int_eq(who.role, ROLE_NONE);
	ck_assert_uint_eq(who.key_permissions,
		UINT64_C(1) << PERM_CALLS_READ | UINT64_C(1) << PERM_BOOKINGS_READ);
	ck_assert_int_eq(api_key_get(c, k.id, &got), 0);
	ck_assert_uint_eq(got.permissions.n, 2);
	/* one stands in for the other */
	struct api_key in = {.role = role("read_only"), .permissions = texts("calls.read")};
	ck_assert_int_eq(api_key_change(c, k.id, &in, bit(&API_KEY_IN, "role"), &got), 0);
	ck_assert_uint_eq(got.permissions.n, 0);
	is_audited("api_key.update", k.id, "role,permission_list");
	ck_assert_int_eq(api_key_change(c, k.id, &in, bit(&API_KEY_IN, "permissions"), &got), 0);
	ck_assert_int_eq(got.role, KEY_ROLE_NONE);
	wrong(api_key_change(c, k.id, &in,
		      bit(&API_KEY_IN, "permissions") | bit(&API_KEY_IN, "role"), &got),
		"role");
	in.permissions.n = 0;
	wrong(api_key_change(c, k.id, &in, bit(&API_KEY_IN, "permissions"), &got), "role");
}
END_TEST

START_TEST(nobody_gives_more_than_he_has)
{
	struct api_key owners = make(&(struct api_key){.name = "All", .role = role("owner")}), k;

	c->permissions = role_permissions(ROLE_STAFF) | UINT64_C(1) << PERM_KEYS_WRITE;
	wrong(api_key_create(c, &(struct api_key){.name = "x", .role = role("owner")}, &k), "role");
	wrong(api_key_create(c, &(struct api_key){.name = "x", .role = role("manager")}, &k),
		"role");
	wrong(api_key_create(c,
		      &(struct api_key){.name = "x",
			      .permissions = texts("calls.read,company.write,bookings.read")},
		      &k),
		"permissions.1");
	wrong(api_key_create(
		      c, &(struct api_key){.name = "x", .permissions = texts("calls.fly")}, &k),
		"permissions.0");
	struct api_key mine = staff_key();
	/* nor takes it from a key that has it */
	refused(api_key_rotate(c, owners.id, 1, &k), E_FORBIDDEN, "");
	refused(api_key_change(
			c, owners.id, &(struct api_key){.name = "y"}, bit(&API_KEY_IN, "name"), &k),
		E_FORBIDDEN, "");
	wrong(api_key_change(c, mine.id, &(struct api_key){.role = role("owner")},
		      bit(&API_KEY_IN, "role"), &k),
		"role");
	ck_assert_int_eq(api_key_rotate(c, mine.id, 1, &k), 0);
	ck_assert_int_eq(api_key_revoke(c, owners.id), 0);
}
END_TEST

START_TEST(addresses_are_kept_in_one_spelling)
{
	struct api_key in = {.name = "Till",
		.role = role("staff"),
		.allowed_addresses = texts("203.0.113.7/24,2001:DB8::1,203.0.113.99/24,192.0.2.1")};
	struct api_key k = make(&in);
	struct identity who;

	ck_assert_uint_eq(k.allowed_addresses.n, 3);
	ck_assert_str_eq(k.allowed_addresses.p[0], "203.0.113.0/24");
	ck_assert_str_eq(k.allowed_addresses.p[1], "2001:db8::1");
	ck_assert_int_eq(find(k.key, &who), 1);
	ck_assert_uint_eq(who.n_key_networks, 3);
	ck_assert(networks_have(who.key_networks, who.n_key_networks, "203.0.113.255"));
	ck_assert(!networks_have(who.key_networks, who.n_key_networks, "203.0.114.1"));
	in.allowed_addresses = texts("192.0.2.1,nowhere");
	wrong(api_key_create(c, &in, &k), "allowed_addresses.1");
}
END_TEST

START_TEST(twenty_networks_of_the_longest_kind_fit)
{
	struct api_key in = {.name = "Many", .role = role("staff")};
	struct texts all = {mem_alloc(c->mem, 20 * sizeof(char *)), 20};
	struct identity who;

	for (int i = 0; i < 20; i++)
		all.p[i] = mem_printf(
			c->mem, "2001:db8:1111:2222:3333:4444:5555:%x/127", 0x1110 + 2 * i);
	in.allowed_addresses = all;
	ck_assert_int_eq(find(make(&in).key, &who), 1);
	ck_assert_uint_eq(who.n_key_networks, 20);
	/* and every permission there is */
	in = (struct api_key){
		.name = "All", .permissions = permission_names(c, role_permissions(ROLE_OWNER))};
	ck_assert_int_eq(find(make(&in).key, &who), 1);
	ck_assert_uint_eq(who.key_permissions, role_permissions(ROLE_OWNER));
}
END_TEST

START_TEST(after_a_rotation_both_keys_hold_for_a_while)
{
	struct api_key first = staff_key(), second, third;
	struct identity who;

	ck_assert_int_eq(api_key_rotate(c, first.id, 2, &second), 0);
	ck_assert_str_eq(second.id, first.id);
	ck_assert_str_ne(second.key, first.key);
	ck_assert_int_eq(second.previous_until.ms, c->now.ms + 2 * 3600000);
	is_audited("api_key.rotate", first.id, "");
	ck_assert_int_eq(find(first.key, &who), 1);
	ck_assert_str_eq(who.key_id, first.id);
	ck_assert_int_eq(find(second.key, &who), 1);
	ck_assert_int_eq(
		db_exec(c, "UPDATE api_key SET previous_until = NOW(3) WHERE id = ?", first.id), 1);
	ck_assert_int_eq(find(first.key, &who), 0);
	ck_assert_int_eq(find(second.key, &who), 1);
	/* of two rotations in a row, the key before the last one holds; of one
	 * without an overlap none does */
	ck_assert_int_eq(api_key_rotate(c, first.id, 168, &third), 0);
	ck_assert_int_eq(find(second.key, &who), 1);
	ck_assert_int_eq(api_key_rotate(c, first.id, 0, &third), 0);
	ck_assert_int_eq(third.previous_until.ms, 0);
	ck_assert_int_eq(find(second.key, &who), 0);
	ck_assert_int_eq(find(third.key, &who), 1);
}
END_TEST

START_TEST(what_has_ended_is_no_key)
{
	struct api_key in = {.name = "Short", .role = role("staff")}, k, got;
	struct identity who;

	in.expires_at.ms = c->now.ms;
	wrong(api_key_create(c, &in, &k), "expires_at");
	in.expires_at.ms = c->now.ms + DAY_MS;
	k = make(&in);
	ck_assert_int_eq(find(k.key, &who), 1);
	ck_assert_int_eq(
		db_exec(c, "UPDATE api_key SET expires_at = '2020-01-01' WHERE id = ?", k.id), 1);
	ck_assert_int_eq(find(k.key, &who), 0);
	/* what expired can be renamed, but not expire again in the past */
	in = (struct api_key){.name = "Shorter", .expires_at = {c->now.ms - 1}};
	ck_assert_int_eq(api_key_change(c, k.id, &in, bit(&API_KEY_IN, "name"), &got), 0);
	wrong(api_key_change(c, k.id, &in, bit(&API_KEY_IN, "expires_at"), &got), "expires_at");
	in.expires_at.ms = 0;
	ck_assert_int_eq(api_key_change(c, k.id, &in, bit(&API_KEY_IN, "expires_at"), &got), 0);
	ck_assert_int_eq(find(k.key, &who), 1);
	ck_assert_int_eq(api_key_revoke(c, k.id), 0);
	is_audited("api_key.revoke", k.id, "");
	ck_assert_int_eq(find(k.key, &who), 0);
	refused(api_key_revoke(c, k.id), E_NOT_FOUND, "");
	refused(api_key_get(c, k.id, &got), E_NOT_FOUND, "");
	refused(api_key_rotate(c, k.id, 1, &got), E_NOT_FOUND, "");
	ck_assert_int_eq(
		one_int(c, "SELECT COUNT(*) FROM api_key WHERE id = ? AND revoked_at IS NOT NULL",
			k.id),
		1);
}
END_TEST

START_TEST(a_company_has_so_many_keys)
{
	struct api_key in = {.name = "One more", .role = role("staff")}, k;
	int made = 0;

	while (api_key_create(c, &in, &k) == 0)
		ck_assert_int_le(++made, API_KEYS_MAX);
	refused(-1, E_LIMIT_REACHED, "");
	ck_assert_int_eq(one_int(c, "SELECT COUNT(*) FROM api_key"), API_KEYS_MAX);
	ck_assert_int_eq(
		db_exec(c, "UPDATE api_key SET revoked_at = NOW(3) ORDER BY id DESC LIMIT 1"), 1);
	ck_assert_int_eq(api_key_create(c, &in, &k), 0);
}
END_TEST

static int64_t used_at(const char *id)
{
	return one_int(c,
		"SELECT COALESCE(CAST(UNIX_TIMESTAMP(last_used_at) * 1000 AS SIGNED), 0)"
		" FROM api_key WHERE id = ?",
		id);
}

START_TEST(the_last_use_is_written_down_once_an_hour)
{
	struct api_key k = staff_key();
	struct identity who;

	ck_assert_int_eq(used_at(k.id), 0);
	ck_assert_int_eq(find(k.key, &who), 1);
	int64_t first = used_at(k.id);
	ck_assert_int_ge(first, c->now.ms - 5000);
	unsigned calls = c->db_calls;
	ck_assert_int_eq(find(k.key, &who), 1);
	ck_assert_uint_eq(c->db_calls, calls + 1); /* nothing is written */
	ck_assert_int_eq(used_at(k.id), first);
	ck_assert_int_eq(db_exec(c,
				 "UPDATE api_key SET last_used_at = NOW(3) - INTERVAL 59 MINUTE"
				 " WHERE id = ?",
				 k.id),
		1);
	int64_t before = used_at(k.id);
	ck_assert_int_eq(find(k.key, &who), 1);
	ck_assert_int_eq(used_at(k.id), before);
	ck_assert_int_eq(db_exec(c,
				 "UPDATE api_key SET last_used_at = NOW(3) - INTERVAL 61 MINUTE"
				 " WHERE id = ?",
				 k.id),
		1);
	ck_assert_int_eq(find(k.key, &who), 1);
	ck_assert_int_ge(used_at(k.id), first);
}
END_TEST

/* ---- reminders ---- */

static void old_key(const char *name, const char *set)
{
	ck_assert_int_eq(db_script(admin,
				 mem_printf(admin->mem,
					 "INSERT INTO frontdesk_store.api_key SET company_id = %u,"
					 " id = UUID(), name = '%s', prefix = 'fdk_test',"
					 " key_hash = UNHEX(SHA2('%s', 256)), role = 'staff', %s",
					 salon(), name, name, set)),
		0);
}

static void reminders_begin(void)
{
	calls_begin();
	work->company = 0;
}

static void reminders_end(void)
{
	ck_assert_int_eq(
		db_script(admin, "DELETE FROM frontdesk_store.api_key WHERE name LIKE 'old %'"), 0);
	calls_end();
}

/* How many reminders there are after the job has run once more. */
static int64_t reminders(void)
{
	work->company = 0;
	ck_assert_int_eq(api_keys_remind(work, NULL), 0);
	return one_int(admin,
		"SELECT COUNT(*) FROM frontdesk_store.event e JOIN frontdesk_store.api_key k"
		" ON k.company_id = e.company_id AND k.id = e.subject_id"
		" WHERE e.kind = 'api_key.reminder' AND k.name LIKE 'old %'");
}

static void age(const char *days)
{
	ck_assert_int_eq(
		db_script(admin,
			mem_printf(admin->mem,
				"UPDATE frontdesk_store.api_key SET"
				" reminded_at = reminded_at - INTERVAL %s DAY,"
				" issued_at = issued_at - INTERVAL %s DAY WHERE name LIKE 'old %%'",
				days, days)),
		0);
}

START_TEST(a_key_in_use_for_long_is_told_of_each_time_it_is)
{
	old_key("old 1", "issued_at = NOW(3) - INTERVAL 89 DAY");
	ck_assert_int_eq(reminders(), 0);
	age("1");
	ck_assert_int_eq(reminders(), 1);
	ck_assert_int_eq(reminders(), 1);
	age("89");
	ck_assert_int_eq(reminders(), 1);
	age("1");
	ck_assert_int_eq(reminders(), 2);
	ck_assert_int_eq(reminders(), 2);
	age("200"); /* nobody looked for long: once is enough */
	ck_assert_int_eq(reminders(), 3);
	ck_assert_int_eq(one_int(admin,
				 "SELECT COUNT(*) FROM frontdesk_store.event WHERE kind ="
				 " 'api_key.reminder' AND payload LIKE '%\"name\":\"old 1\"%'"
				 " AND payload NOT LIKE '%hash%'"),
		3);
}
END_TEST

START_TEST(of_what_has_ended_or_was_renewed_nobody_is_told)
{
	old_key("old 1", "issued_at = NOW(3) - INTERVAL 100 DAY, revoked_at = NOW(3)");
	old_key("old 2", "issued_at = NOW(3) - INTERVAL 100 DAY, expires_at = NOW(3)");
	old_key("old 3", "created_at = NOW(3) - INTERVAL 100 DAY, issued_at = NOW(3)");
	ck_assert_int_eq(reminders(), 0);
	age("90"); /* a renewed key begins anew */
	ck_assert_int_eq(reminders(), 1);
}
END_TEST

START_TEST(more_keys_than_are_looked_at_at_once)
{
	for (int i = 0; i < 230; i++)
		old_key(mem_printf(admin->mem, "old %d", i),
			"issued_at = NOW(3) - INTERVAL 90 DAY");
	ck_assert_int_eq(reminders(), 230);
}
END_TEST

Suite *suite_api_key(void)
{
	Suite *s = suite_create("api_key");
	TCase *t = tcase_create("keys"), *u = tcase_create("reminders");

	tcase_add_checked_fixture(t, setup, salon_teardown);
	tcase_add_test(t, a_key_is_made_shown_and_found);
	tcase_add_test(t, a_key_has_a_checksum);
	tcase_add_test(t, permissions_are_listed_instead_of_a_role);
	tcase_add_test(t, nobody_gives_more_than_he_has);
	tcase_add_test(t, addresses_are_kept_in_one_spelling);
	tcase_add_test(t, twenty_networks_of_the_longest_kind_fit);
	tcase_add_test(t, after_a_rotation_both_keys_hold_for_a_while);
	tcase_add_test(t, what_has_ended_is_no_key);
	tcase_add_test(t, a_company_has_so_many_keys);
	tcase_add_test(t, the_last_use_is_written_down_once_an_hour);
	suite_add_tcase(s, t);
	tcase_set_timeout(u, 60);
	tcase_add_checked_fixture(u, reminders_begin, reminders_end);
	tcase_add_test(u, a_key_in_use_for_long_is_told_of_each_time_it_is);
	tcase_add_test(u, of_what_has_ended_or_was_renewed_nobody_is_told);
	tcase_add_test(u, more_keys_than_are_looked_at_at_once);
	suite_add_tcase(s, u);
	return s;
}
