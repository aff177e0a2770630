/*
 * pool.h - the parent of the drainers.
 *
 * It holds no connection and no library's state, so that it can fork at any
 * time. One drainer begins; another joins while a claim was full, or when one
 * is long at a job: what that one has claimed besides goes to the others. When
 * a drainer died (a crash, or the alarm of a job's deadline) a further child
 * writes down what happened, and a drainer goes on while work is left. Three
 * deaths in a row without one job brought to an end, and it gives up: the timer
 * starts it again.
 */
#ifndef FRONTDESK_POOL_H
#define FRONTDESK_POOL_H

#include "core/sys/conf.h"

/* Carries out what is due, and returns when nothing is; staying: when told to
 * stop (TERM, INT). The exit status of the program. */
int pool_run(const struct conf *conf, bool staying) MUST_USE;

#endif
