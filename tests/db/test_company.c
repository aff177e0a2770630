/* The company, and what it decides for itself. */
#include "tests/db/edits.h"
#include "core/billing/billing.h"
#include "core/tenant/company_create.h"
#include "core/tenant/settings.h"
#include "core/tenant/slug.h"

static struct company company(void)
{
	struct company co;

	ck_assert_int_eq(db_find_locked(c, &COMPANY, SALON_ID, &co), 1);
	return co;
}

static struct company_settings settings(void)
{
	struct company_settings s;

	ck_assert_int_eq(settings_current(c, &s), 0);
	return s;
}

static void is_audited_nowhere(const char *id)
{
	ck_assert_int_eq(
		one_int(c, "SELECT COUNT(*) FROM audit_entry WHERE subject_id = ?", id), 0);
}

START_TEST(a_company_changes_its_name)
{
	struct company was = company(), now = was;

	now.name = "Salon Abendrot";
	now.time_zone = "Europe/Vienna";
	ck_assert_int_eq(billing_company_change(c, &was, &now), 1);
	is_audited("company.update", SALON_ID, "name,time_zone");
	ck_assert_str_eq(company().name, "Salon Abendrot");
	ck_assert_int_eq(
		one_int(c, "SELECT COUNT(*) FROM company WHERE time_zone = 'Europe/Vienna'"), 1);
}
END_TEST

START_TEST(what_a_company_is_must_exist)
{
	static const struct {
		const char *field;
		const char *values[6];
	} BAD[] = {
		{"country", {"XX", "de", "D", "DEU", "D'", NULL}},
		{"time_zone", {"Europe/Nowhere", "CEST+1", NULL}},
		{"currency", {"EURO", "eur", "XYZ", "€", "A\"B", NULL}},
		{"locale", {"tlh-KLINGON", "english", "de@calendar=x", NULL}},
	};
	struct company was = company();

	for (size_t i = 0; i < COUNT_OF(BAD); i++) {
		for (const char *const *v = BAD[i].values; *v != NULL; v++) {
			struct company now = was;
			const struct field *f = table_field(&COMPANY, BAD[i].field);

			*(const char **)((char *)&now + f->offset) = *v;
			wrong(billing_company_change(c, &was, &now), BAD[i].field);
		}
	}
}
END_TEST

START_TEST(a_currency_stays_once_something_has_a_price)
{
	struct company was = company(), now = was;

	now.currency = "CHF";
	refused(billing_company_change(c, &was, &now), E_STATE, "EUR");
	ck_assert_int_ge(db_exec(c, "DELETE FROM service_staff"), 1);
	ck_assert_int_ge(db_exec(c, "DELETE FROM service_segment"), 1);
	ck_assert_int_ge(db_exec(c, "DELETE FROM service"), 1);
	ck_assert_int_eq(billing_company_change(c, &was, &now), 1);
	ck_assert_str_eq(company().currency, "CHF");
}
END_TEST

START_TEST(settings_begin_with_their_defaults)
{
	struct company_settings s = settings();
	const struct company_settings *fresh = COMPANY_SETTINGS.fresh;

	/* (the demo's companies know no quiet hours and no cap) */
	ck_assert_uint_eq(table_diff(&COMPANY_SETTINGS, &s, fresh),
		bit(&COMPANY_SETTINGS, "id") | bit(&COMPANY_SETTINGS, "quiet_from") |
			bit(&COMPANY_SETTINGS, "quiet_to") |
			bit(&COMPANY_SETTINGS, "daily_message_cap"));
	ck_assert_str_eq(s.id, SALON_ID);
}
END_TEST

START_TEST(settings_change_and_are_audited)
{
	struct company_settings was = settings(), now = was;

	now.max_open_bookings = 3;
	now.public_booking = false;
	now.retention_calls_days = 0;
	ck_assert_int_eq(settings_change(c, &was, &now), 1);
	is_audited("company_settings.update", SALON_ID,
		"public_booking,max_open_bookings,retention_calls_days");
	was = settings();
	ck_assert_int_eq(was.max_open_bookings, 3);
	now.max_open_bookings = 0;
	ck_assert_int_eq(settings_change(c, &was, &now), 1);
	ck_assert_int_eq(one_int(c, "SELECT max_open_bookings IS NULL FROM company_settings"), 1);
}
END_TEST

START_TEST(origins_are_origins)
{
	static const char *const BAD[] = {"www.example.com", "https://", "https://x/", "*",
		"https://*.example.com", "https://a.example; script-src *", "https://x:0",
		"https://x:65536", "https://x:", "javascript:x",
		"https://a.example,https://b.example", "https://user@x", "https://.x",
		"https://\"x", "ftp://x", "https://a.example https:"};
	struct company_settings was = settings(), now = was;

	for (size_t i = 0; i < COUNT_OF(BAD); i++) {
		now.cors_origins = BAD[i];
		wrong(settings_change(c, &was, &now), "cors_origins");
	}
	now.cors_origins = NULL;
	now.frame_origins = "https://x\r\nX-Header: y";
	wrong(settings_change(c, &was, &now), "frame_origins");
	now.cors_origins = " https://WWW.example.com\n\thttps://b.example:8443 ";
	now.frame_origins = "  ";
	ck_assert_int_eq(settings_change(c, &was, &now), 1);
	ck_assert_str_eq(settings().cors_origins, "https://www.example.com https://b.example:8443");
	ck_assert_ptr_null(settings().frame_origins);
}
END_TEST

/* ---- new companies ---- */

static const struct company_new NEW = {
	.name = "Müller & Söhne",
	.country = "DE",
	.time_zone = "Europe/Berlin",
	.currency = "EUR",
	.locale = "de",
};

START_TEST(a_company_is_made_with_its_settings)
{
	struct some_company made, again;
	struct company co;

	ck_assert_int_eq(company_create(c, &NEW, &made), 0);
	ck_assert_int_eq(company_create(c, &NEW, &again), 0);
	ck_assert_str_eq(made.slug, "mueller-soehne");
	ck_assert_str_eq(again.slug, "mueller-soehne-2");
	ck_assert_uint_eq(c->company, salon());
	is_audited_nowhere(made.company_id);
	c->company = (uint32_t)made.company_number;
	ck_assert_int_eq(company_current(c, &co), 0);
	ck_assert_str_eq(co.id, made.company_id);
	ck_assert_str_eq(co.name, NEW.name);
	ck_assert_int_eq(co.status, COMPANY_TRIAL);
	ck_assert_int_eq(co.plan_minute_cents, 20);
	struct company_settings s = settings();
	ck_assert_uint_eq(table_diff(&COMPANY_SETTINGS, &s, COMPANY_SETTINGS.fresh),
		bit(&COMPANY_SETTINGS, "id"));
	is_audited("company.create", made.company_id, "");
}
END_TEST

START_TEST(many_of_one_name_find_a_slug)
{
	struct some_company made[14];

	for (size_t i = 0; i < COUNT_OF(made); i++) {
		ck_assert_int_eq(company_create(c, &NEW, &made[i]), 0);
		ck_assert(slug_valid(made[i].slug));
		for (size_t k = 0; k < i; k++)
			ck_assert_str_ne(made[i].slug, made[k].slug);
	}
}
END_TEST

START_TEST(a_company_that_cannot_be_is_not_made)
{
	struct company_new bad = NEW;
	struct some_company made;

	bad.country = "XX";
	bad.time_zone = "Mars/Base";
	bad.currency = "XXX1";
	bad.locale = "??";
	ck_assert_int_eq(company_create(c, &bad, &made), -1);
	ck_assert_int_eq(c->err.code, E_INVALID);
	ck_assert_int_eq(c->err.n_fields, 4);
	err_clear(c);
	bad = NEW;
	bad.plan = "nonsense";
	ck_assert_int_eq(company_create(c, &bad, &made), -1);
	ck_assert_int_eq(c->err.code, E_INTERNAL);
}
END_TEST

START_TEST(a_slug_is_made_of_any_name)
{
	static const struct {
		const char *locale, *name, *slug;
	} NAMES[] = {
		{"de", "Müller & Söhne", "mueller-soehne"},
		{"fr", "Müller", "muller"},
		{"de-AT", "Größe", "groesse"},
		{"ru", "Парикмахерская", "parikmaherskaa"},
		{"el", "Ομορφιά", "omorphia"},
		{"ja", "東京サロン", "dong-jingsaron"},
		{"en", "Anna's  Nails -- & Spa!", "annas-nails-spa"},
		{"en", "!!!", "company"},
		{"en", "Bookings", "bookings-company"},
		{"en", "feeds", "feeds-company"},
		{"en", "--a--", "a"},
		{"en", "12345678901234567890123456789012345678901234567890123",
			"12345678901234567890123456789012345678901234567890"},
		{"en", "1234567890123456789012345678901234567890123456789 2",
			"1234567890123456789012345678901234567890123456789"},
	};

	for (size_t i = 0; i < COUNT_OF(NAMES); i++) {
		const char *slug = slug_of(c, NAMES[i].locale, NAMES[i].name, 1);

		ck_assert_str_eq(slug, NAMES[i].slug);
		ck_assert(slug_valid(slug));
		ck_assert(slug_valid(slug_of(c, NAMES[i].locale, NAMES[i].name, 1000000)));
	}
}
END_TEST

Suite *suite_company(void)
{
	Suite *s = suite_create("company");
	TCase *t = tcase_create("company");

	tcase_add_checked_fixture(t, salon_setup, salon_teardown);
	tcase_add_test(t, a_company_changes_its_name);
	tcase_add_test(t, what_a_company_is_must_exist);
	tcase_add_test(t, a_currency_stays_once_something_has_a_price);
	tcase_add_test(t, settings_begin_with_their_defaults);
	tcase_add_test(t, settings_change_and_are_audited);
	tcase_add_test(t, origins_are_origins);
	tcase_add_test(t, a_company_is_made_with_its_settings);
	tcase_add_test(t, many_of_one_name_find_a_slug);
	tcase_add_test(t, a_company_that_cannot_be_is_not_made);
	tcase_add_test(t, a_slug_is_made_of_any_name);
	suite_add_tcase(s, t);
	return s;
}
