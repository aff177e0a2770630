#include "core/inbox/replay.h"
#include "core/audit/audit.h"
#include "core/base/id.h"
#include "core/base/text.h"
#include "core/sys/db.h"
#include "core/sys/json.h"

#define REPLAYS_SHOWN 10
#define VALUE_MAX 400000
#define DIFF_MAX (8 << 20)

static const char *const STATES[] = {"queued", "running", "done", "failed", NULL};
static const char *const CHANGE_KINDS[] = {"changed", "added", "removed", NULL};

/* What is kept is read again through these tables, hence no RO. */
static const struct field FIELD_FIELDS[] = {
	TEXT(field_change, field, REQ, 64),
	TEXT(field_change, before, VERBATIM | PERSONAL, VALUE_MAX),
	TEXT(field_change, after, VERBATIM | PERSONAL, VALUE_MAX),
};
static const struct table FIELD_CHANGE = TABLE(field_change, "field_change", FIELD_FIELDS);

static const struct field ROW_FIELDS[] = {
	TEXT(row_change, kind, REQ, 40),
	ID(row_change, id, REQ),
	ENUM(row_change, change, REQ, enum row_change_kind, CHANGE_KINDS),
	LIST(row_change, fields, REQ, FIELD_CHANGE),
};
static const struct table ROW_CHANGE = TABLE(row_change, "row_change", ROW_FIELDS);

static const struct field DIFFERENCE_FIELDS[] = {
	LIST(difference, changes, REQ, ROW_CHANGE),
};
const struct table DIFFERENCE = TABLE(difference, "difference", DIFFERENCE_FIELDS);

static const struct field FIELDS[] = {
	ID(inbox_replay, id, RO),
	ID(inbox_replay, inbox_event_id, RO | HIDDEN),
	ENUM(inbox_replay, state, RO, enum replay_state, STATES),
	TEXT(inbox_replay, outcome, RO, 300),
	TEXT(inbox_replay, error, RO | PERSONAL, 1000),
	TEXT(inbox_replay, diff, RO | HIDDEN | PERSONAL, DIFF_MAX),
	LIST(inbox_replay, changes, RO, ROW_CHANGE),
	TIME(inbox_replay, created_at, RO),
	TIME(inbox_replay, began_at, RO),
	TIME(inbox_replay, finished_at, RO),
};
const struct table INBOX_REPLAY = TABLE(inbox_replay, "inbox_replay", FIELDS);

/* ---- storage ---- */

int inbox_replay_get(struct ctx *c, const char *id, struct inbox_replay *out)
{
	return db_must(c,
		db_one(c, &INBOX_REPLAY, out, "SELECT {cols} FROM inbox_replay WHERE id = ?", id),
		"replay", id);
}

int inbox_replay_begin(struct ctx *c, const char *id)
{
	return db_exec(c,
		       "UPDATE inbox_replay SET state = 'running', began_at = NOW(3) WHERE id = ?",
		       id) < 0
		? -1
		: 0;
}

int inbox_replay_end(struct ctx *c, const struct inbox_replay *r)
{
	if (db_exec(c,
		    "UPDATE inbox_replay SET state = ?, outcome = ?, error = ?, diff = ?,"
		    " open = NULL, finished_at = NOW(3) WHERE id = ?",
		    STATES[r->state], r->outcome, r->error, r->diff, r->id) < 0)
		return -1;
	if (r->state != REPLAY_DONE)
		return 0;
	return db_exec(c,
		       "UPDATE job SET state = 'done', finished_at = NOW(3),"
		       " last_error = 'It was processed by a replay.'"
		       " WHERE ref_id = ? AND state = 'dead'",
		       r->inbox_event_id) < 0
		? -1
		: 0;
}

/* What is kept is our own, and was whole when it was written. */
static int read_difference(struct ctx *c, struct inbox_replay *r)
{
	struct bytes text = {(const uint8_t *)r->diff, r->diff == NULL ? 0 : strlen(r->diff)};
	struct difference d = {{NULL, 0}};
	const struct json *j;

	if (r->diff == NULL)
		return 0;
	if (json_parse(c, text, &j) < 0 ||
		json_decode(c, j, &DIFFERENCE, JSON_CREATE, &d, NULL) < 0)
		return -1;
	r->changes = d.changes;
	return 0;
}

/* The job of a replay may have died of it, and then nobody writes its end. */
int inbox_replays(struct ctx *c, const char *event_id, bool read, struct rows *out)
{
	if (db_rows(c, &INBOX_REPLAY, out,
		    "SELECT r.id, r.inbox_event_id, IF(r.open AND j.state = 'dead', 'failed', "
		    "r.state)"
		    " AS state, r.outcome, COALESCE(r.error, IF(j.state = 'dead', j.last_error, "
		    "NULL))"
		    " AS error, IF(?, r.diff, NULL) AS diff, r.created_at, r.began_at, "
		    "r.finished_at"
		    " FROM inbox_replay r LEFT JOIN job j ON j.ref_id = r.id"
		    " WHERE r.inbox_event_id = ? ORDER BY r.created_at DESC, r.id DESC LIMIT ?",
		    read, event_id, REPLAYS_SHOWN) < 0)
		return -1;
	struct inbox_replay *r = out->p;

	for (size_t i = 0; i < out->n; i++) {
		if (read_difference(c, &r[i]) < 0)
			return -1;
	}
	return (int)out->n;
}

static int close_dead(struct ctx *c, const char *event_id)
{
	return db_exec(c,
		       "UPDATE inbox_replay SET state = 'failed', open = NULL,"
		       " error = 'The worker died of it.', finished_at = NOW(3)"
		       " WHERE inbox_event_id = ? AND open = 1 AND EXISTS (SELECT 1 FROM job j"
		       " WHERE j.ref_id = inbox_replay.id AND j.state = 'dead')",
		       event_id) < 0
		? -1
		: 0;
}

/* ---- rules ---- */

static int check_over(struct ctx *c, const struct inbox_event *e)
{
	int64_t waits;

	if (e->body.n == 0)
		return err_set(
			c, E_STATE, "What it held has been deleted: there is nothing to process.");
	if (db_int(c, &waits,
		    "SELECT COUNT(*) FROM job WHERE ref_id = ? AND state IN ('queued', 'running')",
		    e->id) < 0)
		return -1;
	if (waits > 0)
		return err_set(
			c, E_STATE, "Its job has not ended yet: what it does is the first time.");
	return 0;
}

int inbox_replay_ask(struct ctx *c, const char *event_id, struct inbox_replay *out)
{
	struct inbox_event e;

	if (inbox_get(c, event_id, &e) < 0 || check_over(c, &e) < 0 || close_dead(c, event_id) < 0)
		return -1;
	*out = (struct inbox_replay){
		.id = id_new(c), .inbox_event_id = event_id, .created_at = c->now};
	int rc = db_insert_new(c, &INBOX_REPLAY, out);
	if (rc < 0)
		return -1;
	if (rc == 0)
		return err_set(c, E_STATE, "It is being processed again already.");
	if (queue_add(c, JOB_INBOX_REPLAY, out->id, (ts_t){0}, NULL) < 0)
		return -1;
	return audit_add(c, "inbox_event.replay", "inbox_event", event_id, NULL);
}
