#define BANNED_ALLOW_ALLOC
#include "core/sys/ical.h"
#include "core/base/text.h"
#include <libical/ical.h>

#define EVENT_BYTES_MAX (64 * 1024)
#define EVENT_DEPTH_MAX 8
#define EVENT_DAYS_MAX 366
#define OCCURRENCES_MAX 20000
#define HOLIDAY_STEPS 500000

/* ---- recurrence rules ---- */

static bool listed(const short *list)
{
	return list[0] != ICAL_RECURRENCE_ARRAY_MAX;
}

/* Numbers within 1..hi, and -hi..-1 when back is wanted; false for others. */
static bool numbers(const short *list, size_t size, int hi, struct numbers *out)
{
	for (size_t i = 0; i < size && list[i] != ICAL_RECURRENCE_ARRAY_MAX; i++) {
		int n = list[i];

		if (n == 0 || n > hi || n < -hi)
			return false;
		if (n > 0)
			out->forth |= UINT64_C(1) << n;
		else
			out->back |= UINT64_C(1) << -n;
	}
	return true;
}

static bool clock_numbers(const short *list, size_t size, int hi, uint64_t *out)
{
	for (size_t i = 0; i < size && list[i] != ICAL_RECURRENCE_ARRAY_MAX; i++) {
		if (list[i] < 0 || list[i] > hi)
			return false;
		*out |= UINT64_C(1) << list[i];
	}
	return true;
}

static bool year_days(const short *list, struct rrule *out)
{
	for (size_t i = 0; i < ICAL_BY_YEARDAY_SIZE && list[i] != ICAL_RECURRENCE_ARRAY_MAX; i++) {
		int n = list[i];

		if (n == 0 || n > 366 || n < -366)
			return false;
		out->year_days[n > 0 ? n : -n] |= n > 0 ? 1 : 2;
		out->by_year_day = true;
	}
	return true;
}

static bool weekdays(const short *list, struct rrule *out)
{
	for (size_t i = 0; i < ICAL_BY_DAY_SIZE && list[i] != ICAL_RECURRENCE_ARRAY_MAX; i++) {
		/* Sunday is their 1 and our 7 */
		int day = ((int)icalrecurrencetype_day_day_of_week(list[i]) + 5) % 7 + 1;
		int nth = icalrecurrencetype_day_position(list[i]);

		if (nth > 53 || nth < -53)
			return false;
		if (nth == 0)
			out->weekdays |= (uint8_t)(1u << day);
		else if (nth > 0)
			out->nth[day].forth |= UINT64_C(1) << nth;
		else
			out->nth[day].back |= UINT64_C(1) << -nth;
		out->by_weekday = true;
	}
	return true;
}

static bool positions(const short *list, struct rrule *out)
{
	for (size_t i = 0; i < ICAL_BY_SETPOS_SIZE && list[i] != ICAL_RECURRENCE_ARRAY_MAX; i++) {
		if (list[i] == 0 || out->n_positions == RRULE_POSITIONS_MAX)
			return false;
		out->positions[out->n_positions++] = list[i];
	}
	return true;
}

static bool lists(const struct icalrecurrencetype *r, struct rrule *out)
{
	struct numbers months = {0, 0};

	if (!numbers(r->by_month, ICAL_BY_MONTH_SIZE, 12, &months) || months.back != 0)
		return false;
	out->months = months.forth;
	return numbers(r->by_month_day, ICAL_BY_MONTHDAY_SIZE, 31, &out->month_days) &&
		numbers(r->by_week_no, ICAL_BY_WEEKNO_SIZE, 53, &out->weeks) &&
		clock_numbers(r->by_hour, ICAL_BY_HOUR_SIZE, 23, &out->hours) &&
		clock_numbers(r->by_minute, ICAL_BY_MINUTE_SIZE, 59, &out->minutes) &&
		year_days(r->by_year_day, out) && weekdays(r->by_day, out) &&
		positions(r->by_set_pos, out);
}

/* The table of RFC 5545 section 3.3.10; NULL when nothing is wrong. */
static const char *misfit(const struct icalrecurrencetype *r)
{
	bool nth = false;

	for (size_t i = 0; i < ICAL_BY_DAY_SIZE && r->by_day[i] != ICAL_RECURRENCE_ARRAY_MAX; i++)
		nth = nth || icalrecurrencetype_day_position(r->by_day[i]) != 0;
	if (listed(r->by_week_no) && r->freq != ICAL_YEARLY_RECURRENCE)
		return "has BYWEEKNO, which only FREQ=YEARLY knows";
	if (listed(r->by_year_day) && r->freq >= ICAL_DAILY_RECURRENCE &&
		r->freq != ICAL_YEARLY_RECURRENCE)
		return "has BYYEARDAY, which this FREQ does not know";
	if (listed(r->by_month_day) && r->freq == ICAL_WEEKLY_RECURRENCE)
		return "has BYMONTHDAY, which FREQ=WEEKLY does not know";
	if (nth && (r->freq < ICAL_MONTHLY_RECURRENCE || listed(r->by_week_no)))
		return "has a number in BYDAY, which only MONTHLY and YEARLY know, without "
		       "BYWEEKNO";
	return NULL;
}

static bool time_valid(struct icaltimetype t)
{
	return t.year > 0 && t.year <= 9999 && t.month >= 1 && t.month <= 12 && t.day >= 1 &&
		t.day <= 31 && t.hour >= 0 && t.hour < 24 && t.minute >= 0 && t.minute < 60;
}

static wall_t until_of(struct icaltimetype t, const struct tz *zone)
{
	day_t d = day_of(t.year, t.month, t.day);
	wall_t w = wall_of(d, t.is_date ? MINUTES_A_DAY - 1 : t.hour * 60 + t.minute);

	if (!t.is_date && icaltime_is_utc(t) && zone != NULL)
		w = tz_wall(zone, (ts_t){w.min * 60000});
	return w.min > 0 ? w : (wall_t){1};
}

/* What is wrong with it, NULL: nothing. */
static const char *convert(
	const struct icalrecurrencetype *r, const struct tz *zone, struct rrule *out)
{
	static const enum rrule_freq FREQS[] = {[ICAL_MINUTELY_RECURRENCE] = RRULE_MINUTELY,
		[ICAL_HOURLY_RECURRENCE] = RRULE_HOURLY,
		[ICAL_DAILY_RECURRENCE] = RRULE_DAILY,
		[ICAL_WEEKLY_RECURRENCE] = RRULE_WEEKLY,
		[ICAL_MONTHLY_RECURRENCE] = RRULE_MONTHLY,
		[ICAL_YEARLY_RECURRENCE] = RRULE_YEARLY};

	memset(out, 0, sizeof(*out));
	if (r->freq == ICAL_SECONDLY_RECURRENCE ||
		(listed(r->by_second) && (r->by_second[0] != 0 || listed(r->by_second + 1))))
		return "counts seconds, but times here are whole minutes";
	if (r->rscale != NULL || r->skip != ICAL_SKIP_OMIT)
		return "is for another calendar (RSCALE, SKIP)";
	if (!lists(r, out) || (!icaltime_is_null_time(r->until) && !time_valid(r->until)))
		return "has a number out of its range";
	out->freq = FREQS[r->freq];
	out->interval = r->interval;
	out->count = r->count;
	if (!icaltime_is_null_time(r->until))
		out->until = until_of(r->until, zone);
	out->week_start = ((int)r->week_start + 5) % 7 + 1;
	return misfit(r);
}

static void quiet(void)
{
	icalerror_set_errors_are_fatal(0);
	icalerror_clear_errno();
}

static const char *rule_read(const char *text, const struct tz *zone, struct rrule *out)
{
	static const char NO_RULE[] =
		"is no recurrence rule: write it like FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;COUNT=10";
	const char *why;

	if (strncasecmp(text, "RRULE:", 6) == 0)
		text += 6;
	quiet();
	struct icalrecurrencetype r = icalrecurrencetype_from_string(text);
	if (r.freq == ICAL_NO_RECURRENCE || r.interval < 1 || r.count < 0 ||
		(strcasestr(text, "UNTIL=") != NULL && icaltime_is_null_time(r.until)))
		why = NO_RULE;
	else
		why = convert(&r, zone, out);
	free(r.rscale);
	icalmemory_free_ring();
	return why;
}

int ical_rrule_read(struct ctx *c, const char *field, const char *text, const struct tz *zone,
	struct rrule *out)
{
	const char *why;

	if (strlen(text) > ICAL_RRULE_LENGTH)
		return err_field(c, field, "is longer than %d characters", ICAL_RRULE_LENGTH);
	why = rule_read(text, zone, out);
	return why == NULL ? 0 : err_field(c, field, "%s", why);
}

int ical_rrule_expand(struct ctx *c, const char *field, const struct rrule *r, wall_t start,
	struct rrule_window w, struct walls *out)
{
	w.steps = RRULE_STEPS;
	if (rrule_expand(c->mem, r, start, &w, out))
		return 0;
	return err_field(c, field, "has too few dates in too long a time: make it simpler");
}

/* ---- holidays ---- */

/* What an event says about the days it takes. */
struct event {
	day_t day;
	int days;
	const char *name;
	const char *uid;
	bool repeats; /* by a rule: others may take its place on single days */
};

/* A day on which another event, with RECURRENCE-ID, stands for the rule's. */
struct moved {
	const char *uid;
	day_t day;
};

struct reader {
	struct ctx *c;
	struct holidays *h;
	char *event_text; /* EVENT_BYTES_MAX and one */
	struct event *found;
	size_t n_found;
	struct moved *moved;
	size_t n_moved;
	size_t n_events;
	int64_t steps;
};

/* Its day or time; the null time when its value is neither. (libical's own
 * getters take the bytes of whatever kind of value there is.) */
static struct icaltimetype time_of(icalproperty *p)
{
	icalvalue *v = p != NULL ? icalproperty_get_value(p) : NULL;
	icalvalue_kind kind = v != NULL ? icalvalue_isa(v) : ICAL_NO_VALUE;
	struct icaltimetype t = icaltime_null_time();

	if (kind == ICAL_DATE_VALUE)
		t = icalvalue_get_date(v);
	else if (kind == ICAL_DATETIME_VALUE)
		t = icalvalue_get_datetime(v);
	return time_valid(t) ? t : icaltime_null_time();
}

static day_t day_of_time(struct icaltimetype t)
{
	return day_of(t.year, t.month, t.day);
}

/* The first property of that name whose value is of the kind. */
static icalproperty *property(icalcomponent *e, icalproperty_kind name, icalvalue_kind kind)
{
	icalproperty *p = icalcomponent_get_first_property(e, name);

	while (p != NULL) {
		icalvalue *v = icalproperty_get_value(p);

		if (v != NULL && icalvalue_isa(v) == kind)
			return p;
		p = icalcomponent_get_next_property(e, name);
	}
	return NULL;
}

static bool at_midnight(struct icaltimetype t)
{
	return t.is_date || (t.hour == 0 && t.minute == 0 && t.second == 0 && !icaltime_is_utc(t));
}

static const char *text_of(struct reader *rd, const char *s, size_t max)
{
	if (s == NULL)
		return NULL;
	s = text_trim(rd->c->mem, utf8_mend(rd->c->mem, s));
	return *s == '\0' ? NULL : mem_text(rd->c->mem, utf8_cut(rd->c->mem, s, max));
}

/* Whole days from the start; 0: not whole days, or too many. */
static int days_of(icalcomponent *e, struct icaltimetype start)
{
	icalproperty *end = icalcomponent_get_first_property(e, ICAL_DTEND_PROPERTY);
	icalproperty *length = property(e, ICAL_DURATION_PROPERTY, ICAL_DURATION_VALUE);
	int64_t days = start.is_date ? 1 : 0;

	if (end != NULL) {
		struct icaltimetype t = time_of(end);

		if (icaltime_is_null_time(t) || !at_midnight(t))
			return 0;
		days = day_of_time(t).n - day_of_time(start).n;
		if (days <= 0) /* its last day, as some write it */
			days = days == 0 && start.is_date ? 1 : 0;
	} else if (length != NULL) {
		struct icaldurationtype d = icalproperty_get_duration(length);
		int64_t hours = (int64_t)d.weeks * 168 + (int64_t)d.days * 24 + d.hours;

		if (d.is_neg || hours % 24 != 0 || d.minutes != 0 || d.seconds != 0)
			return 0;
		days = hours / 24;
	}
	return days > EVENT_DAYS_MAX ? 0 : (int)days;
}

static bool excluded(struct reader *rd, icalcomponent *e, day_t d)
{
	icalproperty *p = icalcomponent_get_first_property(e, ICAL_EXDATE_PROPERTY);

	for (; p != NULL; p = icalcomponent_get_next_property(e, ICAL_EXDATE_PROPERTY)) {
		rd->steps--;
		if (day_of_time(time_of(p)).n == d.n)
			return true;
	}
	return false;
}

static void add_found(struct reader *rd, const struct event *e, day_t d)
{
	if (d.n + e->days <= rd->h->from.n || d.n > rd->h->to.n || rd->n_found == OCCURRENCES_MAX)
		return;
	rd->found[rd->n_found] = *e;
	rd->found[rd->n_found++].day = d;
}

static void add_rule(struct reader *rd, icalcomponent *c, const struct event *e, icalproperty *p)
{
	struct icalrecurrencetype r = icalproperty_get_rrule(p);
	struct mem_mark mark = mem_mark(rd->c->mem);
	struct rrule_window w = {.from = wall_of((day_t){rd->h->from.n - e->days}, 0),
		.to = wall_of(rd->h->to, 0),
		.max = ICAL_HOLIDAYS_DAYS_MAX,
		.steps = rd->steps};
	struct walls walls;
	struct rrule rule;

	/* of whole days: the clock's parts say nothing */
	r.by_hour[0] = r.by_minute[0] = r.by_second[0] = ICAL_RECURRENCE_ARRAY_MAX;
	if (rd->steps <= 0 || convert(&r, NULL, &rule) != NULL || rule.freq < RRULE_DAILY ||
		!rrule_expand(rd->c->mem, &rule, wall_of(e->day, 0), &w, &walls)) {
		rd->h->left_out++;
		walls.n = 0;
	}
	rd->steps = w.steps;
	for (size_t i = 0; i < walls.n && rd->steps > 0; i++) {
		if (!excluded(rd, c, day_of_wall(walls.p[i])))
			add_found(rd, e, day_of_wall(walls.p[i]));
	}
	mem_release(rd->c->mem, mark);
}

static void add_days(struct reader *rd, icalcomponent *c, struct event *e)
{
	icalproperty *p = property(c, ICAL_RRULE_PROPERTY, ICAL_RECUR_VALUE);

	e->repeats = p != NULL;
	if (p == NULL && !excluded(rd, c, e->day))
		add_found(rd, e, e->day);
	else if (p != NULL)
		add_rule(rd, c, e, p);
	p = icalcomponent_get_first_property(c, ICAL_RDATE_PROPERTY);
	for (; p != NULL; p = icalcomponent_get_next_property(c, ICAL_RDATE_PROPERTY)) {
		struct icaltimetype t = time_of(p);

		if (!icaltime_is_null_time(t))
			add_found(rd, e, day_of_time(t));
	}
}

static void read_event(struct reader *rd, icalcomponent *c)
{
	icalproperty *status = property(c, ICAL_STATUS_PROPERTY, ICAL_STATUS_VALUE);
	icalproperty *summary = property(c, ICAL_SUMMARY_PROPERTY, ICAL_TEXT_VALUE);
	icalproperty *uid = property(c, ICAL_UID_PROPERTY, ICAL_TEXT_VALUE);
	struct icaltimetype t = time_of(icalcomponent_get_first_property(c, ICAL_DTSTART_PROPERTY));
	struct icaltimetype instead =
		time_of(icalcomponent_get_first_property(c, ICAL_RECURRENCEID_PROPERTY));
	struct event e = {.uid = uid != NULL ? text_of(rd, icalproperty_get_uid(uid), 255) : NULL};

	if (!icaltime_is_null_time(instead) && e.uid != NULL)
		rd->moved[rd->n_moved++] = (struct moved){e.uid, day_of_time(instead)};
	if (status != NULL && icalproperty_get_status(status) == ICAL_STATUS_CANCELLED)
		return;
	if (!icaltime_is_null_time(t) && at_midnight(t))
		e.days = days_of(c, t);
	if (e.days <= 0) {
		rd->h->left_out++;
		return;
	}
	e.day = day_of_time(t);
	if (summary != NULL)
		e.name = text_of(rd, icalproperty_get_summary(summary), HOLIDAY_NAME_LENGTH);
	add_days(rd, c, &e);
}

/* The text from BEGIN:VEVENT to END:VEVENT. */
static void parse_event(struct reader *rd, const char *text, size_t n)
{
	memcpy(rd->event_text, text, n);
	rd->event_text[n] = '\0';
	quiet();
	icalcomponent *e = icalparser_parse_string(rd->event_text);
	if (e != NULL && icalcomponent_isa(e) == ICAL_VEVENT_COMPONENT)
		read_event(rd, e);
	else
		rd->h->left_out++;
	if (e != NULL)
		icalcomponent_free(e);
	icalmemory_free_ring();
}

/* ---- the file: its events one by one, so that libical never holds more ---- */

static bool is_line(const char *p, const char *word)
{
	size_t n = strlen(word);

	if (strncasecmp(p, word, n) != 0)
		return false;
	p += n;
	while (*p == ' ' || *p == '\t' || *p == '\r')
		p++;
	return *p == '\n' || *p == '\0';
}

static const char *next_line(const char *p)
{
	p = strchr(p, '\n');
	return p != NULL ? p + 1 : NULL;
}

/* Behind END:VEVENT; NULL when it does not come. sound: what begins in it ends
 * in it, and does not nest too deep for freeing it. */
static const char *event_end(const char *p, bool *sound)
{
	int depth = 0;

	for (*sound = true; p != NULL && *p != '\0';) {
		const char *next = next_line(p);

		if (is_line(p, "END:VEVENT")) {
			*sound = *sound && depth == 1;
			return next != NULL ? next : p + strlen(p);
		}
		if (strncasecmp(p, "BEGIN:", 6) == 0)
			depth++;
		else if (strncasecmp(p, "END:", 4) == 0)
			depth--;
		if (depth < 1 || depth > EVENT_DEPTH_MAX)
			*sound = false;
		p = next;
	}
	return NULL;
}

static int read_events(struct reader *rd, const char *field, const char *text)
{
	const char *p = text;
	bool sound;

	while (p != NULL) {
		if (!is_line(p, "BEGIN:VEVENT")) {
			p = next_line(p);
			continue;
		}
		const char *end = event_end(p, &sound);
		if (++rd->n_events > ICAL_EVENTS_MAX)
			return err_field(rd->c, field, "has more than %d events", ICAL_EVENTS_MAX);
		if (end == NULL || end - p > EVENT_BYTES_MAX || !sound)
			rd->h->left_out++;
		else
			parse_event(rd, p, (size_t)(end - p));
		p = end;
	}
	return 0;
}

static int by_uid(const void *a, const void *b)
{
	const struct moved *x = a, *y = b;
	int rc = strcmp(x->uid, y->uid);

	return rc != 0 ? rc : (x->day.n > y->day.n) - (x->day.n < y->day.n);
}

static bool is_moved(const struct reader *rd, const struct event *e)
{
	struct moved key = {e->uid, e->day};

	return e->repeats && e->uid != NULL &&
		bsearch(&key, rd->moved, rd->n_moved, sizeof(key), by_uid) != NULL;
}

static void list_holidays(struct reader *rd)
{
	struct holidays *h = rd->h;
	size_t days = (size_t)(h->to.n - h->from.n + 1);
	struct holiday *all = mem_alloc(rd->c->mem, days * sizeof(*all));
	size_t n = 0;

	qsort(rd->moved, rd->n_moved, sizeof(*rd->moved), by_uid);
	for (size_t i = 0; i < rd->n_found; i++) {
		const struct event *e = &rd->found[i];

		if (is_moved(rd, e))
			continue;
		for (int d = 0; d < e->days; d++) {
			int at = e->day.n + d - h->from.n;

			if (at < 0 || (size_t)at >= days)
				continue;
			all[at].day.n = h->from.n + at;
			if (all[at].name == NULL)
				all[at].name = e->name;
		}
	}
	for (size_t i = 0; i < days; i++) {
		if (all[i].day.n != 0)
			all[n++] = all[i];
	}
	h->rows = (struct rows){all, n};
}

int ical_holidays(struct ctx *c, const char *field, const char *text, struct holidays *h)
{
	struct reader rd = {.c = c, .h = h, .steps = HOLIDAY_STEPS};

	if (h->from.n > h->to.n || h->to.n - h->from.n >= ICAL_HOLIDAYS_DAYS_MAX)
		BUG("holidays of %d days", h->to.n - h->from.n + 1);
	h->left_out = 0;
	if (strlen(text) > ICAL_TEXT_MAX)
		return err_field(c, field, "is larger than 1 MiB");
	if (strncmp(text, "\xEF\xBB\xBF", 3) == 0)
		text += 3;
	if (strcasestr(text, "BEGIN:VCALENDAR") == NULL)
		return err_field(c, field, "is no calendar file (iCalendar, .ics)");
	rd.event_text = mem_alloc(c->mem, EVENT_BYTES_MAX + 1);
	rd.found = mem_alloc(c->mem, OCCURRENCES_MAX * sizeof(*rd.found));
	rd.moved = mem_alloc(c->mem, ICAL_EVENTS_MAX * sizeof(*rd.moved));
	if (read_events(&rd, field, text) < 0)
		return -1;
	list_holidays(&rd);
	return 0;
}
