/*
 * waiting.h - what the tests of the waiting list share: people who book,
 * cancel and wait in the demo salon, and the worker's jobs. All of it commits;
 * waiting_begin() and waiting_finish() leave none of it.
 */
#ifndef FRONTDESK_TESTS_DB_WAITING_H
#define FRONTDESK_TESTS_DB_WAITING_H

#include "core/booking/waiting_list.h"
#include "tests/db/salon.h"

#define TUESDAY "2026-12-01"
#define AT_TWO "2026-12-01T14:00"
#define TWO (14 * 60)

extern struct ctx *root;

/* c: the worker's, in the salon, on MONDAY_0900, in no transaction. */
void waiting_begin(void);
void waiting_forget(void);
void waiting_finish(void);

/* A call that must go well, or say why not. */
void well(int rc);
/* A call that must fail like this. */
void was_refused(int rc, enum err_code code);

/* An appointment of Kim Berger; its id. */
const char *booked(const char *service, const char *staff, const char *local);
int try_to_book(const char *service, const char *staff, const char *local);
void cancelled(const char *appointment_id);
void moved(const char *appointment_id, const char *local);
/* Somebody keeps it for five minutes; the id of the hold. */
const char *held(const char *service, const char *staff, const char *local);
void released(const char *hold_id);

/* A wish for one day. */
struct waiting_entry wish_on(
	const char *service, const char *staff, const char *on, int from, int to);
int add_entry(struct waiting_entry *e); /* of somebody new */
int change_entry(struct waiting_entry *e);
int remove_entry(const char *id);
/* Somebody new waits, after all who came before; the id. */
const char *waits(struct waiting_entry e);
const char *waits_for_two(void); /* for Anna's half hour at two */
/* waiting_accept, waiting_decline, waiting_end in a transaction. */
int on_entry(const char *id, int (*fn)(struct ctx *c, const char *id, struct waiting_entry *out),
	struct waiting_entry *out);
int end_entry(struct ctx *k, const char *id, struct waiting_entry *out);

/* Carries out the dispatches and the jobs of these kinds ("a,b") that are
 * queued and due, and what they queue; how many. */
#define OFFERS "waiting_list.offer"
#define ALL "waiting_list.offer,waiting_list.end,hold.expire"
int run_jobs(const char *kinds);
/* Cancels, and lets the worker make its offers. */
void freed(const char *appointment_id);
/* … and lets it do all that is due then. */
void minutes_pass(int minutes);

struct waiting_entry entry(const char *id);
#define expect(id, what) ck_assert_int_eq(entry(id).status, WAITING_##what)
int64_t holds(void);
int64_t offers(void); /* that were told */

#endif
