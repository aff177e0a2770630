/*
 * api_key.h - keys for programs: "fdk_live_" (sandbox: "fdk_test_"), 32 random
 * letters and digits, and 6 more that are a checksum of all before them, so
 * that a mistyped key is told from a wrong one, and scanners for secrets that
 * leaked know one when they see it.
 *
 * Only the hash is stored; the key is shown when it is made. It has a role, or
 * permissions that are listed, never more than whoever makes or changes it has.
 * It may be bound to addresses. A rotation makes a new key, and the one before
 * it holds for a while. A key that is revoked stays as a record.
 *
 * All that changes something needs a transaction and is audited. E_NOT_FOUND;
 * E_INVALID naming the field; E_FORBIDDEN for a key that may do more than the
 * one who wants to change it.
 */
#ifndef FRONTDESK_API_KEY_H
#define FRONTDESK_API_KEY_H

#include "core/user/user.h"

#define API_KEY_LENGTH 47
#define API_KEYS_MAX 100 /* of a company, in force */
#define API_KEY_OVERLAP_HOURS_MAX 168
#define API_KEY_REMINDER_DAYS 90

enum key_role { KEY_ROLE_NONE }; /* and the roles of a company */

struct api_key {
	const char *id;
	const char *name;
	const char *prefix;    /* what it begins with … */
	const char *last_four; /* … and ends with */
	enum key_role role;    /* or: */
	struct texts permissions;
	struct texts allowed_addresses; /* none: any */
	ts_t created_at;
	ts_t issued_at; /* the last rotation */
	ts_t expires_at;
	ts_t previous_until; /* the key before it holds until then */
	ts_t last_used_at;   /* to the hour */
	/* as it is stored */
	struct bytes key_hash;
	struct bytes previous_hash;
	const char *permission_list;
	const char *address_list;
	/* shown once */
	const char *key;
};

extern const struct table API_KEY;
extern const struct table API_KEY_IN;  /* what may be given and changed */
extern const struct table NEW_API_KEY; /* with the key itself */

/* Fills in what is not a column, of each row. */
void api_key_complete(struct ctx *c, struct rows *keys);
int api_key_get(struct ctx *c, const char *id, struct api_key *out) MUST_USE;

/* E_LIMIT_REACHED above API_KEYS_MAX. */
int api_key_create(struct ctx *c, const struct api_key *in, struct api_key *out) MUST_USE;
/* Takes from `in` the members that `given` names (bits of API_KEY_IN). */
int api_key_change(struct ctx *c, const char *id, const struct api_key *in, uint64_t given,
	struct api_key *out) MUST_USE;
/* A new key; the present one holds for so many hours more. */
int api_key_rotate(
	struct ctx *c, const char *id, int64_t overlap_hours, struct api_key *out) MUST_USE;
int api_key_revoke(struct ctx *c, const char *id) MUST_USE;

/* ---- the key itself ---- */

const char *api_key_text(struct ctx *c); /* a new one */
void api_key_hash(const char *key, uint8_t hash[32]);
/* Whether it has the form and the right checksum. */
bool api_key_is_one(const char *key);

/* The identity behind a key, and the company it is of. 1, 0 (unknown, expired,
 * revoked, mistyped), -1. Writes down that it is used, once an hour. */
int api_key_find(struct ctx *c, const char *key, struct identity *out) MUST_USE;

/* The job api_key.reminders: an event for every key in force that has become 90
 * days old, 180, … since it was issued. Outside transactions and companies. */
int api_keys_remind(struct ctx *c, const char *none) MUST_USE;

#endif
