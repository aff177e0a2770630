/* h_job.h - the work in the background: jobs and dead letters. */
#ifndef FRONTDESK_H_JOB_H
#define FRONTDESK_H_JOB_H

#include "fcgi/req.h"

extern const struct table JOB_QUERY;
extern const struct table REPLAY_IN;
extern const struct table REPLAYED;

int h_jobs(struct req *r);
int h_job(struct req *r); /* dead or alive */
int h_dead_letters_replay(struct req *r);
int h_dead_letters(struct req *r);
int h_dead_letter_replay(struct req *r);

#endif
