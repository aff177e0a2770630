/*
 * torture.h - a write of the API whose statements fail, one after the other.
 *
 * A request is made as the server hands it over. With a failure that is ours, at
 * the n-th statement for n = 1, 2, …: 500, and no row of the database has
 * changed. With one that passes: the same rows as without it, done once.
 */
#ifndef FRONTDESK_TESTS_DB_TORTURE_H
#define FRONTDESK_TESTS_DB_TORTURE_H

#include "tests/db/calls.h"
#include "tests/db/survey.h"

#define VISIT "01900000-0000-7000-8000-7ee000000001" /* and whatever else is new */

#define TORTURE_SESSION "01900000-0000-7000-8000-7ee000000002" /* the administrator's */

struct question {
	const char *path;
	const char *body;
	int status;           /* of success */
	void (*before)(void); /* makes what the request needs */
	int commits;          /* without a key: a line lost in one of them is a 503 */
	const char *method;   /* NULL: POST */
};

void torture_setup(void);
void torture_teardown(void);

/* The status of the answer; what failed once is asked for anew. By the salon's
 * API key; what is the platform's, by its administrator. */
int ask(const struct question *q);
/* All of it; at least so many statements must have failed. */
void torture(const struct question *q, int statements);

#endif
