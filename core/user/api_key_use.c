#include "core/base/id.h"
#include "core/base/text.h"
#include "core/event/event.h"
#include "core/sys/conf.h"
#include "core/sys/crypto.h"
#include "core/sys/db.h"
#include "core/user/api_key.h"

#define HEAD_LENGTH 9 /* "fdk_live_" */
#define CHECKED_LENGTH (API_KEY_LENGTH - CHECK_LENGTH)
#define CHECK_LENGTH 6
#define HOUR_MS INT64_C(3600000)
#define REMINDERS_AT_ONCE 100

static const char SIGNS[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
#define SIGNS_COUNT (sizeof(SIGNS) - 1)

/* ---- the text of a key ---- */

/* The checksum: of each of the first bytes of the SHA-256 of what stands before
 * it, its remainder as a sign. */
static void put_check(char *key)
{
	struct bytes text = {(const uint8_t *)key, CHECKED_LENGTH};
	uint8_t digest[SHA256_SIZE];

	sha256(text, digest);
	for (int i = 0; i < CHECK_LENGTH; i++)
		key[CHECKED_LENGTH + i] = SIGNS[digest[i] % SIGNS_COUNT];
}

const char *api_key_text(struct ctx *c)
{
	char *key = mem_alloc(c->mem, API_KEY_LENGTH + 1);

	/* NOLINTNEXTLINE(bugprone-not-null-terminated-result): the rest follows */
	memcpy(key, c->conf->server_sandbox ? "fdk_test_" : "fdk_live_", HEAD_LENGTH);
	for (int i = HEAD_LENGTH; i < CHECKED_LENGTH; i++)
		key[i] = SIGNS[random_below(SIGNS_COUNT)];
	put_check(key);
	return key;
}

void api_key_hash(const char *key, uint8_t hash[SHA256_SIZE])
{
	sha256((struct bytes){(const uint8_t *)key, strlen(key)}, hash);
}

bool api_key_is_one(const char *key)
{
	char right[API_KEY_LENGTH + 1];

	if (strlen(key) != API_KEY_LENGTH ||
		(!text_starts(key, "fdk_live_") && !text_starts(key, "fdk_test_")))
		return false;
	memcpy(right, key, sizeof(right));
	put_check(right);
	return strcmp(key, right) == 0;
}

/* ---- who asks with one ---- */

struct key_row {
	const char *key_id;
	enum role role;
	const char *permission_list;
	const char *address_list;
	ts_t last_used_at;
	int64_t company_number;
	const char *company_id;
	const char *company_name;
	const char *slug;
	enum company_status company_status;
};

static const struct field KEY_FIELDS[] = {
	ID(key_row, key_id, RO | JOINED),
	ENUM(key_row, role, RO | JOINED | NULL0, enum role, ROLES),
	TEXT(key_row, permission_list, RO | JOINED, 2000),
	TEXT(key_row, address_list, RO | JOINED, 1000),
	TIME(key_row, last_used_at, RO | JOINED),
	INT(key_row, company_number, RO | JOINED, 0, UINT32_MAX),
	ID(key_row, company_id, RO | JOINED),
	TEXT(key_row, company_name, RO | JOINED, 120),
	TEXT(key_row, slug, RO | JOINED, 63),
	ENUM(key_row, company_status, RO | JOINED, enum company_status, COMPANY_STATUS),
};
static const struct table KEY_ROW = TABLE(key_row, "api_key", KEY_FIELDS);

/* At most once an hour, whoever looks first. It is no part of what the request
 * does, and if it cannot be written the request goes on. */
static void write_down_use(struct ctx *c, const struct key_row *k)
{
	if (c->now.ms - k->last_used_at.ms < HOUR_MS)
		return;
	if (db_exec(c, "CALL sys_api_key_used(?, ?)", k->company_number, k->key_id) < 0)
		err_clear(c);
}

static void take_networks(struct ctx *c, const struct key_row *k, struct identity *out)
{
	struct texts all = texts_of(c->mem, k->address_list);

	for (size_t i = 0; i < all.n && i < KEY_ADDRESSES_MAX; i++) {
		if (!network_parse(all.p[i], &out->key_networks[i]))
			BUG("API key %s is bound to %s", k->key_id, all.p[i]);
		out->n_key_networks++;
	}
}

int api_key_find(struct ctx *c, const char *key, struct identity *out)
{
	uint8_t hash[SHA256_SIZE];
	struct bytes digest = {hash, sizeof(hash)};
	struct key_row k;

	memset(out, 0, sizeof(*out));
	if (!api_key_is_one(key))
		return 0;
	api_key_hash(key, hash);
	int rc = db_one(c, &KEY_ROW, &k, "CALL sys_api_key(?)", digest);
	if (rc <= 0)
		return rc;
	struct texts listed = texts_of(c->mem, k.permission_list);
	out->key_id = k.key_id;
	out->role = k.role;
	out->key_permissions = role_permissions(k.role) | permission_bits(&listed);
	out->memberships = 1;
	out->company_number = k.company_number;
	out->company_id = k.company_id;
	out->company_name = k.company_name;
	out->slug = k.slug;
	out->company_status = k.company_status;
	take_networks(c, &k, out);
	write_down_use(c, &k);
	return 1;
}

/* ---- keys that have been in use for long ---- */

struct aged_key {
	int64_t company_number;
	const char *company_id;
	const char *id;
};

static const struct field AGED_FIELDS[] = {
	INT(aged_key, company_number, RO | JOINED, 1, UINT32_MAX),
	ID(aged_key, company_id, RO | JOINED),
	ID(aged_key, id, RO | JOINED),
};
static const struct table AGED_KEY = TABLE(aged_key, "aged_key", AGED_FIELDS);

/* Marked and told in one: nobody is reminded twice. */
static int remind(struct ctx *c, void *id)
{
	struct api_key k;
	int rc = api_key_get(c, id, &k);

	if (rc < 0 && err_take(c, E_NOT_FOUND))
		return 0; /* revoked meanwhile */
	if (rc < 0 || db_exec(c, "UPDATE api_key SET reminded_at = NOW(3) WHERE id = ?", k.id) < 0)
		return -1;
	return event_emit(c, EV_API_KEY_REMINDER, k.id, &API_KEY, &k);
}

int api_keys_remind(struct ctx *c, const char *none)
{
	struct rows found;

	(void)none;
	do {
		c->company = 0;
		if (db_rows(c, &AGED_KEY, &found, "CALL sys_api_keys_aged(?, ?)",
			    API_KEY_REMINDER_DAYS, REMINDERS_AT_ONCE) < 0)
			return -1;
		for (size_t i = 0; i < found.n; i++) {
			const struct aged_key *k = (const struct aged_key *)found.p + i;

			c->company = (uint32_t)k->company_number;
			c->company_id = k->company_id;
			if (in_tx(c, remind, (void *)(uintptr_t)k->id) < 0)
				return -1;
		}
	} while (found.n == REMINDERS_AT_ONCE);
	return 0;
}
