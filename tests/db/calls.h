/*
 * calls.h - what the tests about calls share: webhooks as Retell would send
 * them to the salon, carried all the way from the signature to the job.
 *
 * These jobs commit: calls_begin() gives a database without any calls, and
 * calls_end() leaves one.
 */
#ifndef FRONTDESK_TESTS_DB_CALLS_H
#define FRONTDESK_TESTS_DB_CALLS_H

#include "core/call/call.h"
#include "core/call/unassigned.h"
#include "core/inbox/inbox.h"
#include "tests/db/support.h"

#define MITTE_NUMBER "+493023125001"
#define NORD_NUMBER "+493023125002"
#define DENTAL_NUMBER "+12125550123"
#define CALLER "+4915112345678"
#define STARTED_MS INT64_C(1767225480123)
#define ENDED_MS INT64_C(1767225598457)

extern struct ctx *web;   /* the hook pool's, in no company */
extern struct ctx *work;  /* the worker's, in the salon */
extern struct ctx *admin; /* sees and does everything */

/* Its configuration with the keys of cells, tokens and links. */
struct ctx *with_keys(struct ctx *c);

void calls_begin(void);
void calls_end(void);
/* … and in between, again. */
void calls_forget(void);

/* A call's name, never used before. */
const char *new_call_id(void);

/* {"event":…,"call":{"call_id":…,<members>}} */
const char *body_of(const char *event, const char *call_id, const char *members);
/* Members of the three usual events of an inbound call to Mitte. */
const char *started(const char *more);
const char *ended(const char *more);
const char *analyzed(const char *custom_analysis_data);

/* A Wednesday at least a week ahead: Anna, Ben and Clara work. */
const char *bookable_day(void);

/* Signed with key, sent to hook (NULL: the platform's address). 1, 0, -1. */
int post(const char *hook, const char *key, const char *body, struct inbox_event *stored);
/* Sent to the salon and stored; the id in the inbox. */
const char *receive(const char *event, const char *call_id, const char *members);
/* The job; must end well. */
void process(const char *inbox_event_id);
/* Both. */
void happen(const char *event, const char *call_id, const char *members);

/* The call by its provider's id, as the API shows it; must be there. */
struct call call_of(const char *call_id);
/* How often an event of this kind was emitted about a subject. */
int64_t emitted(const char *kind, const char *subject_id);
/* Rows of a salon's view. */
#define salon_rows(table) one_int(work, "SELECT COUNT(*) FROM " table)

#endif
