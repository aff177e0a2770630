/* Days and times on one line, for people. */
#include "core/base/buf.h"
#include "core/base/text.h"
#include "core/understand/understand.h"

#define TEXT_MAX 2048

static void put_clock(struct buf *b, int minute)
{
	buf_printf(b, "%02d:%02d", minute / 60, minute % 60);
}

static void put_days(struct arena *mem, struct buf *b, const struct when_option *o)
{
	if (o->first.n == 0) {
		buf_char(b, '*');
		return;
	}
	buf_text_add(b, day_text(mem, o->first));
	if (o->last.n == DAY_OPEN)
		buf_text_add(b, "..");
	else if (o->last.n != o->first.n)
		buf_printf(b, "..%s", day_text(mem, o->last));
}

static void put_option(struct arena *mem, struct buf *b, const struct when_option *o)
{
	put_days(mem, b, o);
	if (o->from == NO_TIME && o->to == NO_TIME)
		return;
	buf_text_add(b, o->about ? " ~" : " ");
	if (o->from != NO_TIME)
		put_clock(b, o->from);
	if (o->from != o->to) {
		buf_char(b, '-');
		if (o->to != NO_TIME)
			put_clock(b, o->to);
	}
	if (o->kind != TZ_UNIQUE)
		buf_text_add(b, o->kind == TZ_SKIPPED ? " !skipped" : " !repeated");
}

const char *when_text(struct arena *mem, const struct when *w)
{
	struct buf b = buf_new(mem, TEXT_MAX);

	if (w->n == 0 && w->n_nots == 0)
		return w->soonest ? "soonest" : "none";
	if (w->n > 0 && w->confidence < UNDERSTOOD_SURE)
		buf_text_add(&b, "? ");
	for (size_t i = 0; i < w->n; i++) {
		buf_text_add(&b, i > 0 ? " | " : "");
		put_option(mem, &b, &w->options[i]);
	}
	if (w->n == 0)
		buf_char(&b, '*');
	for (size_t i = 0; i < w->n_nots; i++) {
		buf_text_add(&b, i > 0 ? ", " : " not ");
		put_days(mem, &b, &w->nots[i]);
	}
	if (w->soonest)
		buf_text_add(&b, " soonest");
	return buf_text(&b);
}
