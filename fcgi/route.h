/*
 * route.h - the table of routes: the map of the API, what serve() obeys, what
 * OpenAPI is printed from, and what the tests go through.
 */
#ifndef FRONTDESK_ROUTE_H
#define FRONTDESK_ROUTE_H

#include "fcgi/req.h"

enum auth {
	AUTH_NONE,     /* anybody */
	AUTH_USER,     /* a person, in a company or not */
	AUTH_COMPANY,  /* a person or API key, in a company */
	AUTH_PLATFORM, /* a person who administers the platform or a tenant; the
	                  handler's connection is fd_platform's, outside companies */
	AUTH_HOOK,     /* a provider: the handler checks its signature */
	AUTH_PUBLIC,   /* anybody; the path names the company: {slug}, {manage_token} or
	                 {feed_token} or {offer_token} */
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
	const struct table *in;    /* body; NULL: none is taken. PATCH: what is given */
	enum shape shape;
	const struct table *out; /* of a DELETE: what is deleted */
	int status;              /* of success */
	const char *summary;
	int (*after_conflict)(struct req *r); /* after E_SLOT_TAKEN was rolled back */
	/* whose rows these are: the first id of the path is its id, and the
	 * column of that is called as it is: "staff" -> staff_id */
	const struct table *parent;
};

extern const struct route ROUTES[];
extern const size_t ROUTES_COUNT;

/* 0; -1 with E_NOT_FOUND, E_METHOD or E_GONE. Fills route and ids. */
int route_find(struct req *r) MUST_USE;

/* The GET of the object that the path names, or of the one it lies under:
 * for "/bookings/{id}/cancel" that of "/bookings/{id}". NULL: none. */
const struct route *route_object(const struct route *k);

int route_ids(const struct route *k); /* how many {…} its path has */

/* {id} segments are UUIDs: else E_NOT_FOUND, as for ids that do not exist. */
int route_ids_check(struct req *r) MUST_USE;

/* BUG when the table contradicts itself; called once at start. */
void route_check(void);

#endif
