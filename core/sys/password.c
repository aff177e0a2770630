#include "core/sys/password.h"
#include "core/base/id.h"
#include "core/base/text.h"
#include "core/sys/crypto.h"
#include <crypt.h>

#define HASH_LENGTH 60
#define COST_MAX 16 /* a check would take three seconds */

/* Salt and hash of random bytes that nobody kept: for unknown accounts. */
static const char NOBODY[] = "EQrk1VMRXQOUCW0p/ccJ0OnPSnQWZBBM0nslITLcztYYmHu1X1H32";

#ifdef FRONTDESK_TEST
static int cost = PASSWORD_COST;
static int hashes;

int password_hashes(void)
{
	int n = hashes;

	hashes = 0;
	return n;
}

void password_cheap(int lower)
{
	cost = lower > 0 ? lower : PASSWORD_COST;
}

#define COST cost
#define COUNT_HASH() (hashes++)
#else
#define COST PASSWORD_COST
#define COUNT_HASH() ((void)0)
#endif

/* The cost of a bcrypt hash, 0 when it is none. */
static int cost_of(const char *hash)
{
	if (hash == NULL || strlen(hash) != HASH_LENGTH || !text_starts(hash, "$2b$"))
		return 0;
	if (hash[4] < '0' || hash[4] > '9' || hash[5] < '0' || hash[5] > '9' || hash[6] != '$')
		return 0;
	int n = (hash[4] - '0') * 10 + (hash[5] - '0');

	return n >= 4 && n <= COST_MAX ? n : 0;
}

/* NULL when the library refuses the setting ("*0"). */
static const char *bcrypt(struct ctx *c, const char *password, const char *setting)
{
	struct crypt_data *data = mem_alloc(c->mem, sizeof(*data));
	const char *made = crypt_r(password, setting, data);
	const char *hash = NULL;

	COUNT_HASH();
	if (made != NULL && cost_of(made) > 0)
		hash = mem_text(c->mem, made);
	explicit_bzero(data, sizeof(*data));
	return hash;
}

const char *password_hash(struct ctx *c, const char *password)
{
	char salt[16];
	char setting[CRYPT_GENSALT_OUTPUT_SIZE];

	if (strlen(password) > PASSWORD_MAX_BYTES)
		BUG("bcrypt would not see the end of a password");
	random_bytes(salt, sizeof(salt));
	if (crypt_gensalt_rn("$2b$", (unsigned long)COST, salt, sizeof(salt), setting,
		    sizeof(setting)) == NULL)
		BUG("no bcrypt setting: %s", strerror(errno));
	const char *hash = bcrypt(c, password, setting);
	if (hash == NULL)
		BUG("bcrypt failed");
	return hash;
}

bool password_check(struct ctx *c, const char *password, const char *hash)
{
	bool possible = cost_of(hash) > 0 && strlen(password) <= PASSWORD_MAX_BYTES;
	const char *wanted = possible ? hash : mem_printf(c->mem, "$2b$%02d$%s", COST, NOBODY);
	const char *made = bcrypt(c, password, wanted);

	if (made == NULL)
		return false;
	struct bytes a = {(const uint8_t *)made, HASH_LENGTH};
	struct bytes b = {(const uint8_t *)wanted, HASH_LENGTH};
	return secret_same(a, b) && possible;
}

bool password_is_old(const char *hash)
{
	return cost_of(hash) < COST;
}
