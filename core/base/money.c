#include "core/base/money.h"

int64_t money_mul_div(int64_t a, int64_t b, int64_t d)
{
	__int128 p = (__int128)a * b;
	__int128 q;

	if (d <= 0)
		BUG("division by %" PRId64, d);
	q = (p >= 0 ? p + d / 2 : p - d / 2) / d;
	if (q > INT64_MAX || q < INT64_MIN)
		BUG("amount too large");
	return (int64_t)q;
}

int money_digits(const char *currency)
{
	static const char *const ZERO[] = {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW",
		"PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"};
	static const char *const THREE[] = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"};

	for (size_t i = 0; i < COUNT_OF(ZERO); i++) {
		if (strcmp(currency, ZERO[i]) == 0)
			return 0;
	}
	for (size_t i = 0; i < COUNT_OF(THREE); i++) {
		if (strcmp(currency, THREE[i]) == 0)
			return 3;
	}
	return 2;
}

bool micro_parse(const char *s, int64_t *micro)
{
	int64_t v = 0;
	int before = 0, after = 0;

	for (; *s >= '0' && *s <= '9'; s++, before++)
		v = before < 12 ? v * 10 + (*s - '0') : v;
	if (before == 0 || before > 12)
		return false;
	if (*s == '.') {
		for (s++; *s >= '0' && *s <= '9'; s++, after++)
			v = after < 6 ? v * 10 + (*s - '0') : v;
		if (after == 0 || after > 6)
			return false;
	}
	for (; after < 6; after++)
		v *= 10;
	*micro = v;
	return *s == '\0';
}

int64_t micro_to_minor(int64_t microusd, int64_t usd_per_unit_micro, const char *currency)
{
	int64_t scale = 1;

	for (int i = money_digits(currency); i > 0; i--)
		scale *= 10;
	return money_mul_div(microusd, scale, usd_per_unit_micro);
}
