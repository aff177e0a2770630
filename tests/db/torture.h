/*
 * torture.h - a request of which every statement fails once: it then changes
 * no row, or is done again with exactly one effect. What a test makes is
 * called "Torture", or has the id VISIT: so it is found and taken away again.
 */
#ifndef FRONTDESK_TESTS_DB_TORTURE_H
#define FRONTDESK_TESTS_DB_TORTURE_H

#include "tests/db/calls.h"
#include "tests/db/survey.h"

#define MITTE "01900000-0000-7000-8000-5a1000000010"
#define VISIT "01900000-0000-7000-8000-7ee000000001"           /* and whatever else is new */
#define TORTURE_SESSION "01900000-0000-7000-8000-7ee000000002" /* the administrator's */

/* A request, as the server hands it over. */
struct question {
	const char *path;
	const char *body;
	int status;           /* of success */
	void (*before)(void); /* makes what the request needs */
	int commits;          /* without a key: a line lost in one of them is a 503 */
	const char *method;   /* NULL: POST */
};

/* Who asks: "Bearer …", "" (nobody); NULL: an API key of the salon's. */
extern const char *ask_as;

/* Around each test: the salon without calls and visits. */
void torture_begin(void);
void torture_end(void);

/* The status of the answer; what failed once is asked for anew. Asked with the
 * salon's API key; what is the platform's, by its administrator. */
int ask(const struct question *q);
/* Every way to fail; it takes at least so many statements. */
void torture(const struct question *q, int statements);

#endif
