#include "core/understand/dates.h"

#define YEARS_AHEAD 8 /* to the next leap day */
#define MONTHS_AHEAD 12

static bool make(int year, int month, int day, day_t *out)
{
	struct civil v = {.year = year, .month = month, .day = day};

	if (!civil_valid(&v))
		return false;
	*out = day_of(year, month, day);
	return true;
}

day_t date_add_months(day_t d, int months)
{
	struct civil v = civil_of_day(d);
	int m = v.year * 12 + v.month - 1 + months;
	day_t out = d;

	for (int day = v.day; day > 27; day--) {
		if (make(m / 12, m % 12 + 1, day, &out))
			return out;
	}
	return day_of(m / 12, m % 12 + 1, v.day);
}

bool date_next(day_t from, int month, int day, day_t *out)
{
	int year = civil_of_day(from).year;

	for (int i = 0; i <= YEARS_AHEAD; i++) {
		if (make(year + i, month, day, out) && out->n >= from.n)
			return true;
	}
	return false;
}

bool date_next_dom(day_t from, int day, day_t *out)
{
	struct civil v = civil_of_day(from);

	for (int i = 0; i <= MONTHS_AHEAD; i++) {
		int m = v.month - 1 + i;

		if (make(v.year + m / 12, m % 12 + 1, day, out) && out->n >= from.n)
			return true;
	}
	return false;
}

bool date_next_dom_on(day_t from, int day, int weekday, day_t *out)
{
	day_t at = from;

	for (int i = 0; i <= MONTHS_AHEAD; i++) {
		day_t d;

		if (!date_next_dom(at, day, &d))
			return false;
		if (day_weekday(d) == weekday) {
			*out = d;
			return true;
		}
		at.n = d.n + 1;
	}
	return false;
}

bool date_nth_weekday(int year, int month, int weekday, int nth, day_t *out)
{
	day_t first = day_of(year, month, 1);
	int days = date_add_months(first, 1).n - first.n;
	int at = (weekday - day_weekday(first) + 7) % 7;

	at += nth > 0 ? 7 * (nth - 1) : (days - 1 - at) / 7 * 7;
	out->n = first.n + at;
	return at < days;
}

/* ---- feasts ---- */

/* Easter Sunday ("Meeus/Jones/Butcher", for Gregorian years). */
static day_t easter(int year)
{
	int a = year % 19, b = year / 100, c = year % 100;
	int d = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
	int e = (32 + 2 * (b % 4) + 2 * (c / 4) - d - c % 4) % 7;
	int f = d + e - 7 * ((a + 11 * d + 22 * e) / 451) + 114;

	return day_of(year, f / 31, f % 31 + 1);
}

enum kind { FIXED, EASTER, NTH };

static const struct {
	enum kind kind;
	int a, b, c;
} FEASTS[] = {
#define FEAST(name, kind, a, b, c) {kind, a, b, c},
#include "core/understand/feasts.def"
#undef FEAST
};

static bool in_year(enum feast f, int year, day_t *first, day_t *last)
{
	int a = FEASTS[f].a, b = FEASTS[f].b, c = FEASTS[f].c, more = 0;

	switch (FEASTS[f].kind) {
	case FIXED:
		*first = day_of(year, a, b);
		more = c;
		break;
	case EASTER:
		*first = easter(year);
		first->n += a;
		more = b;
		break;
	case NTH:
		if (!date_nth_weekday(year, a, b, c, first))
			return false;
		break;
	}
	last->n = first->n + more;
	return true;
}

bool date_feast(enum feast f, day_t from, day_t *first, day_t *last)
{
	int year = civil_of_day(from).year;

	if ((size_t)f >= COUNT_OF(FEASTS))
		return false;
	for (int i = -1; i <= 1; i++) {
		if (in_year(f, year + i, first, last) && last->n >= from.n)
			return true;
	}
	return false;
}
