/* Sealing every cell anew, while the programs are at work. */
#include "core/schema/cells.h"
#include "core/schema/rings.h"
#include "core/sys/conf.h"
#include "core/sys/crypto.h"
#include "core/sys/totp.h"
#include "core/tenant/integration.h"
#include "core/user/account.h"
#include "core/user/two_factor.h"
#include "tests/db/calls.h"

#include <sys/stat.h>
#include <time.h>

#define ROUNDS 100

struct named_column {
	const char *table_name;
	const char *column_name;
	bool of_company;
};

static const struct field COLUMN_FIELDS[] = {
	TEXT(named_column, table_name, 0, 64),
	TEXT(named_column, column_name, 0, 64),
	BOOL(named_column, of_company, 0),
};
static const struct table COLUMN = TABLE(named_column, "columns", COLUMN_FIELDS);

static void forget(void)
{
	ck_assert_int_eq(
		db_script(admin, "DELETE FROM frontdesk_store.integration WHERE label = 'test'"),
		0);
	ck_assert_int_eq(
		db_script(admin,
			"DELETE FROM frontdesk_store.user WHERE email LIKE '%@cells.example'"),
		0);
}

static void setup(void)
{
	calls_begin();
	with_keys(admin);
	forget();
	web->company = salon();
	web->actor = ACTOR_SYSTEM;
}

static void teardown(void)
{
	web->company = 0;
	forget();
	calls_end();
}

static struct keyring *ring(void)
{
	return admin->conf->keyring;
}

static uint32_t new_key(void)
{
	uint32_t id;

	ck_assert_int_eq(
		ring_add(admin, conf_secret_path(admin->conf, admin->mem, "keyring"), 0, &id), 0);
	return id;
}

static struct reseal seal_all(void)
{
	struct reseal r = {0};
	int rc;

	while ((rc = cells_reseal(admin, ring(), &r)) > 0)
		;
	ck_assert_int_eq(rc, 0);
	return r;
}

static int64_t cells_without(uint32_t key)
{
	struct rows rows;
	int64_t n = 0;

	ck_assert_int_eq(cells_count(admin, &rows), 0);
	const struct cell_count *k = rows.p;
	for (size_t i = 0; i < rows.n; i++)
		n += k[i].key_id == key ? 0 : k[i].cells;
	return n;
}

START_TEST(every_column_of_cells_is_known)
{
	struct rows rows;

	ck_assert_int_gt(
		db_rows(admin, &COLUMN, &rows,
			"SELECT k.TABLE_NAME AS table_name, k.COLUMN_NAME AS column_name,"
			" EXISTS (SELECT 1 FROM information_schema.COLUMNS o WHERE"
			" o.TABLE_SCHEMA = k.TABLE_SCHEMA AND o.TABLE_NAME = k.TABLE_NAME"
			" AND o.COLUMN_NAME = 'company_id') AS of_company"
			" FROM information_schema.COLUMNS k JOIN information_schema.TABLES t"
			" ON t.TABLE_SCHEMA = k.TABLE_SCHEMA AND t.TABLE_NAME = k.TABLE_NAME"
			" WHERE k.TABLE_SCHEMA = 'frontdesk_store' AND t.TABLE_TYPE LIKE '%TABLE%'"
			" AND k.COLUMN_NAME LIKE '%\\_cell'"),
		0);
	const struct named_column *there = rows.p;
	for (size_t i = 0; i < rows.n; i++) {
		size_t k = 0;

		while (k < SEALED_COLUMNS_COUNT &&
			(strcmp(SEALED_COLUMNS[k].table, there[i].table_name) != 0 ||
				strcmp(SEALED_COLUMNS[k].column, there[i].column_name) != 0))
			k++;
		ck_assert_msg(k < SEALED_COLUMNS_COUNT, "%s.%s is not in core/schema/cells.c",
			there[i].table_name, there[i].column_name);
		ck_assert(SEALED_COLUMNS[k].of_company == there[i].of_company);
	}
	ck_assert_uint_eq(rows.n, SEALED_COLUMNS_COUNT);
}
END_TEST

static int create(struct ctx *c, void *arg)
{
	struct integration *i = arg;

	return integration_create(c, i, i);
}

static struct integration have(const char *secret)
{
	struct integration i = {.provider = PROVIDER_STRIPE,
		.label = "test",
		.secret = secret,
		.signing_secret = "whsec_0123"};

	ck_assert_int_eq(in_tx(web, create, &i), 0);
	return i;
}

static const char *secret_of(const char *id)
{
	struct integration i;
	const char *secret;

	ck_assert_int_eq(integration_get(web, id, &i), 0);
	ck_assert_int_eq(integration_secret(web, &i, &secret), 0);
	return secret;
}

START_TEST(all_cells_get_the_newest_key_and_open)
{
	struct integration one = have("first-secret"), two = have("second-secret");
	uint32_t id = new_key();
	int64_t before = cells_without(id);

	ck_assert_int_ge(before, 4 + 4); /* the demo's, too */
	struct reseal r = seal_all();
	ck_assert_int_eq(r.sealed, before);
	ck_assert_int_eq(r.unopened, 0);
	ck_assert_int_eq(cells_without(id), 0);
	ck_assert_str_eq(secret_of(one.id), "first-secret");
	ck_assert_str_eq(secret_of(two.id), "second-secret");
	/* again: nothing is left to do */
	ck_assert_int_eq(seal_all().sealed, 0);
}
END_TEST

#define ONE "01900000-0000-7000-8000-ce1100000001"
#define SECRET "01234567890123456789"

/* Somebody with an authenticator app. */
static void have_person(void)
{
	struct cell_place at = {"user", "totp_cell", 0, ONE};
	struct bytes plain = {(const uint8_t *)SECRET, strlen(SECRET)}, cell;

	ck_assert_int_eq(cell_seal(admin, ring(), at, plain, &cell), 0);
	ck_assert_int_eq(
		db_exec(admin,
			"INSERT INTO frontdesk_store.user (id, email, name, password_hash,"
			" totp_cell, totp_enabled_at) VALUES (?, 'one@cells.example', 'One', '*',"
			" ?, NOW(3))",
			at.row, cell),
		1);
}

static const char *code_at(ts_t now)
{
	struct bytes secret = {(const uint8_t *)SECRET, strlen(SECRET)};

	return mem_printf(web->mem, "%06u",
		(unsigned)(hotp(secret, (uint64_t)(now.ms / 1000 / TOTP_SECONDS)) % 1000000));
}

/* Between the look at somebody's account and the use of his code. */
START_TEST(a_code_counts_though_its_secret_was_sealed_anew_meanwhile)
{
	struct account a;
	uint32_t id;

	have_person();
	web->company = 0;
	ck_assert_int_eq(account_find(web, ONE, &a), 1);
	id = new_key();
	ck_assert_int_gt(seal_all().sealed, 0);
	ck_assert_int_eq(cells_without(id), 0);
	ck_assert_int_eq(two_factor_use(web, &a, code_at(web->now)), 1);
	ck_assert_int_eq(two_factor_use(web, &a, code_at(web->now)), 0);
	ck_assert_int_eq(two_factor_use(web, &a, "000000"), 0);
}
END_TEST

START_TEST(more_cells_than_a_batch_holds)
{
	struct integration one = have("many-of-these");

	/* what is copied to another row does not open there: it is left */
	for (int i = 0; i < 1200; i++)
		ck_assert_int_eq(
			db_exec(admin,
				"INSERT INTO frontdesk_store.integration (company_id, id, provider,"
				" hook, label, secret_cell) SELECT company_id, UUID(), provider,"
				" UUID(), 'test', secret_cell FROM frontdesk_store.integration"
				" WHERE id = ?",
				one.id),
			1);
	uint32_t id = new_key();
	hush();
	struct reseal r = seal_all();
	ck_assert_int_eq(r.unopened, 1200);
	ck_assert_int_eq(cells_without(id), 1200);
	ck_assert_str_eq(secret_of(one.id), "many-of-these");
}
END_TEST

/* ---- while secrets change ---- */

struct race {
	char id[ID_LENGTH + 1];
	volatile bool is_over;
};

static int change_secret(struct ctx *c, void *arg)
{
	const struct integration *in = arg;
	struct integration out;
	uint64_t given = field_bit(&INTEGRATION_EDIT, table_field(&INTEGRATION_EDIT, "secret"));

	return integration_change(c, in->id, in, given, &out);
}

/* The only one who gives secrets finds what he has given. */
static void give_secrets(struct ctx *c, const char *id)
{
	c->company = salon();
	for (int n = 0; n < ROUNDS; n++) {
		struct integration in = {.id = id, .secret = mem_printf(c->mem, "secret-%06d", n)};
		struct integration i;
		const char *secret;

		if (in_tx(c, change_secret, &in) < 0)
			abort();
		nanosleep(&(struct timespec){0, 3000000}, NULL);
		if (integration_get(c, id, &i) < 0 || integration_secret(c, &i, &secret) < 0 ||
			strcmp(secret, in.secret) != 0)
			abort();
	}
}

static void seal_again_and_again(struct ctx *c, const struct race *race)
{
	uint32_t id;

	while (!race->is_over) {
		struct reseal r = {0};
		int rc = 1;

		if (ring_add(c, conf_secret_path(c->conf, c->mem, "keyring"), 3, &id) < 0)
			abort();
		while (rc > 0)
			rc = cells_reseal(c, c->conf->keyring, &r);
		if (rc < 0 || r.unopened > 0)
			abort();
	}
}

static void rival(int i, void *shared)
{
	struct race *race = shared;
	struct ctx *c = with_keys(i == 0 ? db_ctx("fd_web") : db_ctx_admin());

	c->actor = ACTOR_SYSTEM;
	if (i == 0)
		give_secrets(c, race->id);
	else
		seal_again_and_again(c, race);
	race->is_over = true;
	db_ctx_end(c);
}

START_TEST(no_secret_is_lost_that_is_given_meanwhile)
{
	struct race *race = shared_memory(sizeof(*race));
	struct integration one = have("secret-before");

	snprintf(race->id, sizeof(race->id), "%s", one.id);
	for (int i = 0; i < 100; i++)
		have("secret-of-others");
	run_rivals(2, rival, race);
	ck_assert_str_eq(secret_of(one.id), mem_printf(web->mem, "secret-%06d", ROUNDS - 1));
	seal_all();
	ck_assert_str_eq(secret_of(one.id), mem_printf(web->mem, "secret-%06d", ROUNDS - 1));
}
END_TEST

/* ---- the files ---- */

static const char *ring_file(const char *text)
{
	const char *path =
		mem_printf(admin->mem, "%s/ring-of-the-test", admin->conf->server_run_dir);
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
	ck_assert_int_eq(chmod(path, 0640), 0);
	return path;
}

#define HEX_A "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define HEX_B "ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eff"

/* "7 9": the numbers of its keys. */
static const char *ids_of(const char *path)
{
	struct keyring *k = keyring_load(path);
	struct buf b = buf_new(admin->mem, 1000);

	ck_assert_ptr_nonnull(k);
	for (size_t i = 0; keyring_at(k, i) != NULL; i++)
		buf_printf(&b, "%s%u", i > 0 ? " " : "", keyring_at(k, i)->id);
	keyring_delete(k);
	return buf_text(&b);
}

START_TEST(a_ring_grows_at_its_end_and_loses_what_is_named)
{
	const char *path = ring_file("7 " HEX_A "\n3 " HEX_B "\n");
	struct stat st;
	uint32_t id;

	ck_assert_int_eq(ring_add(admin, path, 0, &id), 0);
	ck_assert_uint_eq(id, 8);
	ck_assert_str_eq(ids_of(path), "7 3 8");
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0640);
	ck_assert_int_eq(ring_drop(admin, path, 7), 0);
	ck_assert_str_eq(ids_of(path), "3 8");
	ck_assert_int_eq(ring_drop(admin, path, 8), -1);
	ck_assert(err_take(admin, E_STATE));
	ck_assert_int_eq(ring_drop(admin, path, 7), -1);
	ck_assert(err_take(admin, E_STATE));
	ck_assert_str_eq(ids_of(path), "3 8");
	ck_assert_int_eq(ring_add(admin, path, 1, &id), 0);
	ck_assert_str_eq(ids_of(path), "8 9");
	struct keyring *k = keyring_load(path);
	ck_assert_int_ne(memcmp(keyring_at(k, 0)->key, keyring_at(k, 1)->key, 32), 0);
	keyring_delete(k);
}
END_TEST

START_TEST(a_file_that_is_no_ring_is_left_alone)
{
	const char *path = ring_file("rubbish");
	uint32_t id;

	hush();
	ck_assert_int_eq(ring_add(admin, path, 0, &id), -1);
	ck_assert_ptr_nonnull(strstr(admin->err.detail, "is no keyring"));
	err_clear(admin);
	ck_assert_int_eq(ring_add(admin, "/nonexistent/ring", 0, &id), -1);
	err_clear(admin);
	path = ring_file("4294967295 " HEX_A "\n");
	ck_assert_int_eq(ring_add(admin, path, 0, &id), -1);
	ck_assert(err_take(admin, E_STATE));
}
END_TEST

Suite *suite_cells(void)
{
	Suite *s = suite_create("cells");
	TCase *t = tcase_create("cells");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, every_column_of_cells_is_known);
	tcase_add_test(t, all_cells_get_the_newest_key_and_open);
	tcase_add_test(t, a_code_counts_though_its_secret_was_sealed_anew_meanwhile);
	tcase_add_test(t, more_cells_than_a_batch_holds);
	tcase_add_test(t, no_secret_is_lost_that_is_given_meanwhile);
	tcase_add_test(t, a_ring_grows_at_its_end_and_loses_what_is_named);
	tcase_add_test(t, a_file_that_is_no_ring_is_left_alone);
	suite_add_tcase(s, t);
	return s;
}
