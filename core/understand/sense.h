/*
 * sense.h - what some words may mean, and how a language says so.
 *
 * A sense is an edge of a chart: from one word on, so many words mean this.
 * A language gives words their senses (struct meaning) and says which senses
 * in a row make another (struct rule): "halb HOUR" is a TIME. What a rule makes
 * of its parts is an action, which knows of no language. Days are resolved at
 * once, against the instant of the utterance.
 */
#ifndef FRONTDESK_SENSE_H
#define FRONTDESK_SENSE_H

#include "core/base/ts.h"
#include "core/sys/tz.h"

enum sym {
	S_NONE,
	/* of words */
	S_NUM,      /* v */
	S_ORD,      /* v */
	S_ONE,      /* v 1: an article, which counts lengths but tells no time */
	S_LEN,      /* v: enum length */
	S_WEEKDAY,  /* v: 1 Monday .. 7 */
	S_MONTH,    /* v: 1 .. 12 */
	S_DAY,      /* v: days from today */
	S_PART,     /* v: enum part */
	S_WHICH,    /* v: enum which */
	S_MERIDIEM, /* v: 0 before noon, 1 after */
	S_FEAST,    /* v: enum feast */
	S_DUR,      /* n of v, enum length */
	S_PIECE,    /* a word that changes a time: left over, it makes one doubtful */
	/* of rules */
	S_TIME,   /* t1: certainly a time of day */
	S_CLK,    /* t1: a time of day, or just a number */
	S_PERIOD, /* first .. last: a week or month, of which something is said */
	S_DAYOF,  /* first: a date without what shows that it is one */
	S_DATE,   /* first .. last; a window too when t1 or t2 is given */
	S_WIN,    /* t1 .. t2 */
	S_NOTDATE,
	/* what stands between */
	S_OR,
	S_FIX,      /* what follows corrects what was before */
	S_NOTAFTER, /* what was before is not wanted */
	S_OLD,      /* what follows is an appointment that there is */
	S_NEW,      /* what follows is the wish after all */
	S_SOON,
	S_NOISE,
	S_COUNT
};

enum length { LEN_MINUTE, LEN_HOUR, LEN_DAY, LEN_WEEK, LEN_MONTH, LEN_YEAR, LEN_WEEKEND };

enum which {
	WHICH_THIS,
	WHICH_COMING,
	WHICH_NEXT,      /* "nächsten": the soonest, to most */
	WHICH_NEXT_WEEK, /* "next": that of next week, to most */
	WHICH_AFTER_NEXT,
	WHICH_LAST,
};

enum part {
	PART_EARLY,
	PART_MORNING,
	PART_FORENOON,
	PART_LATE_MORNING,
	PART_NOON,
	PART_EARLY_AFTERNOON,
	PART_AFTERNOON,
	PART_LATE_AFTERNOON,
	PART_EARLY_EVENING,
	PART_EVENING,
	PART_LATE_EVENING,
	PART_NIGHT,
	PART_AFTER_WORK,
	PART_COUNT
};

enum feast {
#define FEAST(name, kind, a, b, c) FEAST_##name,
#include "core/understand/feasts.def"
#undef FEAST
};

enum {
	F_T12 = 1 << 0,     /* t1 may be meant twelve hours later */
	F_T12_END = 1 << 1, /* t2 likewise */
	F_ABOUT = 1 << 2,
	F_PART = 1 << 3,  /* the window is a part of the day */
	F_WEEK = 1 << 4,  /* the days are a week, or a weekend */
	F_MONTH = 1 << 5, /* the days are a month */
	F_DOM = 1 << 6,   /* only the day of the month was said */
	F_FIX = 1 << 7,
	F_OR = 1 << 8,
	F_PAST = 1 << 9,
	F_NOT_TODAY = 1 << 10, /* the day of the week that it is today */
	F_TWELVE = 1 << 11,
	F_WEEKDAY = 1 << 12, /* only the day of the week was said */
	F_YEAR = 1 << 13,    /* a whole that was named: a feast, a date with its year */
	F_NEVER = 1 << 14,   /* there is no such day */
	F_FROM_TO = 1 << 15, /* from the one to the other */
	F_IN_WEEK = 1 << 17, /* a day of a week that was named */
	F_BARE = 1 << 18,    /* a time that was only a number */
	F_SPELLED = 1 << 16, /* a number in words */
	F_SEVERAL = 1 << 19, /* of several days, side by side */
	F_TOLD = 1 << 21,    /* perhaps of something else */
	F_UNTIL = 1 << 22,   /* any day until then: a time beside it is perhaps of the last */
	F_END = 1 << 20,     /* the last days of something: before them is until their end */
};

#define NO_TIME (-1)
#define DAY_OPEN INT32_MAX

struct sense {
	enum sym sym;
	uint16_t from, len; /* words */
	int v, n;
	day_t first, last;
	int t1, t2; /* minutes of the day; NO_TIME: open */
	unsigned flags;
	int sure; /* per cent */
};

/* What an utterance is read against. */
struct scene {
	const struct tz *zone;
	ts_t at;
	wall_t now;
	day_t today;
	int opens, closes; /* minutes of the day between which business is done */
	bool month_first;  /* 12/3 is in December */
};

#define RULE_PARTS_MAX 8

struct rule;
/* What parts make, 1 to 5 of them; false: nothing. */
typedef bool (*action_fn)(const struct scene *s, const struct rule *r,
	const struct sense *const *parts, size_t n, struct sense *out);

struct rule {
	enum sym makes;
	const char *pattern; /* "halb|um [so] HOUR _": words, symbols, [may be missing], _ any */
	action_fn fn;
	int arg;
};

struct meaning {
	const char *words;
	enum sym sym;
	int v;
};

#endif
