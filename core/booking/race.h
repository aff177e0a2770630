/*
 * race.h - a slot to be fought for, in the company of sql/demo.sql that is there
 * for nothing else: everybody sees for themselves that one wins.
 *
 * One race at a time (a lock of the connection): two would share a slot, and
 * each is as much work as its rivals.
 */
#ifndef FRONTDESK_RACE_H
#define FRONTDESK_RACE_H

#include "core/base/ctx.h"

#define RACE_COMPANY "race-track" /* its slug */

struct race {
	const char *service_id;
	const char *staff_id;
	ts_t starts_at;
	ts_t ends_at;
	wall_t local_start;
};

/* All inside that company, outside transactions. */

/* 1 ours, until race_end(); 0 another race is on; -1. */
int race_begin(struct ctx *c) MUST_USE;
/* A slot that nobody has, far ahead. E_STATE when there is none. */
int race_pick(struct ctx *c, struct race *out) MUST_USE;

struct race_count {
	int64_t visits;      /* that are to take place in the slot */
	int64_t overlapping; /* pairs of occupancy rows of a resource and lane */
};

int race_look(struct ctx *c, const struct race *k, struct race_count *out) MUST_USE;
/* Cancels what was booked in the slot. */
int race_clear(struct ctx *c, const struct race *k) MUST_USE;
void race_end(struct ctx *c);

#endif
