/* Accounts at providers: what becomes of their secrets, and which of them
 * verifies webhooks. */
#include "core/tenant/integration.h"
#include "core/sys/conf.h"
#include "core/sys/crypto.h"
#include "core/tenant/hook.h"
#include "tests/db/calls.h"
#include "tests/db/edits.h"

static void setup(void)
{
	salon_setup();
	with_keys(c);
	c->actor = ACTOR_SYSTEM;
}

static struct integration make(const struct integration *in)
{
	struct integration i;
	int rc = integration_create(c, in, &i);

	ck_assert_msg(rc == 0, "%s", rc == 0 ? "" : c->err.fields[0].message);
	return i;
}

static struct integration stripe(void)
{
	return make(&(struct integration){.provider = PROVIDER_STRIPE,
		.is_active = true,
		.secret = "sk_live_0123456789abcd",
		.signing_secret = "whsec_0123456789wxyz"});
}

static struct integration change_one(
	const struct integration *i, const char *member, const struct integration *in)
{
	struct integration out;
	int rc = integration_change(c, i->id, in, bit(&INTEGRATION_EDIT, member), &out);

	ck_assert_msg(rc == 0, "%s", rc == 0 ? "" : c->err.fields[0].message);
	return out;
}

/* What webhooks to it may be signed with, as "one two". */
static const char *keys_of(const struct integration *i)
{
	struct buf b = buf_new(c->mem, 1000);
	struct bytes keys[HOOK_KEYS_MAX];
	struct hook_secret s;
	uint32_t here = c->company;

	c->company = 0;
	ck_assert_int_eq(hook_find(c, PROVIDERS[i->provider], i->hook, &s), 1);
	int n = hook_keys(c, &s, keys);
	c->company = here;
	ck_assert_int_ge(n, 0);
	for (int k = 0; k < n; k++)
		buf_printf(&b, "%s%.*s", k > 0 ? " " : "", (int)keys[k].n, (const char *)keys[k].p);
	return buf_text(&b);
}

static int64_t stored_plainly(const char *text)
{
	return one_int(c,
		"SELECT COUNT(*) FROM integration WHERE INSTR(CONCAT_WS('', secret_cell,"
		" signing_cell, previous_cell, label, account, hook, secret_last_four), ?) > 0",
		text);
}

START_TEST(secrets_are_sealed_and_shown_in_part)
{
	struct integration i = stripe(), got, other = stripe();
	const char *secret;

	ck_assert_str_eq(i.secret_last_four, "abcd");
	ck_assert_str_eq(i.signing_secret_last_four, "wxyz");
	ck_assert_uint_eq(strlen(i.hook), 32);
	ck_assert_str_ne(i.hook, other.hook);
	ck_assert_str_eq(i.webhook_url,
		mem_printf(c->mem, "%s/webhooks/stripe/%s", c->conf->server_public_url, i.hook));
	ck_assert_int_eq(stored_plainly("sk_live_0123"), 0);
	ck_assert_int_eq(stored_plainly("whsec_0123"), 0);
	ck_assert_int_eq(integration_get(c, i.id, &got), 0);
	ck_assert_int_eq(integration_secret(c, &got, &secret), 0);
	ck_assert_str_eq(secret, "sk_live_0123456789abcd");
	ck_assert_ptr_null(got.secret);
	ck_assert(got.is_active && got.last_test_at.ms == 0);
	is_audited("integration.create", i.id, "");
}
END_TEST

static const struct {
	enum provider provider;
	const char *signing_secret;
	const char *keys;
	bool has_address;
} SIGNERS[] = {
	{PROVIDER_RETELL, NULL, "api-key-of-it", true},
	{PROVIDER_TWILIO, NULL, "api-key-of-it", true},
	{PROVIDER_VAPI, "signing-secret", "signing-secret", true},
	{PROVIDER_VAPI, NULL, "", true},
	{PROVIDER_CALCOM, "signing-secret", "signing-secret", true},
	{PROVIDER_STRIPE, "signing-secret", "signing-secret", true},
	{PROVIDER_STRIPE, NULL, "", true},
	{PROVIDER_SENDGRID, "signing-secret", "signing-secret", true},
	{PROVIDER_OPENAI, NULL, "", false},
};

START_TEST(webhooks_are_signed_with_what_the_provider_signs_with)
{
	struct integration i = make(&(struct integration){.provider = SIGNERS[_i].provider,
		.is_active = true,
		.secret = "api-key-of-it",
		.signing_secret = SIGNERS[_i].signing_secret});

	ck_assert_str_eq(keys_of(&i), SIGNERS[_i].keys);
	ck_assert((i.webhook_url != NULL) == SIGNERS[_i].has_address);
}
END_TEST

START_TEST(a_secret_that_is_replaced_verifies_for_a_day)
{
	struct integration in = {.secret = "second-bbbb"}, i, first;

	first = make(&(struct integration){
		.provider = PROVIDER_RETELL, .is_active = true, .secret = "first-aaaa"});
	i = change_one(&first, "secret", &in);
	ck_assert_str_eq(i.hook, first.hook);
	ck_assert_str_eq(i.secret_last_four, "bbbb");
	ck_assert_int_eq(i.previous_until.ms, c->now.ms + 86400000);
	ck_assert_str_eq(keys_of(&i), "second-bbbb first-aaaa");
	is_audited("integration.update", i.id,
		"secret_last_four,previous_until,secret_cell,previous_cell");
	/* the same one again changes nothing */
	i = change_one(&first, "secret", &in);
	ck_assert_str_eq(keys_of(&i), "second-bbbb first-aaaa");
	ck_assert_int_eq(
		one_int(c,
			"SELECT COUNT(*) FROM audit_entry WHERE subject_id = ? AND action ="
			" 'integration.update'",
			i.id),
		1);
	in.secret = "third-cccc";
	i = change_one(&first, "secret", &in);
	ck_assert_str_eq(keys_of(&i), "third-cccc second-bbbb");
	c->now.ms += 86400000 - 1;
	ck_assert_str_eq(keys_of(&i), "third-cccc second-bbbb");
	c->now.ms += 1;
	ck_assert_str_eq(keys_of(&i), "third-cccc");
}
END_TEST

START_TEST(only_what_verifies_webhooks_is_kept_for_a_day)
{
	struct integration in = {.secret = "sk_live_another", .signing_secret = "whsec_another"};
	struct integration i = stripe(), changed;

	changed = change_one(&i, "secret", &in);
	ck_assert_int_eq(changed.previous_until.ms, 0);
	ck_assert_str_eq(keys_of(&i), "whsec_0123456789wxyz");
	changed = change_one(&i, "signing_secret", &in);
	ck_assert_str_eq(changed.signing_secret_last_four, "ther");
	ck_assert_str_eq(keys_of(&i), "whsec_another whsec_0123456789wxyz");
	in.signing_secret = NULL; /* taken away: nothing verifies any more */
	changed = change_one(&i, "signing_secret", &in);
	ck_assert_ptr_null(changed.signing_secret_last_four);
	ck_assert_int_eq(changed.previous_until.ms, 0);
	ck_assert_str_eq(keys_of(&i), "");
	in.signing_secret = "whsec_again";
	changed = change_one(&i, "signing_secret", &in);
	ck_assert_str_eq(keys_of(&i), "whsec_again");
}
END_TEST

START_TEST(a_secret_that_does_not_open_can_be_replaced)
{
	struct integration in = {.secret = "second-key"}, first, i;

	hush();
	first = make(&(struct integration){
		.provider = PROVIDER_RETELL, .is_active = true, .secret = "first-key"});
	ck_assert_int_eq(
		db_exec(c, "UPDATE integration SET secret_cell = REVERSE(secret_cell) WHERE id = ?",
			first.id),
		1);
	i = change_one(&first, "secret", &in);
	ck_assert_str_eq(keys_of(&i), "second-key");
}
END_TEST

START_TEST(calcom_is_active_with_a_signing_secret_only)
{
	struct integration in = {
		.provider = PROVIDER_CALCOM, .is_active = true, .secret = "cal_live_0123456789"};
	struct integration i;

	wrong(integration_create(c, &in, &i), "signing_secret");
	in.is_active = false;
	i = make(&in);
	in.is_active = true;
	wrong(integration_change(c, i.id, &in, bit(&INTEGRATION_EDIT, "is_active"), &i),
		"signing_secret");
	in.signing_secret = "webhook-secret";
	change_one(&i, "signing_secret", &in);
	change_one(&i, "is_active", &in);
	in.signing_secret = NULL;
	wrong(integration_change(c, i.id, &in, bit(&INTEGRATION_EDIT, "signing_secret"), &i),
		"signing_secret");
}
END_TEST

static const struct {
	struct integration in;
	const char *field;
} WRONG[] = {
	{{.provider = PROVIDER_RETELL, .secret = "seven77"}, "secret"},
	{{.provider = PROVIDER_RETELL, .secret = "with a blank"}, "secret"},
	{{.provider = PROVIDER_RETELL, .secret = "with\nnew-line"}, "secret"},
	{{.provider = PROVIDER_RETELL, .secret = "schl\xC3\xBCssel"}, "secret"},
	{{.provider = PROVIDER_RETELL, .secret = "good-key", .signing_secret = "good-secret"},
		"signing_secret"},
	{{.provider = PROVIDER_OPENAI, .secret = "good-key", .signing_secret = "good-secret"},
		"signing_secret"},
	{{.provider = PROVIDER_STRIPE, .secret = "good-key", .signing_secret = "short"},
		"signing_secret"},
	{{.provider = PROVIDER_TWILIO, .secret = "good-key", .account = "AC 1"}, "account"},
	{{.provider = PROVIDER_TWILIO, .secret = "good-key", .agent = "\xC3\xBC"}, "agent"},
	{{.provider = PROVIDER_TWILIO, .secret = "good-key", .from_number = "call me"},
		"from_number"},
};

START_TEST(what_is_wrong_is_named)
{
	struct integration i;

	wrong(integration_create(c, &WRONG[_i].in, &i), WRONG[_i].field);
}
END_TEST

START_TEST(a_number_is_stored_as_others_dial_it)
{
	struct integration i = make(&(struct integration){
		.provider = PROVIDER_TWILIO, .secret = "good-key", .from_number = "030 23125001"});

	ck_assert_str_eq(i.from_number, "+493023125001");
}
END_TEST

START_TEST(what_is_deleted_is_gone_with_its_secrets)
{
	struct integration i = stripe();
	struct hook_secret s;

	ck_assert_int_eq(integration_delete(c, i.id), 0);
	is_audited("integration.delete", i.id, "");
	c->company = 0;
	ck_assert_int_eq(hook_find(c, "stripe", i.hook, &s), 0);
	c->company = salon();
	refused(integration_delete(c, i.id), E_NOT_FOUND, "");
	refused(integration_get(c, i.id, &i), E_NOT_FOUND, "");
}
END_TEST

START_TEST(one_test_waits_at_a_time)
{
	struct integration i = stripe();
	const char *first, *second;

	ck_assert_int_eq(integration_test(c, i.id, &first), 0);
	ck_assert_int_eq(integration_test(c, i.id, &second), 0);
	ck_assert_str_eq(first, second);
	is_audited("integration.test", i.id, "");
	ck_assert_int_eq(db_exec(c, "UPDATE job SET state = 'done' WHERE id = ?", first), 1);
	ck_assert_int_eq(integration_test(c, i.id, &second), 0);
	ck_assert_str_ne(first, second);
	refused(integration_test(c, NOBODY, &first), E_NOT_FOUND, "");
}
END_TEST

Suite *suite_integration(void)
{
	Suite *s = suite_create("integration");
	TCase *t = tcase_create("integrations");

	tcase_add_checked_fixture(t, setup, salon_teardown);
	tcase_add_test(t, secrets_are_sealed_and_shown_in_part);
	tcase_add_loop_test(t, webhooks_are_signed_with_what_the_provider_signs_with, 0,
		(int)COUNT_OF(SIGNERS));
	tcase_add_test(t, a_secret_that_is_replaced_verifies_for_a_day);
	tcase_add_test(t, only_what_verifies_webhooks_is_kept_for_a_day);
	tcase_add_test(t, a_secret_that_does_not_open_can_be_replaced);
	tcase_add_test(t, calcom_is_active_with_a_signing_secret_only);
	tcase_add_loop_test(t, what_is_wrong_is_named, 0, (int)COUNT_OF(WRONG));
	tcase_add_test(t, a_number_is_stored_as_others_dial_it);
	tcase_add_test(t, what_is_deleted_is_gone_with_its_secrets);
	tcase_add_test(t, one_test_waits_at_a_time);
	suite_add_tcase(s, t);
	return s;
}
