#include "core/sys/totp.h"
#include "core/sys/qr.h"
#include "tests/unit/unit.h"

static struct ctx *c;

static void setup(void)
{
	c = unit_ctx();
}

static void teardown(void)
{
	unit_ctx_end(c);
}

#define SECRET bytes_of("12345678901234567890")

/* RFC 4226, appendix D. */
START_TEST(the_vectors_of_rfc_4226)
{
	static const uint32_t CODES[] = {
		755224, 287082, 359152, 969429, 338314, 254676, 287922, 162583, 399871, 520489};

	ck_assert_uint_eq(hotp(SECRET, 0), 1284755224);
	for (size_t i = 0; i < COUNT_OF(CODES); i++)
		ck_assert_uint_eq(hotp(SECRET, i) % 1000000, CODES[i]);
}
END_TEST

/* RFC 6238, appendix B (SHA-1, of eight digits). */
static const struct {
	int64_t second;
	uint32_t code;
} VECTORS[] = {
	{59, 94287082},
	{1111111109, 7081804},
	{1111111111, 14050471},
	{1234567890, 89005924},
	{2000000000, 69279037},
	{20000000000, 65353130},
};

static const char *six(uint32_t n)
{
	return mem_printf(c->mem, "%06u", (unsigned)(n % 1000000));
}

START_TEST(the_vectors_of_rfc_6238)
{
	int64_t step = VECTORS[_i].second / TOTP_SECONDS;
	ts_t now = {VECTORS[_i].second * 1000};

	ck_assert_uint_eq(hotp(SECRET, (uint64_t)step) % 100000000, VECTORS[_i].code);
	ck_assert_int_eq(totp_step(SECRET, six(VECTORS[_i].code), now), step);
}
END_TEST

/* A clock that is half a minute wrong is right enough, one of a minute is not. */
START_TEST(a_code_holds_one_step_more_on_either_side)
{
	const int64_t at = 1234567890 / TOTP_SECONDS;
	const char *code = six(hotp(SECRET, (uint64_t)at));

	for (int64_t off = -90; off <= 90; off += 10) {
		ts_t now = {(at * TOTP_SECONDS + 15 + off) * 1000};
		bool near = off >= -40 && off <= 40;

		ck_assert_int_eq(totp_step(SECRET, code, now), near ? at : 0);
	}
}
END_TEST

START_TEST(what_is_no_code_is_none)
{
	static const char *const NONE[] = {
		"", "0", "00000", "0000000", "abcdef", " 89005", "\xC3\xBC"};
	ts_t now = {INT64_C(1234567890000)};

	for (size_t i = 0; i < COUNT_OF(NONE); i++)
		ck_assert_int_eq(totp_step(SECRET, NONE[i], now), 0);
	ck_assert_int_eq(totp_step(bytes_of("another secret 12345"), "005924", now), 0);
}
END_TEST

/* RFC 4648, section 10, without padding. */
START_TEST(the_vectors_of_base32)
{
	static const char *const PLAIN[] = {"", "f", "fo", "foo", "foob", "fooba", "foobar"};
	static const char *const CODED[] = {
		"", "MY", "MZXQ", "MZXW6", "MZXW6YQ", "MZXW6YTB", "MZXW6YTBOI"};

	for (size_t i = 0; i < COUNT_OF(PLAIN); i++)
		ck_assert_str_eq(base32_encode(c->mem, bytes_of(PLAIN[i])), CODED[i]);
}
END_TEST

START_TEST(an_app_reads_the_address)
{
	ck_assert_str_eq(totp_url(c->mem, SECRET, "Front Desk", "a+b@c.example"),
		"otpauth://totp/Front%20Desk:a%2Bb%40c.example?secret="
		"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Front%20Desk&digits=6&period=30");
}
END_TEST

/* Dark modules of a path "M<x> <y>h<n>v1h-<n>z…", drawn again. */
static void draw(const char *svg, char *grid, int side)
{
	const char *p = strstr(svg, "<path d=\"");
	int x, y, n, m, used;

	ck_assert_ptr_nonnull(p);
	for (p += 9; sscanf(p, "M%d %dh%dv1h-%dz%n", &x, &y, &n, &m, &used) == 4; p += used) {
		ck_assert_int_eq(n, m);
		ck_assert(x >= 4 && y >= 4 && x + n <= side - 4 && y < side - 4);
		memset(grid + y * side + x, '#', (size_t)n);
	}
	ck_assert(text_starts(p, "\"/></svg>"));
}

/* Three corners with a square of 7 in a light frame (ISO/IEC 18004), and nothing
 * in the margin of 4. */
START_TEST(a_picture_is_a_qr_code)
{
	static const char *const CORNER[] = {
		"#######", "#.....#", "#.###.#", "#.###.#", "#.###.#", "#.....#", "#######"};
	const char *svg = qr_svg(c, "otpauth://totp/Frontdesk:owner%40salon.example?secret=ABC");
	int side = 0;

	ck_assert(text_starts(svg, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 "));
	ck_assert_int_eq(sscanf(strstr(svg, "0 0 ") + 4, "%d", &side), 1);
	ck_assert(side >= 29 && (side - 8 - 17) % 4 == 0);
	char *grid = mem_alloc(c->mem, (size_t)(side * side));
	memset(grid, '.', (size_t)(side * side));
	draw(svg, grid, side);
	for (int i = 0; i < 7; i++) {
		ck_assert(memcmp(grid + (4 + i) * side + 4, CORNER[i], 7) == 0);
		ck_assert(memcmp(grid + (4 + i) * side + side - 11, CORNER[i], 7) == 0);
		ck_assert(memcmp(grid + (side - 11 + i) * side + 4, CORNER[i], 7) == 0);
	}
}
END_TEST

Suite *suite_totp(void)
{
	Suite *s = suite_create("totp");
	TCase *t = tcase_create("totp");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, the_vectors_of_rfc_4226);
	tcase_add_loop_test(t, the_vectors_of_rfc_6238, 0, COUNT_OF(VECTORS));
	tcase_add_test(t, a_code_holds_one_step_more_on_either_side);
	tcase_add_test(t, what_is_no_code_is_none);
	tcase_add_test(t, the_vectors_of_base32);
	tcase_add_test(t, an_app_reads_the_address);
	tcase_add_test(t, a_picture_is_a_qr_code);
	suite_add_tcase(s, t);
	return s;
}
