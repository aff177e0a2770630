/*
 * survey.h - what is in the whole database, as a text to compare, for tests
 * that say "no row has changed" or "the same rows as without the failure".
 */
#ifndef FRONTDESK_TESTS_DB_SURVEY_H
#define FRONTDESK_TESTS_DB_SURVEY_H

#include "tests/db/support.h"

/* Statements fail with these (db_fail_at). */
#define FATAL 1146    /* no such table: a mistake of ours */
#define DEADLOCK 1213 /* passes when all is done again */
#define LOST 2013     /* so does a broken line */
#define ALWAYS 1000
#define STATEMENTS_MAX 100

void survey_begin(void);
void survey_end(void);

/* A line a table: its name and a checksum of its committed rows. */
const char *survey_content(struct arena *mem);
/* … or their number, which does not depend on ids and times. */
const char *survey_counts(struct arena *mem);

/* Runs a statement in frontdesk_store as the administrator. */
void change(const char *statement);
/* The first column of its only row. */
int64_t look(const char *statement);

#endif
