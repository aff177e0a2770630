/* What searches remember between requests: only what is still true. */
#include "core/base/id.h"
#include "core/booking/known.h"
#include "core/booking/remembered.h"
#include "tests/db/salon.h"

#define BLOCKS "kind = 'block' AND starts_at BETWEEN '2027-02-08' AND '2027-02-14'"

static void setup(void)
{
	salon_setup();
	db_rollback(c);
	occupancy_forget();
}

static void teardown(void)
{
	db_begin(c);
	ck_assert_int_ge(db_exec(c, "DELETE FROM occupancy WHERE " BLOCKS), 0);
	ck_assert_int_eq(db_commit(c), 0);
	occupancy_forget();
	db_ctx_end(c);
}

static size_t slots_of(const char *staff)
{
	struct search s = {.service_id = HAIRCUT,
		.staff_id = staff,
		.from = day("2027-02-09"),
		.to = day("2027-02-09")};
	struct rows slots;
	const char *zone;

	ck_assert_int_eq(find_slots(&s, &slots, &zone), 0);
	return slots.n;
}

static unsigned asked(const char *staff)
{
	unsigned before = c->db_calls;

	ck_assert_uint_gt(slots_of(staff), 0);
	return c->db_calls - before;
}

/* Takes Anna's time and commits, with or without telling. */
static void take(const char *from, const char *to, ts_t expires_at, bool tell)
{
	db_begin(c);
	if (tell)
		ck_assert_int_eq(
			db_exec(c, "UPDATE resource SET booking_seq = booking_seq + 1 WHERE id = ?",
				SALON_ANNA),
			1);
	ck_assert_int_eq(
		db_exec(c,
			"INSERT INTO occupancy (id, resource_id, starts_at, ends_at, kind, "
			"expires_at) VALUES (?, ?, ?, ?, 'block', ?)",
			id_new(c), SALON_ANNA, berlin(from), berlin(to), expires_at),
		1);
	ck_assert_int_eq(db_commit(c), 0);
}

START_TEST(the_second_search_reads_no_rows)
{
	known_forget();
	ck_assert_uint_eq(asked(ANNA), 7); /* of them one to see that nothing has changed */
	ck_assert_uint_eq(asked(ANNA), 2);
	ck_assert_uint_eq(asked(NULL), 3); /* of Ben and Dora nothing was known */
	ck_assert_uint_eq(asked(NULL), 2);
}
END_TEST

START_TEST(what_is_taken_meanwhile_is_seen_at_once)
{
	size_t before = slots_of(ANNA);

	take("2027-02-09T10:00", "2027-02-09T10:30", (ts_t){0}, true);
	ck_assert_uint_eq(slots_of(ANNA), before - 3);
	db_begin(c);
	ck_assert_int_eq(
		db_exec(c, "UPDATE resource SET booking_seq = booking_seq + 1 WHERE id = ?",
			SALON_ANNA),
		1);
	ck_assert_int_eq(db_exec(c, "DELETE FROM occupancy WHERE " BLOCKS), 1);
	ck_assert_int_eq(db_commit(c), 0);
	ck_assert_uint_eq(slots_of(ANNA), before);
}
END_TEST

/* Which is why everybody tells. */
START_TEST(control_what_does_not_tell_is_not_seen)
{
	size_t before = slots_of(ANNA);

	take("2027-02-09T10:00", "2027-02-09T10:30", (ts_t){0}, false);
	ck_assert_uint_eq(slots_of(ANNA), before);
	occupancy_forget();
	ck_assert_uint_eq(slots_of(ANNA), before - 3);
}
END_TEST

START_TEST(a_remembered_hold_expires)
{
	size_t before = slots_of(ANNA);

	take("2027-02-09T10:00", "2027-02-09T10:30", (ts_t){c->now.ms + 60000}, true);
	ck_assert_uint_eq(slots_of(ANNA), before - 3);
	c->now.ms += 59999;
	ck_assert_uint_eq(slots_of(ANNA), before - 3);
	c->now.ms += 1001;
	ck_assert_uint_eq(slots_of(ANNA), before);
}
END_TEST

START_TEST(a_rolled_back_take_leaves_no_memory)
{
	size_t before = slots_of(ANNA);

	db_begin(c);
	block(ANNA, "2027-02-09T10:00", "2027-02-09T10:30");
	ck_assert_uint_eq(slots_of(ANNA), before - 3);
	db_rollback(c);
	ck_assert_uint_eq(slots_of(ANNA), before);
}
END_TEST

START_TEST(more_than_fits_is_searched_all_the_same)
{
	size_t before = slots_of(ANNA), of_ben = slots_of(BEN);

	/* a minute in two, all night long: more stretches than are kept at once */
	db_begin(c);
	ck_assert_int_eq(
		db_exec(c, "UPDATE resource SET booking_seq = booking_seq + 1 WHERE id = ?",
			SALON_ANNA),
		1);
	for (int i = 0; i < 520; i++) {
		ts_t from = {berlin("2027-02-09T09:00").ms + i * 120000};
		ts_t to = {from.ms + 60000};

		ck_assert_int_eq(
			db_exec(c,
				"INSERT INTO occupancy (id, resource_id, starts_at, ends_at, kind) "
				"VALUES (?, ?, ?, ?, 'block')",
				id_new(c), SALON_ANNA, from, to),
			1);
	}
	ck_assert_int_eq(db_commit(c), 0);
	ck_assert_uint_eq(slots_of(ANNA), 0);
	ck_assert_uint_eq(slots_of(ANNA), 0);
	ck_assert_uint_eq(slots_of(BEN), of_ben);
	ck_assert_uint_gt(before, 0);
}
END_TEST

Suite *suite_remembered(void);
Suite *suite_remembered(void)
{
	Suite *s = suite_create("remembered");
	TCase *t = tcase_create("remembered");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, the_second_search_reads_no_rows);
	tcase_add_test(t, what_is_taken_meanwhile_is_seen_at_once);
	tcase_add_test(t, control_what_does_not_tell_is_not_seen);
	tcase_add_test(t, a_remembered_hold_expires);
	tcase_add_test(t, a_rolled_back_take_leaves_no_memory);
	tcase_add_test(t, more_than_fits_is_searched_all_the_same);
	suite_add_tcase(s, t);
	return s;
}
