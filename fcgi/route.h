/*
 * route.h - the table of routes: the map of the API, what serve() obeys, what
 * OpenAPI is printed from, and what the tests go through.
 */
#ifndef FRONTDESK_ROUTE_H
#define FRONTDESK_ROUTE_H

#include "fcgi/req.h"

enum auth {
	AUTH_NONE,    /* anybody */
	AUTH_USER,    /* a person, in a company or not */
	AUTH_COMPANY, /* a person or API key, in a company */
	AUTH_HOOK,    /* a provider: the handler checks its signature */
	AUTH_PUBLIC,  /* anybody; the path names the company: {slug}, {manage_token} or
	                 {feed_token} */
};

enum tx {
	TX_READ,  /* no transaction: each statement for itself */
	TX_WRITE, /* one around the handler, run again when it must */
	TX_NONE,  /* the handler uses in_tx() for its steps */
};

enum shape { SHAPE_NONE, SHAPE_ONE, SHAPE_LIST };

struct route {
	const char *method;
	const char *path; /* "/api/v2/calls/{id}" */
	int (*handler)(struct req *r);
	enum auth auth;
	enum perm perm;
	enum tx tx;
	const struct table *query; /* parameters; NULL: none are taken */
	const struct table *in;    /* body; NULL: none is taken */
	enum shape shape;
	const struct table *out;
	int status; /* of success */
	const char *summary;
	int (*after_conflict)(struct req *r); /* after E_SLOT_TAKEN was rolled back */
};

extern const struct route ROUTES[];
extern const size_t ROUTES_COUNT;

/* 0; -1 with E_NOT_FOUND, E_METHOD or E_GONE. Fills route and ids. */
int route_find(struct req *r) MUST_USE;

/* {id} segments are UUIDs: else E_NOT_FOUND, as for ids that do not exist. */
int route_ids_check(struct req *r) MUST_USE;

/* BUG when the table contradicts itself; called once at start. */
void route_check(void);

#endif
