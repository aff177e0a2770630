/*
 * salon.h - what the tests of appointments share: the demo salon, looked at
 * on Monday, 30 November 2026, 09:00 in Berlin, unless a test says otherwise,
 * in a transaction that is rolled back.
 */
#ifndef FRONTDESK_TESTS_DB_SALON_H
#define FRONTDESK_TESTS_DB_SALON_H

#include "core/booking/booking.h"
#include "core/booking/moment.h"
#include "core/booking/occupancy.h"
#include "tests/db/support.h"

#define MONDAY_0900 INT64_C(1796025600000) /* 2026-11-30T08:00:00Z */

/* ids of sql/demo.sql */
#define ANNA "01900000-0000-7000-8000-5a1000000050"
#define BEN "01900000-0000-7000-8000-5a1000000051"
#define CLARA "01900000-0000-7000-8000-5a1000000052"
#define DORA "01900000-0000-7000-8000-5a1000000053"
#define MITTE "01900000-0000-7000-8000-5a1000000010"
#define NORD "01900000-0000-7000-8000-5a1000000011"
#define HAIRCUT "01900000-0000-7000-8000-5a1000000060"
#define BEARD "01900000-0000-7000-8000-5a1000000061"
#define COLOUR "01900000-0000-7000-8000-5a1000000062"
#define CUT_AND_COLOUR "01900000-0000-7000-8000-5a1000000063"
#define CUT_SEGMENT "01900000-0000-7000-8000-5a1000000073"
#define DIAZ "01900000-0000-7000-8000-de0000000050"
#define CLEANING "01900000-0000-7000-8000-de0000000061"
#define NOBODY "01900000-0000-7000-8000-999999999999"

extern struct ctx *c; /* of the test that runs */

void salon_setup(void);
void salon_teardown(void);

wall_t wall(const char *s);
day_t day(const char *s);
ts_t berlin(const char *local); /* the earlier one */

struct wish wish_for(const char *service, const char *staff, const char *local);
void must_take(const struct wish *w, struct appointment *out);
/* By somebody who never came before. */
void taken_for(const char *service, const char *staff, const char *local);
/* The take fails with a field error on this field first. */
void expect_field(const struct wish *w, const char *field);
/* Takes somebody's time without an appointment. */
void block(const char *staff_id, const char *from, const char *to);
/* Holds Anna's time for a haircut. */
void keep(const char *from, const char *to, ts_t expires_at);
const char *obstacle(const struct wish *w);

/* availability_search(), in parts. */
int find_slots(const struct search *s, struct rows *slots, const char **zone);

/* What is taken is what live visits and holds need, of this context's company:
 * no more, no less, no overlap, and every class is led. */
void expect_consistent(struct ctx *of);
int64_t rows_of(const char *appointment_or_hold_id);
/* The take fails with E_SLOT_TAKEN, saying this (NULL: anything). */
void expect_taken(const struct wish *w, const char *why);

#endif
