#include "core/notify/manners.h"
#include "core/audit/audit.h"
#include "core/base/id.h"
#include "core/sys/db.h"
#include "core/sys/tz.h"

#define IN_TOUCH_MS (15 * 60 * 1000)

struct opt_out {
	const char *id;
	enum channel channel;
	const char *address;
	const char *source;
};

static const char *const OPT_OUT_CHANNELS[] = {"sms", "email", NULL};

static const struct field FIELDS[] = {
	ID(opt_out, id, RO),
	ENUM(opt_out, channel, RO, enum channel, OPT_OUT_CHANNELS),
	TEXT(opt_out, address, RO | PERSONAL, 254),
	TEXT(opt_out, source, RO, 20),
};
static const struct table OPT_OUT = TABLE(opt_out, "opt_out", FIELDS);

/* ---- storage ---- */

int opted_out(struct ctx *c, enum channel channel, const char *address)
{
	int64_t one;

	return db_int(c, &one, "SELECT 1 FROM opt_out WHERE channel = ? AND address = ?",
		CHANNELS[channel], address);
}

int cap_reached(struct ctx *c, const struct company_settings *s, enum channel channel,
	const char *customer_id)
{
	int64_t n = 0;

	if (s->daily_message_cap == 0 || customer_id == NULL)
		return 0;
	if (db_int(c, &n,
		    "SELECT COUNT(*) FROM notification WHERE customer_id = ? AND channel = ?"
		    " AND status <> 'failed' AND created_at > NOW(3) - INTERVAL 1 DAY",
		    customer_id, CHANNELS[channel]) < 0)
		return -1;
	return n >= s->daily_message_cap;
}

/* ---- rules ---- */

int opt_out_set(
	struct ctx *c, enum channel channel, const char *address, bool out, const char *source)
{
	struct opt_out row = {
		.id = id_new(c), .channel = channel, .address = address, .source = source};
	int rc;

	if (out)
		rc = db_insert_new(c, &OPT_OUT, &row);
	else
		rc = db_exec(c, "DELETE FROM opt_out WHERE channel = ? AND address = ?",
			CHANNELS[channel], address);
	if (rc <= 0)
		return rc;
	return audit_note(c, out ? "opt_out.add" : "opt_out.remove", "opt_out", out ? row.id : NULL,
		mem_printf(c->mem, "%s by %s", CHANNELS[channel], source));
}

static bool in_touch(const struct ctx *c, const struct occasion *o)
{
	const struct appointment *a = &o->appointment;
	bool fresh = c->now.ms - a->created_at.ms < IN_TOUCH_MS;

	if (a->id != NULL && fresh && (a->source == SOURCE_PHONE || a->source == SOURCE_WEB))
		return true;
	return o->about == ABOUT_CALL && c->now.ms - o->call.begun_at.ms < IN_TOUCH_MS;
}

ts_t quiet_until(const struct ctx *c, const struct occasion *o, enum channel channel)
{
	const struct company_settings *s = &o->settings;
	const struct tz *z = tz_find(occasion_zone(o));
	ts_t at_once = {0};

	if (channel != CHANNEL_SMS || s->quiet_from == s->quiet_to || z == NULL || in_touch(c, o))
		return at_once;
	wall_t now = tz_wall(z, c->now);
	int minute = wall_minute(now);
	bool overnight = s->quiet_from > s->quiet_to;
	bool before_end = minute < s->quiet_to, after_begin = minute >= s->quiet_from;
	if (overnight ? !before_end && !after_begin : !before_end || !after_begin)
		return at_once;
	day_t day = day_of_wall(now);
	if (!before_end)
		day.n++;
	return tz_of_wall(z, wall_of(day, (int)s->quiet_to)).first;
}
