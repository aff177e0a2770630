/* The waiting list: what becomes of an offer, also when a job runs again, two
 * run at once, or a statement fails. */
#include "core/booking/freed.h"
#include "tests/db/survey.h"
#include "tests/db/waiting.h"

#include <pthread.h>

#define RIVALS 6
#define ROUNDS 5

/* ---- what becomes of offers ---- */

START_TEST(an_ignored_offer_goes_to_the_next)
{
	const char *visit = booked(HAIRCUT, ANNA, AT_TWO);
	const char *first = waits_for_two(), *second = waits_for_two();

	freed(visit);
	minutes_pass(14);
	expect(first, OFFERED);
	minutes_pass(1);
	struct waiting_entry e = entry(first);

	ck_assert_int_eq(e.status, WAITING_WAITING);
	ck_assert_int_eq(e.ignored, 1);
	ck_assert_int_eq(e.offer_expires_at.ms, 0);
	ck_assert_ptr_null(e.hold_id);
	expect(second, OFFERED);
	ck_assert_int_eq(holds(), 1);
	minutes_pass(15);
	/* both have been asked: the time is free for anybody */
	expect(first, WAITING);
	expect(second, WAITING);
	ck_assert_int_eq(offers(), 2);
	ck_assert_int_eq(holds(), 0);
	(void)booked(HAIRCUT, ANNA, AT_TWO);
}
END_TEST

START_TEST(a_swept_hold_does_not_end_the_chain)
{
	const char *visit = booked(HAIRCUT, ANNA, AT_TWO);

	(void)waits_for_two();
	const char *second = waits_for_two();

	freed(visit);
	ck_assert_int_eq(db_exec(root, "DELETE FROM frontdesk_store.occupancy"), 1);
	ck_assert_int_eq(db_exec(root, "DELETE FROM frontdesk_store.hold"), 1);
	minutes_pass(15);
	expect(second, OFFERED);
}
END_TEST

START_TEST(a_declined_offer_goes_to_the_next)
{
	const char *visit = booked(HAIRCUT, ANNA, AT_TWO);
	const char *first = waits_for_two(), *second = waits_for_two();
	struct waiting_entry e;

	freed(visit);
	was_refused(on_entry(second, waiting_decline, &e), E_STATE);
	well(on_entry(first, waiting_decline, &e));
	ck_assert_int_eq(e.status, WAITING_WAITING);
	ck_assert_int_eq(e.ignored, 0);
	run_jobs(OFFERS);
	expect(first, WAITING);
	expect(second, OFFERED);
	was_refused(on_entry(first, waiting_decline, &e), E_STATE);
}
END_TEST

START_TEST(an_accepted_offer_is_an_appointment)
{
	const char *visit = booked(HAIRCUT, ANNA, AT_TWO);
	const char *first = waits_for_two(), *second = waits_for_two();
	struct waiting_entry e;
	struct appointment a;

	was_refused(on_entry(first, waiting_accept, &e), E_STATE);
	freed(visit);
	was_refused(on_entry(second, waiting_accept, &e), E_STATE);
	well(on_entry(first, waiting_accept, &e));
	ck_assert_int_eq(e.status, WAITING_BOOKED);
	well(appointment_get(c, e.appointment_id, &a));
	ck_assert_str_eq(a.customer_id, e.customer_id);
	ck_assert_str_eq(a.staff_id, ANNA);
	ck_assert_int_eq(a.starts_at.ms, berlin(AT_TWO).ms);
	ck_assert_int_eq(holds(), 0);
	was_refused(on_entry(first, waiting_accept, &e), E_STATE);
	was_refused(on_entry(first, waiting_decline, &e), E_STATE);
	/* its end changes nothing any more */
	minutes_pass(60);
	expect(first, BOOKED);
	expect(second, WAITING);
	ck_assert_int_eq(entry(first).ignored, 0);
}
END_TEST

/* The notice of an hour has begun meanwhile. */
START_TEST(an_offer_is_good_to_its_end)
{
	const char *visit = booked(HAIRCUT, ANNA, AT_TWO);
	const char *id = waits_for_two();
	struct waiting_entry e;

	c->now = berlin("2026-12-01T12:58");
	freed(visit);
	c->now.ms += 899999;
	well(on_entry(id, waiting_accept, &e));
}
END_TEST

START_TEST(an_expired_offer_cannot_be_accepted)
{
	const char *visit = booked(HAIRCUT, ANNA, AT_TWO);
	const char *id = waits_for_two();
	struct waiting_entry e;

	freed(visit);
	c->now.ms += 900000;
	was_refused(on_entry(id, waiting_accept, &e), E_STATE);
	expect(id, OFFERED); /* until the worker comes */
	minutes_pass(0);
	expect(id, WAITING);
}
END_TEST

START_TEST(three_ignored_offers_are_enough)
{
	const char *id = waits(wish_on(HAIRCUT, ANNA, TUESDAY, 0, 1440));
	static const char *const AT[] = {"2026-12-01T10:00", AT_TWO, "2026-12-01T16:00"};

	for (size_t i = 0; i < COUNT_OF(AT); i++) {
		expect(id, WAITING);
		freed(booked(HAIRCUT, ANNA, AT[i]));
		expect(id, OFFERED);
		minutes_pass(15);
	}
	expect(id, EXPIRED);
	ck_assert_int_eq(entry(id).offers, 3);
	ck_assert_int_eq(holds(), 0);
}
END_TEST

START_TEST(waiting_ends_with_its_last_day)
{
	const char *id = waits_for_two();

	c->now = (ts_t){berlin("2026-12-02T00:00").ms - 1};
	minutes_pass(0);
	expect(id, WAITING);
	c->now.ms++;
	minutes_pass(0);
	expect(id, EXPIRED);
}
END_TEST

START_TEST(who_leaves_gives_the_offer_back)
{
	const char *visit = booked(HAIRCUT, ANNA, AT_TWO);
	const char *first = waits_for_two(), *second = waits_for_two();

	freed(visit);
	well(remove_entry(first));
	well(remove_entry(first));
	expect(first, CANCELLED);
	run_jobs(OFFERS);
	expect(second, OFFERED);
	minutes_pass(15);
	expect(first, CANCELLED);
	c->now = berlin("2026-12-02T00:00");
	minutes_pass(0);
	was_refused(remove_entry(second), E_STATE);
}
END_TEST

/* ---- again, and at the same time ---- */

static const char *event_of(const char *kind)
{
	struct event e;

	ck_assert_int_eq(
		db_one(c, &EVENT, &e,
			"SELECT {cols} FROM event WHERE kind = ? ORDER BY id DESC LIMIT 1", kind),
		1);
	return e.id;
}

START_TEST(every_job_run_again_changes_nothing)
{
	const char *visit = booked(HAIRCUT, ANNA, AT_TWO);
	const char *first = waits_for_two(), *second = waits_for_two();

	for (int round = 0; round < 3; round++) {
		if (round == 0)
			freed(visit);
		ck_assert_int_eq(
			db_exec(root,
				"UPDATE frontdesk_store.job SET state = 'queued' WHERE "
				"kind LIKE 'waiting_list.%' OR kind = 'event.dispatch'") > 0,
			1);
		run_jobs(ALL);
		expect(first, OFFERED);
		expect(second, WAITING);
		ck_assert_int_eq(entry(first).offers, 1);
		ck_assert_int_eq(holds(), 1);
		ck_assert_int_eq(offers(), 1);
	}
}
END_TEST

START_TEST(an_end_that_comes_early_comes_again)
{
	const char *visit = booked(HAIRCUT, ANNA, AT_TWO);
	const char *id = waits_for_two();
	struct waiting_entry e;

	freed(visit);
	ck_assert_int_gt(db_exec(root, "DELETE FROM frontdesk_store.job"), 0);
	well(on_entry(id, end_entry, &e));
	ck_assert_int_eq(e.status, WAITING_OFFERED);
	minutes_pass(15);
	expect(id, WAITING);
}
END_TEST

static int tell_freed(struct ctx *k, void *arg)
{
	return time_freed(k, MITTE, arg);
}

/* Anna's time on Tuesday; the id of the event. */
static const char *time_of_anna(const char *from, const char *to)
{
	struct freed f = {.service_id = HAIRCUT,
		.staff_id = ANNA,
		.branch_id = MITTE,
		.starts_at = berlin(mem_printf(c->mem, TUESDAY "T%s", from)),
		.ends_at = berlin(mem_printf(c->mem, TUESDAY "T%s", to))};

	well(in_tx(c, tell_freed, &f));
	return event_of("time.freed");
}

/* Workers as processes, which begin together. */
struct race {
	pthread_barrier_t start;
	char events[RIVALS][40];
};

static void offer_at_once(int i, void *shared)
{
	struct race *race = shared;
	struct ctx *k = db_ctx("fd_worker");

	k->company = salon();
	k->actor = ACTOR_JOB;
	k->now.ms = MONDAY_0900;
	ck_assert_int_eq(db_connect(k), 0);
	pthread_barrier_wait(&race->start);
	ck_assert_int_eq(waiting_offer(k, race->events[i]), 0);
	db_ctx_end(k);
}

/* The workers take one of the two events each. */
static void offer_both(const char *one, const char *other)
{
	struct race *race = shared_memory(sizeof(*race));
	pthread_barrierattr_t across;

	pthread_barrierattr_init(&across);
	pthread_barrierattr_setpshared(&across, PTHREAD_PROCESS_SHARED);
	pthread_barrier_init(&race->start, &across, RIVALS);
	for (int i = 0; i < RIVALS; i++)
		snprintf(race->events[i], sizeof(race->events[i]), "%s", i % 2 ? one : other);
	db_idle(c->db);
	run_rivals(RIVALS, offer_at_once, race);
}

START_TEST(workers_at_the_same_time_make_one_offer_each)
{
	const char *ids[RIVALS];

	hush();
	for (size_t i = 0; i < COUNT_OF(ids); i++)
		ids[i] = waits(wish_on(HAIRCUT, ANNA, TUESDAY, 0, 1440));
	const char *afternoon = time_of_anna("14:00", "18:00");

	offer_both(afternoon, afternoon);
	ck_assert_int_eq(offers(), holds());
	well(waiting_offer(c, afternoon));
	for (size_t i = 0; i < COUNT_OF(ids); i++) {
		expect(ids[i], OFFERED);
		ck_assert_int_eq(entry(ids[i]).offers, 1);
	}
	ck_assert_int_eq(offers(), RIVALS);
	ck_assert_int_eq(holds(), RIVALS);
}
END_TEST

START_TEST(two_times_at_once_are_one_offer_to_who_waits_for_either)
{
	hush();
	for (int round = 0; round < ROUNDS; round++) {
		waiting_forget();
		const char *id = waits(wish_on(HAIRCUT, ANNA, TUESDAY, 0, 1440));

		offer_both(time_of_anna("14:00", "14:30"), time_of_anna("16:00", "16:30"));
		ck_assert_int_eq(entry(id).offers, 1);
		ck_assert_int_eq(offers(), 1);
		ck_assert_int_eq(holds(), 1);
	}
}
END_TEST

static const char *freed_event;

/* ---- and whatever statement fails ---- */

/* A moment at which something is to be done about the first of two entries. */
struct step {
	bool offered; /* the visit was cancelled, the offer made */
	int minutes;  /* that have passed since */
	int (*run)(const char *first);
	enum waiting_status first, second; /* once the worker has done the rest */
};

static int run_offer(const char *first)
{
	(void)first;
	return waiting_offer(c, freed_event);
}

static int run_entry(
	const char *first, int (*fn)(struct ctx *k, const char *id, struct waiting_entry *out))
{
	struct waiting_entry e;

	return on_entry(first, fn, &e);
}

static int run_end(const char *first)
{
	return run_entry(first, end_entry);
}

static int run_decline(const char *first)
{
	return run_entry(first, waiting_decline);
}

static int run_accept(const char *first)
{
	return run_entry(first, waiting_accept);
}

static const struct step STEPS[] = {
	{false, 0, run_offer, WAITING_OFFERED, WAITING_WAITING},
	{true, 15, run_end, WAITING_WAITING, WAITING_OFFERED},
	{true, 0, run_decline, WAITING_WAITING, WAITING_OFFERED},
	{true, 0, run_accept, WAITING_BOOKED, WAITING_WAITING},
};
static const unsigned CODES[] = {FATAL, DEADLOCK, LOST};

/* With the n-th statement failing, and again without. True while there was
 * one. *counts: the rows in the end; the same every time. */
static bool tried(const struct step *s, int n, unsigned code, const char **counts)
{
	const char *visit, *first, *second;

	waiting_forget();
	c->now.ms = MONDAY_0900;
	visit = booked(HAIRCUT, ANNA, AT_TWO);
	first = waits_for_two();
	second = waits_for_two();
	cancelled(visit);
	if (s->offered)
		run_jobs(OFFERS);
	c->now.ms += s->minutes * INT64_C(60000);
	freed_event = event_of("appointment.cancelled");
	db_fail_at(n, 1, code);
	int rc = s->run(first);
	int failed = db_fail_at(0, 0, 0);

	ck_assert_msg(rc >= 0 || failed == 1, "statement %d", n);
	ck_assert_msg(rc < 0 || code != FATAL || failed == 0, "statement %d hid it", n);
	err_clear(c);
	db_idle(c->db);
	if (rc < 0 && s->run(first) < 0)
		/* the line broke behind the end: what was asked for has happened */
		was_refused(-1, E_STATE);
	run_jobs(ALL);
	ck_assert_msg(entry(first).status == s->first, "statement %d: %d", n, entry(first).status);
	ck_assert_msg(
		entry(second).status == s->second, "statement %d: %d", n, entry(second).status);
	const char *now = survey_counts(root->mem);
	*counts = n == 0 ? now : *counts;
	ck_assert_msg(strcmp(now, *counts) == 0, "statement %d left\n%s", n, now);
	return failed > 0;
}

START_TEST(all_goes_well_whatever_fails)
{
	const struct step *s = &STEPS[_i % (int)COUNT_OF(STEPS)];
	const char *counts;
	int n = 1;

	hush();
	survey_begin();
	(void)tried(s, 0, FATAL, &counts);
	while (tried(s, n, CODES[_i / (int)COUNT_OF(STEPS)], &counts))
		n++;
	ck_assert_int_gt(n, 6);
	survey_end();
}
END_TEST

Suite *suite_waiting_offer(void)
{
	Suite *s = suite_create("waiting_offer");
	TCase *t = tcase_create("offers");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, waiting_begin, waiting_finish);
	tcase_add_test(t, an_ignored_offer_goes_to_the_next);
	tcase_add_test(t, a_swept_hold_does_not_end_the_chain);
	tcase_add_test(t, a_declined_offer_goes_to_the_next);
	tcase_add_test(t, an_accepted_offer_is_an_appointment);
	tcase_add_test(t, an_offer_is_good_to_its_end);
	tcase_add_test(t, an_expired_offer_cannot_be_accepted);
	tcase_add_test(t, three_ignored_offers_are_enough);
	tcase_add_test(t, waiting_ends_with_its_last_day);
	tcase_add_test(t, who_leaves_gives_the_offer_back);
	tcase_add_test(t, every_job_run_again_changes_nothing);
	tcase_add_test(t, an_end_that_comes_early_comes_again);
	tcase_add_test(t, workers_at_the_same_time_make_one_offer_each);
	tcase_add_test(t, two_times_at_once_are_one_offer_to_who_waits_for_either);
	tcase_add_loop_test(t, all_goes_well_whatever_fails, 0, COUNT_OF(STEPS) * COUNT_OF(CODES));
	suite_add_tcase(s, t);
	return s;
}
