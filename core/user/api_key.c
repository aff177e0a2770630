#include "core/user/api_key.h"
#include "core/audit/audit.h"
#include "core/audit/row.h"
#include "core/base/network.h"
#include "core/sys/crypto.h"
#include "core/sys/db.h"

#define PERMISSION_LIST_MAX 2000
#define ADDRESS_LIST_MAX (KEY_ADDRESSES_MAX * (NETWORK_TEXT_MAX + 1))
#define PREFIX_LENGTH 13 /* "fdk_live_", and four of the key */
#define HOUR_MS INT64_C(3600000)

static const char *const KEY_ROLES[] = {
	"", "owner", "manager", "staff", "accountant", "read_only", NULL};

/* What a client sees, and what is stored. */
#define SHOWN                                                                            \
	ID(api_key, id, RO), TEXT(api_key, name, REQ | SEARCH | SORT, 120),              \
		TEXT(api_key, prefix, RO, 24), TEXT(api_key, last_four, RO, 4),          \
		ENUM(api_key, role, NULL0, enum key_role, KEY_ROLES),                    \
		TEXTS(api_key, permissions, 0, PERM_COUNT),                              \
		TEXTS(api_key, allowed_addresses, 0, KEY_ADDRESSES_MAX),                 \
		TIME(api_key, created_at, RO | BY), TIME(api_key, issued_at, RO | SORT), \
		TIME(api_key, expires_at, 0), TIME(api_key, previous_until, RO),         \
		TIME(api_key, last_used_at, RO | SORT)

static const struct field FIELDS[] = {
	SHOWN,
	BYTES(api_key, key_hash, RO, 32),
	BYTES(api_key, previous_hash, RO, 32),
	TEXT(api_key, permission_list, RO | HIDDEN, PERMISSION_LIST_MAX),
	TEXT(api_key, address_list, RO | HIDDEN, ADDRESS_LIST_MAX),
};
const struct table API_KEY = TABLE(api_key, "api_key", FIELDS);

static const struct field NEW_FIELDS[] = {
	SHOWN,
	TEXT(api_key, key, RO | NOCOL | ONCE, API_KEY_LENGTH),
};
const struct table NEW_API_KEY = TABLE(api_key, "new_api_key", NEW_FIELDS);

static const struct field IN_FIELDS[] = {
	TEXT(api_key, name, REQ, 120),
	ENUM(api_key, role, NULL0, enum key_role, KEY_ROLES),
	TEXTS(api_key, permissions, 0, PERM_COUNT),
	TEXTS(api_key, allowed_addresses, 0, KEY_ADDRESSES_MAX),
	TIME(api_key, expires_at, 0),
};
const struct table API_KEY_IN = TABLE(api_key, "api_key_in", IN_FIELDS);

/* ---- storage ---- */

void api_key_complete(struct ctx *c, struct rows *keys)
{
	struct api_key *k = keys->p;

	for (size_t i = 0; i < keys->n; i++) {
		k[i].permissions = texts_of(c->mem, k[i].permission_list);
		k[i].allowed_addresses = texts_of(c->mem, k[i].address_list);
	}
}

/* One that is not revoked; in a transaction it is held until the end. */
int api_key_get(struct ctx *c, const char *id, struct api_key *out)
{
	struct rows one = {out, 1};
	int rc = db_in_tx(c) ? db_one(c, &API_KEY, out,
				       "SELECT {cols} FROM api_key"
				       " WHERE id = ? AND revoked_at IS NULL FOR UPDATE",
				       id)
			     : db_one(c, &API_KEY, out,
				       "SELECT {cols} FROM api_key"
				       " WHERE id = ? AND revoked_at IS NULL",
				       id);

	if (db_must(c, rc, "API key", id) < 0)
		return -1;
	api_key_complete(c, &one);
	return 0;
}

static int check_room(struct ctx *c)
{
	int64_t n;

	if (db_int(c, &n,
		    "SELECT COUNT(*) FROM api_key WHERE revoked_at IS NULL"
		    " AND (expires_at IS NULL OR expires_at > ?)",
		    c->now) < 0)
		return -1;
	return n < API_KEYS_MAX
		? 0
		: err_set(c, E_LIMIT_REACHED,
			  "A company has at most %d API keys: revoke one first.", API_KEYS_MAX);
}

/* ---- rules ---- */

static uint64_t role_bits(enum key_role role)
{
	return role == KEY_ROLE_NONE ? 0 : role_permissions(names_find(ROLES, KEY_ROLES[role]));
}

static uint64_t key_bits(const struct api_key *k)
{
	return role_bits(k->role) | permission_bits(&k->permissions);
}
static int check_permissions(struct ctx *c, struct api_key *k)
{
	int rc = 0;

	for (size_t i = 0; i < k->permissions.n; i++) {
		const char *field = mem_printf(c->mem, "permissions.%zu", i);
		int p = names_find(PERMS, k->permissions.p[i]);

		if (p <= 0)
			rc = err_field(c, field, "is not a permission");
		else if (!may(c, p))
			rc = err_field(c, field, "is a permission that you do not have");
	}
	k->permissions = permission_names(c, permission_bits(&k->permissions));
	k->permission_list = texts_list(c->mem, &k->permissions);
	return rc;
}

static int check_role(struct ctx *c, const struct api_key *k)
{
	if ((k->role == KEY_ROLE_NONE) == (k->permissions.n == 0))
		return err_field(c, "role", "must be given, or else permissions");
	if ((role_bits(k->role) & ~c->permissions) != 0)
		return err_field(c, "role", "is one that may do more than you");
	return 0;
}

static int check_addresses(struct ctx *c, struct api_key *k)
{
	struct texts clean = {mem_alloc(c->mem, KEY_ADDRESSES_MAX * sizeof(char *)), 0};
	int rc = 0;

	for (size_t i = 0; i < k->allowed_addresses.n; i++) {
		struct network n;

		if (!network_parse(k->allowed_addresses.p[i], &n)) {
			rc = err_field(c, mem_printf(c->mem, "allowed_addresses.%zu", i),
				"must be an address like 203.0.113.7 or 2001:db8::7, or a network "
				"like 203.0.113.0/24");
			continue;
		}
		const char *text = network_text(c->mem, &n);
		if (!texts_have(&clean, text))
			clean.p[clean.n++] = text;
	}
	k->allowed_addresses = clean;
	k->address_list = texts_list(c->mem, &clean);
	return rc;
}

/* All that is wrong at once. */
static int check(struct ctx *c, struct api_key *k, ts_t expired_before)
{
	int rc = check_permissions(c, k);

	if (rc == 0)
		rc = check_role(c, k);
	if (check_addresses(c, k) < 0)
		rc = -1;
	if (k->expires_at.ms != 0 && k->expires_at.ms != expired_before.ms &&
		k->expires_at.ms <= c->now.ms)
		rc = err_field(c, "expires_at", "must lie ahead");
	return rc;
}

/* Else whoever may change keys could lend themselves what a key may do. */
static int get_within_rights(struct ctx *c, const char *id, struct api_key *out)
{
	if (api_key_get(c, id, out) < 0)
		return -1;
	if ((key_bits(out) & ~c->permissions) == 0)
		return 0;
	return err_set(c, E_FORBIDDEN,
		"This key may do more than you: revoke it, or ask somebody who may do as much.");
}

static void issue(struct ctx *c, struct api_key *k)
{
	uint8_t *hash = mem_alloc(c->mem, SHA256_SIZE);

	k->key = api_key_text(c);
	api_key_hash(k->key, hash);
	k->key_hash = (struct bytes){hash, SHA256_SIZE};
	k->prefix = mem_text_n(c->mem, k->key, PREFIX_LENGTH);
	k->last_four = k->key + API_KEY_LENGTH - 4;
	k->issued_at = c->now;
}

int api_key_create(struct ctx *c, const struct api_key *in, struct api_key *out)
{
	*out = *in;
	if (check(c, out, (ts_t){0}) < 0 || check_room(c) < 0)
		return -1;
	issue(c, out);
	out->created_at = c->now;
	return row_create(c, &API_KEY, out);
}

int api_key_change(struct ctx *c, const char *id, const struct api_key *in, uint64_t given,
	struct api_key *out)
{
	bool role = (given & field_bit(&API_KEY_IN, table_field(&API_KEY_IN, "role"))) != 0;
	bool listed =
		(given & field_bit(&API_KEY_IN, table_field(&API_KEY_IN, "permissions"))) != 0;
	struct api_key was;

	if (get_within_rights(c, id, &was) < 0)
		return -1;
	*out = was;
	table_merge(&API_KEY_IN, out, in, given);
	if (role && !listed) /* one stands in for the other */
		out->permissions.n = 0;
	if (listed && !role)
		out->role = KEY_ROLE_NONE;
	if (check(c, out, was.expires_at) < 0)
		return -1;
	return row_change(c, &API_KEY, &was, out) < 0 ? -1 : 0;
}

int api_key_rotate(struct ctx *c, const char *id, int64_t overlap_hours, struct api_key *out)
{
	struct api_key was;

	if (get_within_rights(c, id, &was) < 0)
		return -1;
	*out = was;
	issue(c, out);
	out->previous_hash = overlap_hours > 0 ? was.key_hash : (struct bytes){NULL, 0};
	out->previous_until.ms = overlap_hours > 0 ? c->now.ms + overlap_hours * HOUR_MS : 0;
	if (db_update(c, &API_KEY, out,
		    "key_hash,prefix,last_four,issued_at,previous_hash,previous_until", id) < 0)
		return -1;
	return audit_add(c, "api_key.rotate", "api_key", id, NULL);
}

int api_key_revoke(struct ctx *c, const char *id)
{
	int rc = db_exec(c, "UPDATE api_key SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL",
		c->now, id);

	if (db_must(c, rc, "API key", id) < 0)
		return -1;
	return audit_add(c, "api_key.revoke", "api_key", id, NULL);
}
