#include "core/staff/feed.h"
#include "core/audit/audit.h"
#include "core/sys/db.h"

static const struct field FIELDS[] = {
	ID(staff_feed, id, RO),
	TEXT(staff_feed, name, RO | PERSONAL, 120),
	INT(staff_feed, feed_seq, RO | HIDDEN, 1, UINT32_MAX),
};
const struct table STAFF_FEED = TABLE(staff_feed, "staff_feed", FIELDS);

int staff_feed_get(struct ctx *c, const char *staff_id, struct staff_feed *out)
{
	int rc = db_one(c, &STAFF_FEED, out,
		"SELECT {cols} FROM staff WHERE id = ? AND is_active AND deleted_at IS NULL",
		staff_id);

	return db_must(c, rc, "staff member", staff_id);
}

int staff_feed_renew(struct ctx *c, const char *staff_id)
{
	int rc = db_exec(c,
		"UPDATE staff SET feed_seq = feed_seq + 1 WHERE id = ? AND deleted_at IS NULL",
		staff_id);

	if (db_must(c, rc, "staff member", staff_id) < 0)
		return -1;
	return audit_add(c, "staff.renew_feed", "staff", staff_id, "feed_seq");
}
