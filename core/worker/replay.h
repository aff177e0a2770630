/*
 * replay.h - the job that processes an event of the inbox again, and tells what
 * that changed (core/inbox/replay.h).
 *
 * It runs the work that JOB_WORK says for the event, with a witness of every
 * transaction (core/sys/db.h). What others do at the same time is in none of
 * them, and so not in the difference. What follows later (the messages that an
 * event of the domain calls for) is made by jobs of its own.
 */
#ifndef FRONTDESK_WORKER_REPLAY_H
#define FRONTDESK_WORKER_REPLAY_H

#include "core/base/ctx.h"

int replay_run(struct ctx *c, const char *replay_id) MUST_USE;

#endif
