#include "core/sys/crypto.h"
#include "core/base/id.h"
#include "tests/unit/unit.h"

static struct ctx *c;
static struct keyring *kept[8]; /* they live as long as the process */
static int n_kept;

static void setup(void)
{
	c = unit_ctx();
}

static void teardown(void)
{
	unit_ctx_end(c);
}

/* A vector's bytes: hex digits, or "count*hex" for one byte many times. */
static struct bytes vector(const char *s)
{
	const char *star = strchr(s, '*');
	struct bytes b;

	if (star != NULL) {
		int64_t n;
		uint8_t one;

		ck_assert(text_int(mem_text_n(c->mem, s, (size_t)(star - s)), 0, 100000, &n));
		ck_assert(hex_decode(star + 1, &one, 1));
		b.n = (size_t)n;
		b.p = memset(mem_alloc(c->mem, b.n), one, b.n);
		return b;
	}
	uint8_t *p = mem_alloc(c->mem, strlen(s) / 2);
	b.n = strlen(s) / 2;
	b.p = p;
	ck_assert(hex_decode(s, p, b.n));
	return b;
}

static const char *hex(const uint8_t *p, size_t n)
{
	struct bytes b = {p, n};

	return hex_encode(c->mem, b);
}

START_TEST(sha256_gives_the_vectors_of_fips_180)
{
	uint8_t out[SHA256_SIZE];

	sha256(bytes_of("abc"), out);
	ck_assert_str_eq(hex(out, sizeof(out)),
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	sha256(bytes_of(""), out);
	ck_assert_str_eq(hex(out, sizeof(out)),
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	sha256(bytes_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"), out);
	ck_assert_str_eq(hex(out, sizeof(out)),
		"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}
END_TEST

/* RFC 4231 section 4, cases 1 to 4, 6 and 7. */
static const struct {
	const char *key, *data, *mac;
} RFC4231[] = {
	{"20*0b", "4869205468657265",
		"b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
	{"4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
		"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
	{"20*aa", "50*dd", "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
	{"0102030405060708090a0b0c0d0e0f10111213141516171819", "50*cd",
		"82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
	{"131*aa",
		"54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d20"
		"48617368204b6579204669727374",
		"60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
	{"131*aa",
		"5468697320697320612074657374207573696e672061206c6172676572207468616e20626c6f636b"
		"2d73697a65206b657920616e642061206c6172676572207468616e20626c6f636b2d73697a652064"
		"6174612e20546865206b6579206e6565647320746f20626520686173686564206265666f72652062"
		"65696e6720757365642062792074686520484d414320616c676f726974686d2e",
		"9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
};

/* Wherever the data is cut in two, the sum is the same. */
START_TEST(hmac_sha256_gives_the_vectors_of_rfc_4231)
{
	struct bytes key = vector(RFC4231[_i].key);
	struct bytes data = vector(RFC4231[_i].data);
	uint8_t out[SHA256_SIZE];

	for (size_t cut = 0; cut <= data.n; cut++) {
		struct bytes a = {data.p, cut};
		struct bytes b = {data.p + cut, data.n - cut};

		hmac_sha256(key, a, b, out);
		ck_assert_str_eq(hex(out, sizeof(out)), RFC4231[_i].mac);
	}
}
END_TEST

START_TEST(hmac_takes_empty_keys_and_data)
{
	struct bytes nothing = {NULL, 0};
	uint8_t out[SHA256_SIZE];

	/* after another key, so that a remembered one would be noticed */
	hmac_sha256(bytes_of("key"), bytes_of("x"), nothing, out);
	hmac_sha256(nothing, nothing, nothing, out);
	ck_assert_str_eq(hex(out, sizeof(out)),
		"b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}
END_TEST

/* RFC 2202 section 3, cases 1, 2 and 6. */
START_TEST(hmac_sha1_gives_the_vectors_of_rfc_2202)
{
	uint8_t out[20];

	hmac_sha1(vector("20*0b"), bytes_of("Hi There"), out);
	ck_assert_str_eq(hex(out, 20), "b617318655057264e28bc0b6fb378c8ef146be00");
	hmac_sha1(bytes_of("Jefe"), bytes_of("what do ya want for nothing?"), out);
	ck_assert_str_eq(hex(out, 20), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
	hmac_sha1(vector("80*aa"),
		bytes_of("Test Using Larger Than Block-Size Key - Hash Key First"), out);
	ck_assert_str_eq(hex(out, 20), "aa4ae5e15272d00e95705637ce8a3b55ed402112");
}
END_TEST

START_TEST(secrets_are_compared_whole)
{
	struct bytes nothing = {NULL, 0};

	ck_assert(secret_same(bytes_of("abc"), bytes_of("abc")));
	ck_assert(!secret_same(bytes_of("abc"), bytes_of("abd")));
	ck_assert(!secret_same(bytes_of("abc"), bytes_of("ab")));
	ck_assert(!secret_same(bytes_of("ab"), bytes_of("abc")));
	ck_assert(secret_same(nothing, bytes_of("")));
	ck_assert(!secret_same(nothing, bytes_of("a")));
}
END_TEST

/* RFC 4648 section 10. */
START_TEST(base64_gives_the_vectors_of_rfc_4648)
{
	static const char *const PAIRS[][2] = {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="},
		{"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="},
		{"foobar", "Zm9vYmFy"}};
	struct bytes out;

	for (size_t i = 0; i < COUNT_OF(PAIRS); i++) {
		ck_assert_str_eq(base64_encode(c->mem, bytes_of(PAIRS[i][0])), PAIRS[i][1]);
		ck_assert(base64_decode(c->mem, PAIRS[i][1], &out));
		ck_assert_uint_eq(out.n, strlen(PAIRS[i][0]));
		ck_assert_mem_eq(out.p, PAIRS[i][0], out.n);
	}
}
END_TEST

START_TEST(base64_has_one_spelling)
{
	static const char *const WRONG[] = {"Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Z===", "====",
		"=Zg=", "Zg==Zg==", " Zg==", "Zg==\n", "Zm9v\n", "Zm9vYg==    ", "Zm-_", "Zm 9",
		"Zm9v====", "\xC3\xA4\xC3\xA4"};
	struct bytes out;

	for (size_t i = 0; i < COUNT_OF(WRONG); i++)
		ck_assert_msg(!base64_decode(c->mem, WRONG[i], &out), "%s", WRONG[i]);
}
END_TEST

#define KEY_A "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define KEY_B "ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eff"

/* ---- cells ---- */

static const struct cell_place HERE = {"integration", "secret", 7, "row-1"};

static struct keyring *ring(const char *text)
{
	const char *name = mem_printf(c->mem, "keyring-%d", n_kept);
	struct keyring *k = keyring_load(unit_text_file(name, text));

	ck_assert_ptr_nonnull(k);
	kept[n_kept++] = k;
	return k;
}

static bool opens(struct keyring *k, struct cell_place at, struct bytes cell)
{
	struct bytes plain;

	unit_hush();
	int rc = cell_open(c, k, at, cell, &plain);
	unit_said();
	ck_assert(rc == 0 || c->err.code == E_INTERNAL);
	err_clear(c);
	return rc == 0;
}

START_TEST(cells_open_where_they_were_sealed)
{
	struct keyring *k = ring("1 " KEY_A);
	uint8_t text[300];

	random_bytes(text, sizeof(text));
	for (size_t n = 0; n <= sizeof(text); n += 13) {
		struct bytes in = {n > 0 ? text : NULL, n}, cell, again, out;

		ck_assert_int_eq(cell_seal(c, k, HERE, in, &cell), 0);
		ck_assert_int_eq(cell_seal(c, k, HERE, in, &again), 0);
		ck_assert_uint_eq(cell.n, n + 33);
		ck_assert_mem_eq(cell.p, "\1\0\0\0\1", 5);
		ck_assert_mem_ne(cell.p + 5, again.p + 5, 12);
		ck_assert_int_eq(cell_open(c, k, HERE, cell, &out), 0);
		ck_assert_uint_eq(out.n, n);
		ck_assert_mem_eq(out.p, text, n);
	}
}
END_TEST

START_TEST(cells_open_nowhere_else)
{
	static const struct cell_place PLACES[] = {
		{"integratio", "nsecret", 7, "row-1"},
		{"integrations", "ecret", 7, "row-1"},
		{"integration", "secret2", 7, "row-1"},
		{"integration", "secret", 8, "row-1"},
		{"integration", "secret", 0, "row-1"},
		{"integration", "secret", 7, "row-2"},
		{"integration", "secret", 7, "row-11"},
		{"integration", "secret", 7, ""},
	};
	struct keyring *k = ring("1 " KEY_A);
	struct bytes cell;

	ck_assert_int_eq(cell_seal(c, k, HERE, bytes_of("swap me"), &cell), 0);
	ck_assert(opens(k, HERE, cell));
	for (size_t i = 0; i < COUNT_OF(PLACES); i++)
		ck_assert(!opens(k, PLACES[i], cell));
}
END_TEST

START_TEST(a_changed_or_cut_cell_does_not_open)
{
	struct keyring *k = ring("1 " KEY_A "\n2 " KEY_B);
	struct bytes cell;

	ck_assert_int_eq(cell_seal(c, k, HERE, bytes_of("sixteen bytes ok"), &cell), 0);
	for (size_t bit = 0; bit < cell.n * 8; bit++) {
		uint8_t *p = mem_alloc(c->mem, cell.n);
		struct bytes flipped = {p, cell.n};

		memcpy(p, cell.p, cell.n);
		p[bit / 8] ^= (uint8_t)(1 << bit % 8);
		ck_assert_msg(!opens(k, HERE, flipped), "bit %zu", bit);
	}
	for (size_t n = 0; n < cell.n; n++) {
		uint8_t *p = mem_alloc(c->mem, n);
		struct bytes cut = {p, n};

		memcpy(p, cell.p, n);
		ck_assert_msg(!opens(k, HERE, cut), "%zu bytes", n);
	}
	ck_assert(opens(k, HERE, cell));
}
END_TEST

START_TEST(the_last_key_seals_and_all_open)
{
	struct keyring *old = ring("1 " KEY_A);
	struct keyring *both = ring("1 " KEY_A "\n2 " KEY_B);
	struct keyring *new = ring("2 " KEY_B);
	struct bytes one, two;

	ck_assert_int_eq(cell_seal(c, old, HERE, bytes_of("a"), &one), 0);
	ck_assert_int_eq(cell_seal(c, both, HERE, bytes_of("a"), &two), 0);
	ck_assert_mem_eq(two.p, "\1\0\0\0\2", 5);
	ck_assert(opens(both, HERE, one) && opens(both, HERE, two));
	ck_assert(opens(old, HERE, one) && !opens(old, HERE, two));
	ck_assert(!opens(new, HERE, one) && opens(new, HERE, two));
}
END_TEST

Suite *suite_crypto(void)
{
	Suite *s = suite_create("crypto");
	TCase *t = tcase_create("crypto");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, sha256_gives_the_vectors_of_fips_180);
	tcase_add_loop_test(t, hmac_sha256_gives_the_vectors_of_rfc_4231, 0, COUNT_OF(RFC4231));
	tcase_add_test(t, hmac_takes_empty_keys_and_data);
	tcase_add_test(t, hmac_sha1_gives_the_vectors_of_rfc_2202);
	tcase_add_test(t, secrets_are_compared_whole);
	tcase_add_test(t, base64_gives_the_vectors_of_rfc_4648);
	tcase_add_test(t, base64_has_one_spelling);
	tcase_add_test(t, cells_open_where_they_were_sealed);
	tcase_add_test(t, cells_open_nowhere_else);
	tcase_add_test(t, a_changed_or_cut_cell_does_not_open);
	tcase_add_test(t, the_last_key_seals_and_all_open);
	suite_add_tcase(s, t);
	return s;
}
