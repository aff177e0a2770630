#include "core/worker/replay.h"
#include "core/base/buf.h"
#include "core/base/text.h"
#include "core/sys/json.h"
#include "core/worker/kinds.h"
#include "core/worker/watch.h"

#define ERROR_LENGTH 1000

static int begin(struct ctx *c, void *id)
{
	return inbox_replay_begin(c, id);
}

static int end(struct ctx *c, void *replay)
{
	return inbox_replay_end(c, replay);
}

struct first_work {
	const struct job_work *work;
	const char *event_id;
};

static int run_in_tx(struct ctx *c, void *arg)
{
	const struct first_work *f = arg;

	return f->work->run(c, f->event_id);
}

/* As its first job does it (core/worker/worker.c). */
static int process(struct ctx *c, const struct inbox_event *e)
{
	int kind = job_kind_find(mem_printf(c->mem, "inbox.%s", e->provider));
	struct first_work f = {kind < 0 ? NULL : &JOB_WORK[kind], e->id};

	if (f.work == NULL)
		return err_set(c, E_NOT_FOUND,
			"This version of the worker does not know what to do with it.");
	return f.work->mode == JOB_TX_WRITE ? in_tx(c, run_in_tx, &f) : f.work->run(c, e->id);
}

static const char *why_failed(struct ctx *c)
{
	struct buf b = buf_new(c->mem, 4000);

	buf_text_add(&b, c->err.detail != NULL ? c->err.detail : err_sentence(c->err.code));
	for (int i = 0; i < c->err.n_fields; i++)
		buf_printf(&b, " %s: %s.", c->err.fields[i].field, c->err.fields[i].message);
	return utf8_cut(c->mem, buf_text(&b), ERROR_LENGTH);
}

/* Its job is done once the end is written down, whatever that is. */
int replay_run(struct ctx *c, const char *replay_id)
{
	struct inbox_replay r;
	struct inbox_event e;
	struct watch w;

	if (inbox_replay_get(c, replay_id, &r) < 0 || inbox_get(c, r.inbox_event_id, &e) < 0)
		return -1;
	bool interrupted = r.began_at.ms != 0;
	if (r.finished_at.ms != 0)
		return 0;
	if (in_tx(c, begin, (void *)(uintptr_t)replay_id) < 0)
		return -1;
	watch_begin(c, &w, &e);
	r.state = process(c, &e) < 0 ? REPLAY_FAILED : REPLAY_DONE;
	c->witness = NULL;
	r.error = r.state == REPLAY_FAILED ? why_failed(c) : NULL;
	err_clear(c);
	watch_end(c, &w, &r);
	if (interrupted)
		r.outcome = mem_printf(c->mem,
			"%s An earlier attempt was cut off: what that had changed is not in it.",
			r.outcome);
	return in_tx(c, end, &r) < 0 ? -1 : 0;
}
