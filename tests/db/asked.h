/*
 * asked.h - a provider that is played here, asked through core/outbound as the
 * salon: what it answers, and how often it was asked.
 */
#ifndef FRONTDESK_TESTS_DB_ASKED_H
#define FRONTDESK_TESTS_DB_ASKED_H

#include "core/outbound/outbound.h"
#include "core/sys/conf.h"
#include "tests/db/support.h"

/* Shared with the server's process. */
struct asked_script {
	_Atomic int status; /* 0: it tears the line */
	_Atomic int asked;
	_Atomic int pause_ms;
	_Atomic int retry_after;
};

/* What came of many who asked at once. */
struct crowd {
	_Atomic int sent;
	_Atomic int put_off;
};

extern struct asked_script *asked_does;
extern struct ctx *asked; /* of the worker, in the salon */
extern struct ctx *asked_root;
extern struct conf asked_conf;
extern const char *operation;

/* Around each test. */
void asked_begin(void);
void asked_end(void);

const char *asked_url(struct ctx *k);
/* A connection of its own, for another process. */
struct ctx *asker(void);
struct http_answer asks(struct ctx *k, const char *provider);
/* Of `asked`, in the call before. */
bool was_not_asked(const struct http_answer *a);
/* For run_rivals: asks once, and counts what came of it. */
void crowd_asks(struct crowd *crowd, const char *provider);

#endif
