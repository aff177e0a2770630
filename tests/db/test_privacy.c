/* What is kept about customers: erased whole, and nothing of others. */
#include "tests/db/calls.h"
#include "core/base/id.h"
#include "core/booking/booking.h"
#include "core/booking/waiting_list.h"
#include "core/customer/consent.h"
#include "core/event/event.h"
#include "core/notify/notify.h"
#include "core/privacy/erase.h"
#include "core/privacy/export.h"
#include "core/task/task.h"

#include <zip.h>

#define CANARY "zebrafinch"

/* ---- the whole database ---- */

struct place {
	const char *table_name;
	const char *column_name;
};

static const struct field PLACE_FIELDS[] = {
	TEXT(place, table_name, 0, 64),
	TEXT(place, column_name, 0, 64),
};
static const struct table PLACE = TABLE(place, "columns", PLACE_FIELDS);

/* Where a word stands: "call.transcript event.payload …"; "" nowhere. */
static const char *places_of(const char *word)
{
	struct buf b = buf_new(admin->mem, 10000);
	struct rows rows;

	ck_assert_int_gt(
		db_rows(admin, &PLACE, &rows,
			"SELECT k.TABLE_NAME AS table_name, k.COLUMN_NAME AS column_name"
			" FROM information_schema.COLUMNS k JOIN information_schema.TABLES t"
			" ON t.TABLE_SCHEMA = k.TABLE_SCHEMA AND t.TABLE_NAME = k.TABLE_NAME"
			" WHERE k.TABLE_SCHEMA = 'frontdesk_store' AND"
			" t.TABLE_TYPE LIKE '%TABLE%' AND (k.DATA_TYPE LIKE '%char'"
			" OR k.DATA_TYPE LIKE '%text' OR k.DATA_TYPE LIKE '%blob'"
			" OR k.DATA_TYPE LIKE '%binary') ORDER BY 1, 2"),
		50);
	for (size_t i = 0; i < rows.n; i++) {
		const struct place *p = (const struct place *)rows.p + i;
		const char *sql = mem_printf(admin->mem,
			"SELECT COUNT(*) FROM frontdesk_store.`%s` WHERE LOCATE(?, `%s`) > 0",
			p->table_name, p->column_name);
		struct arg arg = arg_text(word);
		int64_t n = 0;

		ck_assert_int_eq(db_int_(admin, &n, sql, &arg, 1), 1);
		if (n > 0)
			buf_printf(&b, "%s.%s ", p->table_name, p->column_name);
	}
	return buf_text(&b);
}

static struct ctx *c; /* of a program, in the salon */

static void forget(void)
{
	ck_assert_int_ge(db_exec(admin, "DELETE FROM frontdesk_store.waiting_list_entry"), 0);
	ck_assert_int_ge(db_exec(admin, "DELETE FROM frontdesk_store.booking_series"), 0);
	ck_assert_int_ge(db_exec(admin, "DELETE FROM frontdesk_store.opt_out"), 0);
	ck_assert_int_ge(db_exec(admin, "DELETE FROM frontdesk_store.provider_call"), 0);
	ck_assert_int_ge(db_exec(admin, "DELETE FROM frontdesk_store.idempotency"), 0);
	ck_assert_int_ge(db_exec(admin, "DELETE FROM frontdesk_store.job_failure"), 0);
}

static void setup(void)
{
	calls_begin();
	forget();
	c = web;
	c->company = salon();
	c->company_id = SALON_ID;
}

static void teardown(void)
{
	web->company = 0;
	forget();
	calls_end();
}

/* ---- two customers with everything ---- */

#define HAIRCUT "01900000-0000-7000-8000-5a1000000060"
#define OTHER "+4915187654321"
#define OTHERS_CANARY "nightjar"

static const char *her; /* whose canary is CANARY, and her number CALLER */
static const char *his;

struct guest {
	const char *id;
	const char *word;
	int hour;
};

/* Whatever somebody can have beside calls. */
static int live(struct ctx *k, void *arg)
{
	const struct guest *p = arg;
	struct customer who = {.id = p->id};
	struct appointment a;
	struct wish w = {
		.service_id = HAIRCUT,
		.customer.id = p->id,
		.notes = p->word,
		.source = SOURCE_PORTAL,
		.utc_offset_minutes = OFFSET_NONE,
	};
	struct task t = {.dedupe_key = p->id,
		.kind = "test",
		.title = p->word,
		.detail = p->word,
		.customer_id = p->id};
	struct consent consent = {.customer_id = p->id, .source = p->word, .said_at = k->now};
	struct waiting_entry wish = {.service_id = HAIRCUT, .end_minute = 1440}, entry;
	day_t day;

	ck_assert(day_parse(bookable_day(), &day));
	w.local_start = wall_of(day, p->hour * 60);
	wish.from_day = wish.to_day = (day_t){day.n + 1};
	if (booking_take(k, &w, &a) < 0 || task_add(k, &t) < 0 ||
		consent_add(k, &consent, &consent) < 0 || waiting_add(k, &wish, &who, &entry) < 0)
		return -1;
	return 0;
}

static int dispatch(struct ctx *k, void *arg)
{
	return notify_on_event(k, arg);
}

/* The messages that all events so far call for. */
static void tell(void)
{
	struct rows rows;

	ck_assert_int_gt(db_rows(work, &EVENT, &rows, "SELECT {cols} FROM event"), 0);
	for (size_t i = 0; i < rows.n; i++) {
		int rc = in_tx(work, dispatch, (struct event *)rows.p + i);

		ck_assert_msg(rc == 0, "%s: %s", err_wire(work->err.code), work->err.detail);
	}
}

static const char *call_from(const char *number, const char *word)
{
	const char *id = new_call_id();
	const char *custom = mem_printf(web->mem,
		"\"intent\":\"price\",\"customer_name\":\"%s\",\"notes\":\"%s\"", word, word);
	char *body = mem_text(web->mem, analyzed(custom));
	char *at = strstr(body, CALLER);

	memcpy(at, number, strlen(CALLER));
	web->company = 0;
	happen("call_analyzed", id, body);
	web->company = salon();
	return call_of(id).customer_id;
}

static void set(const char *table, const char *column, const char *word, const char *id)
{
	const char *key = strcmp(table, "customer") == 0 ? "id" : "customer_id";
	if (strcmp(column, "booking_details") == 0)
		word = mem_printf(admin->mem, "{\"notes\":\"%s\"}", word);
	const char *sql = mem_printf(admin->mem,
		"UPDATE frontdesk_store.`%s` SET `%s` = '%s' WHERE `%s` = '%s'", table, column,
		word, key, id);

	ck_assert_msg(db_exec_(admin, sql, NULL, 0) > 0, "%s", sql);
}

static const char *somebody(const char *number, const char *word, int hour)
{
	struct guest p = {call_from(number, word), word, hour};

	ck_assert_ptr_nonnull(p.id);
	set("customer", "name", word, p.id);
	set("customer", "email", mem_printf(admin->mem, "%s@example.org", word), p.id);
	int rc = in_tx(c, live, &p);
	ck_assert_msg(rc == 0, "%s: %s", err_wire(c->err.code), c->err.detail);
	tell();
	for (size_t i = 0; i < PERSONALS_COUNT; i++) {
		static const char *const OWN[] = {
			"notification", "task", "appointment", "call", "consent"};
		const struct personal *k = &PERSONALS[i];

		for (size_t o = 0; o < COUNT_OF(OWN); o++) {
			if (strcmp(OWN[o], k->table) != 0)
				continue;
			for (const char *q = k->columns; *q != '\0'; q += strspn(q, ",")) {
				size_t n = strcspn(q, ",");
				const char *column = mem_text_n(admin->mem, q, n);

				q += n;
				if (strstr(column, "number") == NULL)
					set(k->table, column, word, p.id);
			}
		}
	}
	return p.id;
}

#define ADMIN(...) \
	ck_assert_int_gt(db_exec_(admin, mem_printf(admin->mem, __VA_ARGS__), NULL, 0), 0)

/* What failed about somebody, and what the programs remember. */
static void trouble(const char *id, const char *number, const char *word)
{
	ADMIN("INSERT INTO frontdesk_store.booking_series (company_id, id, customer_id, service_id,"
	      " rrule, local_start, time_zone, notes) VALUES (%u, UUID(), '%s', '" HAIRCUT "',"
	      " 'FREQ=DAILY', NOW(), 'UTC', '%s')",
		salon(), id, word);
	ADMIN("UPDATE frontdesk_store.job j JOIN frontdesk_store.event e ON e.id = j.ref_id"
	      " SET j.last_error = '%s' WHERE e.subject_id = '%s'",
		word, id);
	ADMIN("INSERT INTO frontdesk_store.job_failure (company_id, job_id, attempt, error)"
	      " SELECT company_id, id, 1, '%s' FROM frontdesk_store.job WHERE last_error = '%s'",
		word, word);
	ADMIN("INSERT INTO frontdesk_store.provider_call (id, company_id, provider, operation,"
	      " outcome, duration_ms, error) VALUES (UUID(), %u, 'twilio', 'send', 'answered', 1,"
	      " 'The number %s of %s is not known.')",
		salon(), number, word);
	ADMIN("INSERT INTO frontdesk_store.webhook_endpoint (company_id, id, url) VALUES"
	      " (%u, '%s', 'https://example.org/')",
		salon(), id);
	ADMIN("INSERT INTO frontdesk_store.delivery (company_id, id, endpoint_id, event_id, event,"
	      " subject_id, body, error) VALUES (%u, '%s', '%s', UUID(), 'x', '%s',"
	      " '{\"data\":{\"name\":\"%s\"}}', '%s')",
		salon(), id, id, id, word, word);
	ADMIN("INSERT INTO frontdesk_store.delivery_attempt (company_id, delivery_id, attempt,"
	      " attempted_at, duration_ms, request_headers, response_head, error) VALUES"
	      " (%u, '%s', 1, NOW(), 1, '', '%s', '%s')",
		salon(), id, word, word);
	ADMIN("INSERT INTO frontdesk_store.opt_out (company_id, id, channel, address, source)"
	      " VALUES (%u, UUID(), 'sms', '%s', 'sms'), (%u, UUID(), 'email', '%s@example.org',"
	      " 'sms')",
		salon(), number, salon(), word);
	ADMIN("INSERT INTO frontdesk_store.notification (company_id, id, dedupe_key, channel,"
	      " template, language, recipient, body) VALUES (%u, UUID(), UUID(), 'email', 'x',"
	      " 'en', 'staff@example.org', '10:00 %s')",
		salon(), word);
	ADMIN("INSERT INTO frontdesk_store.idempotency (company_id, actor_id, `key`, request_hash,"
	      " status, body) SELECT company_id, UUID(), '%s', '', 201, CONCAT('{\"id\":\"', id,"
	      " '\",\"notes\":\"%s\"}') FROM frontdesk_store.appointment WHERE customer_id = '%s'",
		word, word, id);
	ADMIN("INSERT INTO frontdesk_store.inbox_event (id, company_id, provider, dedupe_key, "
	      "event,"
	      " external_id, body) VALUES ('%s', %u, 'retell', '%s', 'call_ended', '%s',"
	      " 'x %s x %s')",
		id, salon(), id, id, number, word);
	ADMIN("INSERT INTO frontdesk_store.unassigned_call (id, company_id, provider,"
	      " provider_call_id, inbox_event_id, from_number, reason) VALUES ('%s', %u, 'retell',"
	      " 'u%s', '%s', '%s', 'x')",
		id, salon(), id, id, number);
	ADMIN("INSERT INTO frontdesk_store.inbox_replay (company_id, id, inbox_event_id, open, "
	      "diff,"
	      " error) VALUES (%u, UUID(), UUID(), NULL, '{\"id\":\"%s\", \"name\":\"%s\"}', NULL),"
	      " (%u, UUID(), UUID(), NULL, '%s of %s', '%s of %s')",
		salon(), id, word, salon(), word, number, word, number);
	ADMIN("INSERT INTO frontdesk_store.job (id, company_id, kind, ref_id, state) VALUES"
	      " (UUID(), %u, 'inbox.retell', '%s', 'dead')",
		salon(), id);
}

static void two_people(void)
{
	her = somebody(CALLER, CANARY, 14);
	his = somebody(OTHER, OTHERS_CANARY, 15);
	trouble(her, CALLER, CANARY);
	trouble(his, OTHER, OTHERS_CANARY);
	/* the same number at the dentist is somebody else's business */
	ADMIN("INSERT INTO frontdesk_store.customer (company_id, id, name, phone) VALUES (%u,"
	      " '" SALON_ID "', 'dentist', '" CALLER "')",
		dental());
}

static const char *him(void)
{
	return mem_printf(admin->mem, "%s%s", places_of(OTHERS_CANARY), places_of(OTHER));
}

static int erase(struct ctx *k, void *arg)
{
	return customer_erase(k, her, ERASE_REQUESTED, true, arg);
}

static struct erasure erased(void)
{
	struct erasure out;
	int rc = in_tx(c, erase, &out);

	ck_assert_msg(rc == 0, "%s: %s", err_wire(c->err.code), c->err.detail);
	return out;
}

/* Every column that can be erased held something before: a new one must be
 * planted here, too. */
static void all_are_planted(void)
{
	const char *places = mem_printf(admin->mem, "%s%s", places_of(CANARY), places_of(CALLER));

	for (size_t i = 0; i < PERSONALS_COUNT; i++) {
		const struct personal *k = &PERSONALS[i];

		for (const char *q = k->columns; k->erase != NULL && *q != '\0';
			q += strspn(q, ",")) {
			size_t n = strcspn(q, ",");
			const char *place = mem_printf(admin->mem, "%s.%.*s ", k->table, (int)n, q);

			q += n;
			ck_assert_msg(strstr(places, place) != NULL ||
					strcmp(place, "call.to_number ") == 0,
				"%s is not planted", place);
		}
	}
}

START_TEST(nothing_of_an_erased_customer_is_left_and_all_of_the_others)
{
	two_people();
	all_are_planted();
	const char *before = him();
	int64_t cents = one_int(admin, "SELECT SUM(customer_cents) FROM frontdesk_store.`call`");
	int64_t prices = one_int(admin, "SELECT SUM(price_cents) FROM frontdesk_store.appointment");

	ck_assert_int_eq(erased().visits_cancelled, 1);
	ck_assert_str_eq(places_of(CANARY), "");
	ck_assert_str_eq(places_of(CALLER), "customer.live_phone customer.phone ");
	ck_assert_int_eq(
		one_int(admin,
			"SELECT company_id FROM frontdesk_store.customer WHERE phone = '" CALLER
			"'"),
		dental());
	ck_assert_str_eq(him(), before);
	ck_assert_int_eq(
		one_int(admin, "SELECT SUM(customer_cents) FROM frontdesk_store.`call`"), cents);
	ck_assert_int_eq(
		one_int(admin, "SELECT SUM(price_cents) FROM frontdesk_store.appointment"), prices);
	/* nobody is told, and nobody waits */
	ck_assert_int_eq(
		one_int(c,
			"SELECT COUNT(*) FROM notification WHERE customer_id = ? AND status ="
			" 'queued'",
			her),
		0);
	ck_assert_int_eq(one_int(c,
				 "SELECT COUNT(*) FROM waiting_list_entry WHERE customer_id = ? AND"
				 " status <> 'cancelled'",
				 her),
		0);
	tell();
	ck_assert_str_eq(places_of(CANARY), "");
}
END_TEST

/* What the programs may not change otherwise, they may not this way either. */
START_TEST(the_doors_forget_nobody_who_is_not_erased)
{
	static const char *const DOORS[] = {
		"inbox", "events", "deliveries", "jobs", "provider_calls", "consents"};

	two_people();
	const char *before = places_of(CANARY);
	for (size_t i = 0; i < COUNT_OF(DOORS); i++) {
		struct arg arg = arg_text(her);
		const char *sql = mem_printf(c->mem, "CALL sys_forget_%s(?)", DOORS[i]);

		ck_assert_int_ge(db_exec_(c, sql, &arg, 1), 0);
	}
	ck_assert_int_ge(db_exec(work, "CALL sys_forget_late(?)", her), 0);
	ck_assert_str_eq(places_of(CANARY), before);
	/* nor do they reach into another company */
	ADMIN("UPDATE frontdesk_store.customer SET erased_at = NOW(3) WHERE id = '%s'", her);
	c->company = dental();
	for (size_t i = 0; i < COUNT_OF(DOORS); i++) {
		struct arg arg = arg_text(her);
		const char *sql = mem_printf(c->mem, "CALL sys_forget_%s(?)", DOORS[i]);

		ck_assert_int_ge(db_exec_(c, sql, &arg, 1), 0);
	}
	c->company = salon();
	ck_assert_str_eq(places_of(CANARY), before);
}
END_TEST

/* Events carry rows of these tables: no PERSONAL member of any survives. */
static const struct table *const TOLD[] = {
	&CUSTOMER, &APPOINTMENT, &CALL, &WAITING_ENTRY, &UNASSIGNED_CALL};

struct telling {
	const struct table *table;
	void *row;
	const char *subject;
};

static int emit(struct ctx *k, void *arg)
{
	const struct telling *t = arg;

	return event_emit(k, EV_CUSTOMER_UPDATED, t->subject, t->table, t->row);
}

START_TEST(no_personal_member_of_an_event_is_left)
{
	struct telling t = {.table = TOLD[_i]};

	her = call_from(CALLER, CANARY);
	t.subject = her;
	t.row = mem_alloc(c->mem, t.table->size);
	for (size_t i = 0; i < t.table->n; i++) {
		const struct field *f = &t.table->fields[i];

		/* who works there is no customer */
		if ((f->flags & PERSONAL) != 0 && strcmp(f->name, "staff_name") != 0)
			*(const char **)((char *)t.row + f->offset) =
				f->type == F_JSON ? "{\"x\":\"" CANARY "\"}" : CANARY;
	}
	ck_assert_int_eq(in_tx(c, emit, &t), 0);
	ck_assert(strstr(places_of(CANARY), "event.payload") != NULL);
	(void)erased();
	ck_assert_str_eq(places_of(CANARY), "");
	/* the rest is there for those who have not heard of it */
	ck_assert_int_eq(
		one_int(c,
			"SELECT JSON_EXISTS(payload, '$.id') FROM event WHERE subject_id = ?"
			" AND kind <> 'record.changed' ORDER BY created_at DESC LIMIT 1",
			her),
		1);
}
END_TEST

START_TEST(what_comes_after_a_call_was_erased_is_not_kept)
{
	const char *id = new_call_id();

	web->company = 0;
	happen("call_ended", id, ended(""));
	web->company = salon();
	her = call_of(id).customer_id;
	(void)erased();
	web->company = 0;
	happen("call_analyzed", id, analyzed("\"customer_name\":\"" CANARY "\""));
	ck_assert_str_eq(places_of(CANARY), "");
	ck_assert_str_eq(places_of(CALLER), "");
	ck_assert_ptr_null(call_of(id).transcript);
	ck_assert_str_eq(call_of(id).customer_id, her);
}
END_TEST

/* ---- what is given to a customer ---- */

struct taking_away {
	const char *id;
	struct bytes zip;
};

static int export_all(struct ctx *k, void *arg)
{
	struct taking_away *t = arg;

	return customer_export(k, t->id, EXPORT_TEXT_MAX, &t->zip);
}

static const char *file_of(zip_t *z, const char *name)
{
	zip_stat_t stat;
	zip_file_t *f = zip_fopen(z, name, 0);

	ck_assert_msg(f != NULL && zip_stat(z, name, 0, &stat) == 0, "there is no %s", name);
	char *p = mem_alloc(c->mem, stat.size + 1);
	ck_assert_int_eq(zip_fread(f, p, stat.size), (zip_int64_t)stat.size);
	zip_fclose(f);
	return p;
}

START_TEST(a_customer_gets_all_that_is_known_and_nothing_of_others)
{
	static const char *const FILES[] = {"index.html", "calendar.ics", "customer.json",
		"calls.json", "bookings.json", "series.json", "waiting-list.json", "messages.json",
		"tasks.json", "consents.json", "add-ons.json"};
	struct taking_away t;
	zip_error_t e;

	two_people();
	t.id = her;
	ck_assert_int_eq(in_tx(c, export_all, &t), 0);
	zip_error_init(&e);
	zip_t *z = zip_open_from_source(
		zip_source_buffer_create(t.zip.p, t.zip.n, 0, &e), ZIP_RDONLY, &e);
	ck_assert_ptr_nonnull(z);
	ck_assert_int_eq(zip_get_num_entries(z, 0), COUNT_OF(FILES));
	for (size_t i = 0; i < COUNT_OF(FILES); i++) {
		const char *s = file_of(z, FILES[i]);
		bool empty = strcmp(FILES[i], "add-ons.json") == 0;
		bool nameless = strcmp(FILES[i], "calendar.ics") == 0 ||
			strcmp(FILES[i], "waiting-list.json") == 0;

		ck_assert_msg(
			strstr(s, CANARY) != NULL || empty || nameless, "%s: %s", FILES[i], s);
		ck_assert_msg(strstr(s, OTHERS_CANARY) == NULL, "%s: %s", FILES[i], s);
		ck_assert_msg(strstr(s, OTHER) == NULL && strstr(s, his) == NULL, "%s", FILES[i]);
		ck_assert_msg(strstr(s, "platform_microusd") == NULL, "%s", FILES[i]);
	}
	const char *page = file_of(z, "index.html");
	ck_assert(strstr(page, "<html lang=\"de\">") != NULL);
	ck_assert(strstr(page, "<dt>Bei</dt><dd>") != NULL);
	ck_assert(strstr(page, "35,00 \xe2\x82\xac") != NULL);
	ck_assert(strstr(file_of(z, "calendar.ics"), "BEGIN:VEVENT") != NULL);
	zip_discard(z);
	ck_assert_int_eq(one_int(c,
				 "SELECT COUNT(*) FROM audit_entry WHERE action = 'customer.export'"
				 " AND subject_id = ?",
				 her),
		1);
}
END_TEST

START_TEST(a_page_is_in_english_for_others_and_shows_no_markup)
{
	struct taking_away t;
	zip_error_t e;

	t.id = her = call_from(CALLER, CANARY);
	set("customer", "name", "<script>alert(1)</script> & \"x\"", her);
	set("customer", "language", "fr", her);
	ck_assert_int_eq(in_tx(c, export_all, &t), 0);
	zip_error_init(&e);
	zip_t *z = zip_open_from_source(
		zip_source_buffer_create(t.zip.p, t.zip.n, 0, &e), ZIP_RDONLY, &e);
	const char *page = file_of(z, "index.html");
	ck_assert(strstr(page, "<html lang=\"en\">") != NULL);
	ck_assert(
		strstr(page, "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;x&quot;") != NULL);
	ck_assert(strstr(page, "<script>") == NULL);
	zip_discard(z);
}
END_TEST

START_TEST(more_text_than_fits_is_refused_in_words)
{
	struct taking_away t;

	t.id = her = call_from(CALLER, CANARY);
	ADMIN("UPDATE frontdesk_store.`call` SET transcript = REPEAT('x', 9000000)");
	ck_assert_int_eq(in_tx(c, export_all, &t), -1);
	ck_assert_int_eq(c->err.code, E_TOO_LARGE);
	ck_assert(strstr(c->err.detail, "page by page") != NULL);
	err_clear(c);
}
END_TEST

Suite *suite_privacy(void)
{
	Suite *s = suite_create("privacy");
	TCase *t = tcase_create("erasing");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, nothing_of_an_erased_customer_is_left_and_all_of_the_others);
	tcase_add_test(t, the_doors_forget_nobody_who_is_not_erased);
	tcase_add_loop_test(t, no_personal_member_of_an_event_is_left, 0, (int)COUNT_OF(TOLD));
	tcase_add_test(t, what_comes_after_a_call_was_erased_is_not_kept);
	tcase_add_test(t, a_customer_gets_all_that_is_known_and_nothing_of_others);
	tcase_add_test(t, a_page_is_in_english_for_others_and_shows_no_markup);
	tcase_add_test(t, more_text_than_fits_is_refused_in_words);
	suite_add_tcase(s, t);
	return s;
}
