#include "core/event/event.h"
#include "core/base/id.h"
#include "core/queue/queue.h"
#include "core/sys/db.h"
#include "core/sys/json.h"

#define PAYLOAD_MAX (4u << 20)

const char *const EVENT_NAMES[] = {
#define X(symbol, name) [symbol] = (name),
#include "core/event/events.def"
#undef X
	NULL,
};

static const struct field FIELDS[] = {
	ID(event, id, RO),
	ENUM(event, kind, RO | FILTER, enum event_kind, EVENT_NAMES),
	ID(event, subject_id, RO | FILTER),
	JSON(event, payload, RO | PERSONAL, PAYLOAD_MAX),
	TIME(event, created_at, RO | SORT),
};
const struct table EVENT = TABLE(event, "event", FIELDS);

struct changed {
	const char *record;
};

static const struct field CHANGED_FIELDS[] = {
	TEXT(changed, record, RO, 40),
};
static const struct table CHANGED = TABLE(changed, "changed", CHANGED_FIELDS);

/* ---- storage ---- */

int event_get(struct ctx *c, const char *id, struct event *out)
{
	return db_must(c, db_one(c, &EVENT, out, "SELECT {cols} FROM event WHERE id = ?", id),
		"event", id);
}

/* ---- rules ---- */

int event_emit(struct ctx *c, enum event_kind kind, const char *subject_id, const struct table *t,
	const void *row)
{
	struct buf payload = buf_new(c->mem, PAYLOAD_MAX);
	struct event e = {.id = id_new(c), .kind = kind, .subject_id = subject_id};

	if (!db_in_tx(c))
		BUG("%s is emitted outside the transaction of what it tells", EVENT_NAMES[kind]);
	json_row(&payload, t, row);
	if (buf_full(&payload))
		BUG("the payload of %s is larger than %u bytes", EVENT_NAMES[kind], PAYLOAD_MAX);
	e.payload = buf_text(&payload);
	if (db_insert(c, &EVENT, &e) < 0)
		return -1;
	return queue_add(c, JOB_EVENT_DISPATCH, e.id, (ts_t){0}, NULL);
}

int event_changed(struct ctx *c, const char *record, const char *id)
{
	struct changed row = {record};

	return event_emit(c, EV_RECORD_CHANGED, id, &CHANGED, &row);
}

const char *event_record(struct ctx *c, const struct event *e)
{
	struct bytes text = {(const uint8_t *)e->payload, strlen(e->payload)};
	const struct json *j;
	const char *record = NULL;

	if (json_parse(c, text, &j) < 0)
		err_clear(c); /* what is kept too long is emptied */
	else
		record = json_text(j, "record");
	return record != NULL ? record : "record";
}
