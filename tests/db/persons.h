/*
 * persons.h - what tests about accounts share: a person with a known password,
 * and requests as the server gets them, with what they cost.
 *
 * These requests commit: persons_begin() gives a database without failed log-ins
 * and letters, and persons_end() leaves one without our persons and companies.
 */
#ifndef FRONTDESK_TESTS_DB_PERSONS_H
#define FRONTDESK_TESTS_DB_PERSONS_H

#include "core/sys/link.h"
#include "tests/db/calls.h"
#include "tests/db/survey.h"

/* His name is Torture, as of all that is taken away again. */
#define SOMEBODY_ID "01900000-0000-7000-8000-7ee000000001"
#define SOMEBODY "torture@people.example"
#define OLD_PASSWORD "frontdesk-demo"
#define NEW_PASSWORD "kastanie-12-lampe-fjord"
#define SECRET "12345678901234567890" /* of his second factor */
#define AUTH "/api/v2/auth/"

void persons_begin(void);
void persons_end(void);
/* In between, again. */
void persons_forget(void);

/* Somebody with the role in the salon (NULL: in no company). */
void have_somebody(const char *role);
/* His second factor, in force. */
void have_factor(void);
const char *code_of(int64_t step); /* 0: the present one */
/* A letter of his with a link, on its way; the link. */
const char *have_letter(const char *kind, enum link_purpose purpose);
/* Another one of the salon's, called Torture too. */
void have_colleague(const char *id, const char *role);

struct answer {
	int status;
	const char *body;
	unsigned db_calls;
	int hashes; /* of passwords */
};

/* A request of whoever has this access token ("": nobody), by default from
 * 127.0.0.1 and by a device called "device". */
struct visitor {
	const char *token;
	const char *address;
	const char *device;
};
struct answer request(
	const struct visitor *v, const char *method, const char *path, const char *body);
#define post_as(v, path, ...) request((v), "POST", (path), mem_printf(web->mem, __VA_ARGS__))
#define post_to(path, ...) post_as(NULL, (path), __VA_ARGS__)
/* The text of a member of the answer, which must be there. */
const char *member(const struct answer *a, const char *name);
/* Logs in, which must succeed; the access token. */
const char *logged_in(const char *email, const char *password);

/* In a process of its own: a connection of its own. */
void persons_forked(void);

#endif
