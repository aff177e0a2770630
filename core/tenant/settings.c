#include "core/tenant/settings.h"
#include "core/audit/row.h"
#include "core/base/buf.h"
#include "core/base/text.h"
#include "core/sys/conf.h"
#include "core/sys/db.h"

#define ORIGINS_MAX 2000
#define DAYS_MAX 36500
#define AUDIT_DAYS_MIN 365 /* evidence of less is none */
#define HOURS_MAX 336

static const struct company_settings FRESH = {
	.public_booking = true,
	.retention_transcripts_days = 365,
	.retention_recordings_days = 90,
	.retention_inbox_days = 90,
	.retention_notifications_days = 365,
	.retention_audit_days = 1095,
	.retention_calls_days = 1095,
	.retention_inactive_customers_days = 1095,
	.reminder_first_hours = 24,
	.reminder_second_hours = 2,
	.quiet_from = 22 * 60,
	.quiet_to = 7 * 60,
	.daily_message_cap = 20,
};

static const struct field FIELDS[] = {
	ID(company_settings, id, RO | HIDDEN),
	BOOL(company_settings, public_booking, 0),
	BOOL(company_settings, requires_confirmation, 0),
	INT(company_settings, max_open_bookings, NULL0, 1, 1000),
	BOOL(company_settings, require_totp, 0),
	TEXT(company_settings, cors_origins, 0, ORIGINS_MAX),
	TEXT(company_settings, frame_origins, 0, ORIGINS_MAX),
	INT(company_settings, retention_transcripts_days, 0, 0, DAYS_MAX),
	INT(company_settings, retention_recordings_days, 0, 0, DAYS_MAX),
	INT(company_settings, retention_inbox_days, 0, 0, DAYS_MAX),
	INT(company_settings, retention_notifications_days, 0, 0, DAYS_MAX),
	INT(company_settings, retention_audit_days, 0, 0, DAYS_MAX),
	INT(company_settings, retention_calls_days, 0, 0, DAYS_MAX),
	INT(company_settings, retention_inactive_customers_days, 0, 0, DAYS_MAX),
	INT(company_settings, reminder_first_hours, 0, 0, HOURS_MAX),
	INT(company_settings, reminder_second_hours, 0, 0, HOURS_MAX),
	INT(company_settings, quiet_from, 0, 0, MINUTES_A_DAY - 1),
	INT(company_settings, quiet_to, 0, 0, MINUTES_A_DAY - 1),
	INT(company_settings, daily_message_cap, 0, 0, 1000),
};
const struct table COMPANY_SETTINGS =
	TABLE_FRESH(company_settings, "company_settings", FIELDS, 0, FRESH);

/* ---- storage ---- */

int settings_look(struct ctx *c, struct company_settings *out)
{
	int rc = db_one(c, &COMPANY_SETTINGS, out, "SELECT {cols} FROM company_settings");

	return db_must(c, rc, "company", NULL);
}

int settings_current(struct ctx *c, struct company_settings *out)
{
	if (!db_in_tx(c))
		return settings_look(c, out);
	int rc =
		db_one(c, &COMPANY_SETTINGS, out, "SELECT {cols} FROM company_settings FOR UPDATE");
	return db_must(c, rc, "company", NULL);
}

/* ---- rules ---- */

/* The scheme, a host in letters, digits, dots and hyphens, perhaps a port. */
static bool is_origin(const struct ctx *c, const char *s)
{
	static const char HOST[] = "abcdefghijklmnopqrstuvwxyz0123456789-.";
	bool plain = text_starts(s, "http://");
	int64_t port;

	if (!text_starts(s, "https://") && !(plain && c->conf->server_sandbox))
		return false;
	s += plain ? 7 : 8;
	size_t n = strspn(s, HOST);
	if (n == 0 || n > 253 || *s == '.' || *s == '-')
		return false;
	return s[n] == '\0' || (s[n] == ':' && text_int(s + n + 1, 1, 65535, &port));
}

static int check_origins(struct ctx *c, const char *field, const char **origins)
{
	struct buf b = buf_new(c->mem, ORIGINS_MAX + 1);
	const char *p = *origins == NULL ? "" : text_lower(c->mem, *origins);

	while (*(p += strspn(p, " \t\r\n")) != '\0') {
		size_t n = strcspn(p, " \t\r\n");
		const char *one = mem_text_n(c->mem, p, n);

		if (!is_origin(c, one))
			return err_field(c, field,
				"must be origins like https://www.example.com, with a blank "
				"between two");
		buf_printf(&b, "%s%s", b.n > 0 ? " " : "", one);
		p += n;
	}
	*origins = b.n > 0 ? buf_text(&b) : NULL;
	return 0;
}

int settings_change(struct ctx *c, const struct company_settings *was, struct company_settings *now)
{
	int rc = check_origins(c, "cors_origins", &now->cors_origins);

	if (check_origins(c, "frame_origins", &now->frame_origins) < 0)
		rc = -1;
	if (now->retention_audit_days > 0 && now->retention_audit_days < AUDIT_DAYS_MIN)
		rc = err_field(c, "retention_audit_days", "must be 0 (for ever) or at least %d",
			AUDIT_DAYS_MIN);
	if (rc < 0)
		return -1;
	return row_change(c, &COMPANY_SETTINGS, was, now);
}
