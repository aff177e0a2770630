/*
 * money.h - amounts in integers, never in floating point.
 *
 * A price is minor units of its currency ("cents", whatever the currency
 * calls them); a platform cost is micro-USD (10^-6 USD); a rate is a decimal
 * in micro-units. Rounding is half away from zero and happens once, at the
 * end; intermediate products are 128 bits wide.
 */
#ifndef FRONTDESK_MONEY_H
#define FRONTDESK_MONEY_H

#include "core/base/prelude.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
	int64_t minor;
	char currency[4];
} money_t;

#define MICRO INT64_C(1000000)

/* a * b / d, rounded half away from zero; d > 0. BUG when it overflows. */
int64_t money_mul_div(int64_t a, int64_t b, int64_t d);

/* Digits after the point of a currency's minor unit (ISO 4217): 2, JPY 0 … */
int money_digits(const char *currency);

/* "1.1000" -> 1100000. At most 12 digits before and 6 after the point. */
bool micro_parse(const char *s, int64_t *micro) MUST_USE;

/* Micro-USD to minor units of a currency whose rate is micro-USD per unit:
 * 70000 at 1.100000 USD/EUR is 6 cents. */
int64_t micro_to_minor(int64_t microusd, int64_t usd_per_unit_micro, const char *currency);

#ifdef __cplusplus
}
#endif

#endif
