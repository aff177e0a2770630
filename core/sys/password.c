#include "core/sys/password.h"
#include "core/base/id.h"
#include "core/base/text.h"
#include "core/sys/crypto.h"
#include <crypt.h>

#define HASH_LENGTH 60
#define COST_MAX 16 /* a check would take three seconds */

/* Of random bytes that nobody kept, at our cost: for unknown accounts. */
static const char NOBODY[] = "$2b$12$EQrk1VMRXQOUCW0p/ccJ0OnPSnQWZBBM0nslITLcztYYmHu1X1H32";

/* The cost of a bcrypt hash, 0 when it is none. */
static int cost_of(const char *hash)
{
	if (hash == NULL || strlen(hash) != HASH_LENGTH || !text_starts(hash, "$2b$"))
		return 0;
	if (hash[4] < '0' || hash[4] > '9' || hash[5] < '0' || hash[5] > '9' || hash[6] != '$')
		return 0;
	int cost = (hash[4] - '0') * 10 + (hash[5] - '0');

	return cost >= 4 && cost <= COST_MAX ? cost : 0;
}

/* NULL when the library refuses the setting ("*0"). */
static const char *bcrypt(struct ctx *c, const char *password, const char *setting)
{
	struct crypt_data *data = mem_alloc(c->mem, sizeof(*data));
	const char *made = crypt_r(password, setting, data);
	const char *hash = NULL;

	if (made != NULL && cost_of(made) > 0)
		hash = mem_text(c->mem, made);
	explicit_bzero(data, sizeof(*data));
	return hash;
}

int password_hash(struct ctx *c, const char *field, const char *password, const char **hash)
{
	char salt[16];
	char setting[CRYPT_GENSALT_OUTPUT_SIZE];

	if (!utf8_valid(password, strlen(password)))
		return err_field(c, field, "must be UTF-8 text");
	if (utf8_length(password) < PASSWORD_MIN_CHARACTERS)
		return err_field(
			c, field, "must have at least %d characters", PASSWORD_MIN_CHARACTERS);
	if (strlen(password) > PASSWORD_MAX_BYTES)
		return err_field(c, field,
			"must not have more than %d bytes (a letter with an accent counts twice)",
			PASSWORD_MAX_BYTES);
	random_bytes(salt, sizeof(salt));
	if (crypt_gensalt_rn("$2b$", PASSWORD_COST, salt, sizeof(salt), setting, sizeof(setting)) ==
		NULL)
		BUG("no bcrypt setting: %s", strerror(errno));
	*hash = bcrypt(c, password, setting);
	if (*hash == NULL)
		BUG("bcrypt failed");
	return 0;
}

bool password_check(struct ctx *c, const char *password, const char *hash)
{
	bool possible = cost_of(hash) > 0 && strlen(password) <= PASSWORD_MAX_BYTES;
	const char *wanted = possible ? hash : NOBODY;
	const char *made = bcrypt(c, password, wanted);

	if (made == NULL)
		return false;
	struct bytes a = {(const uint8_t *)made, HASH_LENGTH};
	struct bytes b = {(const uint8_t *)wanted, HASH_LENGTH};
	return secret_same(a, b) && possible;
}

bool password_is_old(const char *hash)
{
	return cost_of(hash) < PASSWORD_COST;
}
