/*
 * verify.h - is the audit log what was sealed? (core/audit/seal.h)
 *
 * A chain is gone through from its first link, page by page, entries beside
 * it. Each link is held against the one before it as it stands there: so one
 * changed row is one finding, not a thousand. What is found:
 *
 * - an entry that was changed, in any column, or is gone
 * - a link that was changed, put in, put elsewhere, or is gone
 * - an entry that no link knows, or that comes long after later ones
 *
 * A chain whose end was cut off is in order: audit_verify_head() holds it
 * against a head that was noted. Entries at the beginning that are older than
 * AUDIT_DAYS_MIN may be gone: what is kept for how long is a company's policy,
 * and none is shorter.
 */
#ifndef FRONTDESK_VERIFY_H
#define FRONTDESK_VERIFY_H

#include "core/audit/seal.h"

#define AUDIT_DAYS_MIN 365

/* One that is gone through: begin with the first three members, then perhaps
 * audit_verify_from(). */
struct audit_chain {
	int64_t company_number;
	const char *company_id;    /* NULL: company 0 */
	bool store;                /* the tables (account fd_check), not a company's views */
	int64_t seq;               /* of the last link so far; 0: none yet */
	uint8_t hash[SHA256_SIZE]; /* its hash */
	ts_t newest;               /* entry so far */
	int64_t checked;           /* links */
	bool met;                  /* an entry that is there */
	int64_t expired;           /* entries before it that are gone because of their age */
	int64_t waiting;           /* entries that are not sealed yet: no finding */
};

struct audit_finding {
	int64_t seq;          /* 0: of no link */
	const char *entry_id; /* NULL: about a link alone */
	ts_t at;              /* when the entry was written, as the link says */
	const char *problem;  /* a sentence */
};

extern const struct table AUDIT_FINDING;

/* A company whose chain there may be; the platform is number 0. */
struct audit_company {
	int64_t company_number;
	const char *company_id;
	const char *slug;
};

#define AUDIT_COMPANIES_PAGE 200

extern const struct audit_company AUDIT_PLATFORM;

/* Of struct audit_company, from the tables: those behind this number, closed
 * ones too, at most a page. The platform is not among them. */
int audit_companies(struct ctx *c, int64_t after, struct rows *out) MUST_USE;
/* The one with this id, the platform included: 1, 0, -1. */
int audit_company_find(struct ctx *c, const char *id, struct audit_company *out) MUST_USE;

/* Leaves out all links but about the last `links`. 0, -1. */
int audit_verify_from(struct ctx *c, struct audit_chain *k, int64_t links) MUST_USE;
/* The next page: findings of struct audit_finding, perhaps none. 1 there is
 * more, 0 that was the last link, -1. */
int audit_verify_page(struct ctx *c, struct audit_chain *k, struct rows *findings) MUST_USE;
/* After the last page: entries that no link knows. At most a thousand. */
int audit_verify_rest(struct ctx *c, struct audit_chain *k, struct rows *findings) MUST_USE;
/* Whether the link with noted->seq has noted->hash. */
int audit_verify_head(struct ctx *c, const struct audit_chain *k, const struct audit_seal *noted,
	struct rows *findings) MUST_USE;

/* The last link: 1, 0 nothing is sealed, -1. */
int audit_head(struct ctx *c, const struct audit_chain *k, struct audit_seal *out) MUST_USE;

#endif
