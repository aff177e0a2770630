#include "core/user/invitation.h"
#include "core/audit/audit.h"
#include "core/base/id.h"
#include "core/base/text.h"
#include "core/queue/queue.h"
#include "core/sys/conf.h"
#include "core/sys/db.h"
#include "core/sys/link.h"
#include "core/sys/locale.h"
#include "core/user/account.h"
#include "core/user/people.h"

#define AGAIN_AFTER_MS 60000

static const struct field FIELDS[] = {
	ID(invitation, id, RO),
	TEXT(invitation, email, REQ | PERSONAL | SEARCH, 254),
	ENUM(invitation, role, REQ | FILTER, enum role, ROLES_GIVEN),
	TEXT(invitation, locale, 0, 16),
	ID(invitation, invited_by, RO),
	TIME(invitation, created_at, RO | BY),
	TIME(invitation, sent_at, RO),
	TIME(invitation, expires_at, RO),
};
const struct table INVITATION = TABLE(invitation, "invitation", FIELDS);

static const struct field INVITED_FIELDS[] = {
	ID(invited, id, RO | HIDDEN),
	INT(invited, company_number, RO | HIDDEN, 1, UINT32_MAX),
	ID(invited, company_id, RO),
	TEXT(invited, company_name, RO, 120),
	TEXT(invited, slug, RO | HIDDEN, 63),
	TEXT(invited, email, RO | PERSONAL, 254),
	ENUM(invited, role, RO, enum role, ROLES_GIVEN),
	TEXT(invited, invited_by_name, RO | PERSONAL, 120),
	BOOL(invited, account_exists, RO),
	TIME(invited, expires_at, RO),
};
const struct table INVITED = TABLE(invited, "invited", INVITED_FIELDS);

/* ---- storage ---- */

/* How many are open, and whether that address is one of the people's. */
static int count_open(struct ctx *c, const char *email, int64_t *open, int64_t *belongs)
{
	if (db_int(c, open, "SELECT COUNT(*) FROM invitation") < 0)
		return -1;
	return db_int(c, belongs, "SELECT COUNT(*) FROM membership WHERE email = ?", email);
}

int invitation_sent(struct ctx *c, const char *id)
{
	return db_exec(c, "UPDATE invitation SET sent_at = ? WHERE id = ?", c->now, id);
}

/* ---- rules ---- */

static ts_t expiry(const struct ctx *c)
{
	return (ts_t){c->now.ms + INVITATION_DAYS * INT64_C(86400000)};
}

static int check(struct ctx *c, struct invitation *in)
{
	int64_t open, belongs;

	if (in->locale != NULL && !locale_valid(in->locale))
		return err_field(c, "locale", "is not a language like de or en-GB");
	if (account_email(c, "email", &in->email) < 0 ||
		count_open(c, in->email, &open, &belongs) < 0)
		return -1;
	if (belongs > 0)
		return err_field_as(
			c, E_DUPLICATE, "email", "is that of somebody who belongs to the company");
	if (open >= INVITATIONS_MAX)
		return err_set(c, E_LIMIT_REACHED,
			"There are %d open invitations: revoke some of them first.",
			INVITATIONS_MAX);
	return 0;
}

int invitation_create(struct ctx *c, enum role mine, struct invitation *in)
{
	if (role_check(c, mine, in->role) < 0 || check(c, in) < 0)
		return -1;
	in->id = id_new(c);
	in->invited_by = c->actor == ACTOR_USER ? c->actor_id : NULL;
	in->created_at = c->now;
	in->expires_at = expiry(c);
	int rc = db_insert_new(c, &INVITATION, in);
	if (rc == 0)
		return err_field_as(c, E_DUPLICATE, "email",
			"has an invitation already: send that again, or revoke it");
	if (rc < 0 || queue_add(c, JOB_ACCOUNT_MAIL, in->id, (ts_t){0}, NULL) < 0)
		return -1;
	return audit_add(c, "invitation.create", "invitation", in->id, NULL);
}

int invitation_resend(struct ctx *c, enum role mine, const char *id, struct invitation *out)
{
	if (db_must(c, db_find_locked(c, &INVITATION, id, out), "invitation", id) < 0 ||
		role_check(c, mine, out->role) < 0)
		return -1;
	if (c->now.ms - out->sent_at.ms < AGAIN_AFTER_MS / c->conf->limits_factor) {
		c->err.retry_after = AGAIN_AFTER_MS / 1000;
		return err_set(c, E_RATE_LIMITED, "It was sent less than a minute ago.");
	}
	out->expires_at = expiry(c);
	if (db_update(c, &INVITATION, out, "expires_at", id) < 0 ||
		queue_add(c, JOB_ACCOUNT_MAIL, id, (ts_t){0}, NULL) < 0)
		return -1;
	return audit_add(c, "invitation.resend", "invitation", id, NULL);
}

int invitation_read(struct ctx *c, const char *token, struct invited *out)
{
	struct link l;
	int rc = 0;

	if (link_read(c, LINK_INVITE, token, &l))
		rc = db_one(c, &INVITED, out, "CALL sys_invitation(?, ?)", l.company_id, l.id);
	if (rc == 0)
		return err_set(
			c, E_NOT_FOUND, "This invitation holds no more: ask for another one.");
	return rc < 0 ? -1 : 0;
}
