#include "core/audit/audit.h"
#include "core/base/id.h"
#include "core/base/text.h"
#include "core/event/event.h"
#include "core/sys/db.h"

#define NOTE_MAX 300

const char *const ACTOR_NAMES[] = {
	[ACTOR_NONE] = "none",
	[ACTOR_USER] = "user",
	[ACTOR_API_KEY] = "api_key",
	[ACTOR_JOB] = "job",
	[ACTOR_SYSTEM] = "system",
	NULL,
};

static const struct field FIELDS[] = {
	ID(audit_entry, id, RO),
	TIME(audit_entry, created_at, RO | SORT),
	ENUM(audit_entry, actor_kind, RO, enum actor_kind, ACTOR_NAMES),
	ID(audit_entry, actor_id, RO),
	TEXT(audit_entry, actor_name, RO | JOINED | PERSONAL, 120),
	TEXT(audit_entry, remote_address, RO | PERSONAL, 45),
	TEXT(audit_entry, request_id, RO, 64),
	TEXT(audit_entry, action, RO, 60),
	TEXT(audit_entry, subject, RO, 40),
	ID(audit_entry, subject_id, RO),
	TEXT(audit_entry, fields, RO, 1000),
	TEXT(audit_entry, note, RO, NOTE_MAX),
	INT(audit_entry, seal, RO | JOINED | NULL0, 0, INT64_MAX),
	INT(audit_entry, company_number, RO | JOINED | HIDDEN, 0, INT32_MAX),
	ID(audit_entry, company_id, RO | JOINED | HIDDEN),
};
const struct table AUDIT_ENTRY = TABLE(audit_entry, "audit_entry", FIELDS);

static const char *const QUIET[] = {
#define X(action) action,
#include "core/audit/quiet.def"
#undef X
};

/* What is about many, or the company itself, is told under the company's id. */
static int tell(struct ctx *c, const struct audit_entry *row)
{
	const char *id = row->subject_id != NULL ? row->subject_id : c->company_id;

	if (c->company == 0 || id == NULL)
		return 0;
	for (size_t i = 0; i < COUNT_OF(QUIET); i++) {
		if (strcmp(QUIET[i], row->action) == 0)
			return 0;
	}
	return event_changed(c, row->subject, id);
}

static int add(struct ctx *c, struct audit_entry *row)
{
	row->id = id_new(c);
	row->actor_kind = c->actor;
	row->actor_id = c->actor_id;
	row->remote_address = c->remote_address;
	row->request_id = c->request_id;
	if (!db_in_tx(c))
		BUG("%s is audited outside the transaction of the change", row->action);
	return db_insert(c, &AUDIT_ENTRY, row) < 0 ? -1 : tell(c, row);
}

int audit_add(struct ctx *c, const char *action, const char *subject, const char *subject_id,
	const char *fields)
{
	struct audit_entry row = {
		.action = action,
		.subject = subject,
		.subject_id = subject_id,
		.fields = fields,
	};

	return add(c, &row);
}

int audit_note(struct ctx *c, const char *action, const char *subject, const char *subject_id,
	const char *note)
{
	struct audit_entry row = {
		.action = action,
		.subject = subject,
		.subject_id = subject_id,
		.note = note == NULL ? NULL : utf8_cut(c->mem, note, NOTE_MAX),
	};

	return add(c, &row);
}
