/*
 * planted.h - two companies with the same rows in every table, to run statements
 * inside one of them (mine) and look whether anything of the other's (theirs) is
 * seen or changed. What differs is a canary in every text.
 */
#ifndef FRONTDESK_TESTS_DB_PLANTED_H
#define FRONTDESK_TESTS_DB_PLANTED_H

#include "tests/db/statements.h"

struct side {
	const char *slug, *canary;
	int64_t number;
};

extern struct side mine, theirs;
extern const struct side *hidden[2]; /* whose text may not be seen; theirs */

extern MYSQL *above, *inside;    /* the administrator sees what is not committed */
extern struct arena *mem, *kept; /* of a statement; of a test */
extern struct statements gen;

void planted_setup(void); /* makes both; the seed is printed by report() */
void planted_teardown(void);
void must(const char *sql); /* as root */
void plant(const struct side *s);
/* All its rows; whole: also those that every company has. */
void uproot(const struct side *s, bool whole);

/* A fresh connection of fd_web, inside a company (0: never in one). */
void enter(int64_t company);
bool still_in(int64_t company);

/* Digests of the whole database, also of what is not committed: of all that is
 * not mine, of what is theirs, of what is any company's. */
uint64_t digest_outside(void);
uint64_t digest_theirs(void);
uint64_t digest_companies(void);
int64_t smuggled(void); /* rows of mine that hold their canary */

/* What a statement came to. */
struct outcome {
	unsigned error;
	int64_t rows, matched;
	uint64_t digest; /* of rows in any order */
	bool leaked;     /* a text of somebody hidden */
};

struct outcome run(MYSQL *m, const char *sql);

struct verdict {
	int made, worked, returned, changed, refused;
	int leaks, changes, forbidden; /* violations, and the first one: */
	char first[4000];
};

void count(struct verdict *v, const struct statement *s, const struct outcome *o);
void blame(struct verdict *v, int *kind, const char *why, const char *sql);
void report(const char *what, const struct verdict *v);
/* No violation, and enough statements that worked. */
void expect_none(const char *what, const struct verdict *v);

#endif
