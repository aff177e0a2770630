#include "fcgi/h_job.h"
#include "core/dead/dead.h"
#include "fcgi/h_call.h"
#include "fcgi/page.h"

static const char *const STATE_QUERY[] = {"", "queued", "running", "done", "dead", NULL};
enum state_query { STATE_ANY };

struct job_query {
	int64_t limit;
	const char *cursor;
	enum state_query state;
};

static const struct field JOB_QUERY_FIELDS[] = {
	INT(job_query, limit, 0, 1, PAGE_MAX),
	TEXT(job_query, cursor, 0, 100),
	ENUM(job_query, state, NULL0, enum state_query, STATE_QUERY),
};
const struct table JOB_QUERY = TABLE(job_query, "job_query", JOB_QUERY_FIELDS);

static int reply_jobs(struct req *r, const char *state)
{
	const struct job_query *q = r->query;
	struct page p;
	struct rows rows;

	if (page_read(r, q->limit, q->cursor, &p) < 0)
		return -1;
	struct job_filter f = {
		.state = state,
		.before = p.after,
		.before_id = p.after_id,
		.limit = (int)p.limit + 1,
	};
	if (job_list(&r->c, &f, &rows) < 0)
		return -1;
	return reply_rows(r, &JOB, &rows, page_next(r, &p, &JOB, &rows, "created_at"));
}

int h_jobs(struct req *r)
{
	const struct job_query *q = r->query;

	return reply_jobs(r, q->state != STATE_ANY ? STATE_QUERY[q->state] : NULL);
}

int h_dead_letters(struct req *r)
{
	return reply_jobs(r, "dead");
}

int h_job(struct req *r)
{
	struct job_detail job;

	if (job_detail_get(&r->c, r->ids[0], &job) < 0)
		return -1;
	return reply(r, 200, &JOB_DETAIL, &job);
}

struct replay_in {
	struct texts ids;
	const char *kind;
	bool all;
};

static const struct field REPLAY_IN_FIELDS[] = {
	TEXTS(replay_in, ids, 0, 100),
	TEXT(replay_in, kind, 0, 40),
	BOOL(replay_in, all, 0),
};
const struct table REPLAY_IN = TABLE(replay_in, "replay_request", REPLAY_IN_FIELDS);

struct replayed {
	int64_t replayed;
};

static const struct field REPLAYED_FIELDS[] = {
	INT(replayed, replayed, RO, 0, REPLAY_AT_ONCE),
};
const struct table REPLAYED = TABLE(replayed, "replayed", REPLAYED_FIELDS);

int h_dead_letters_replay(struct req *r)
{
	const struct replay_in *in = r->in;
	struct replay_wish w = {in->ids, in->kind, in->all};
	struct replayed out;

	if (job_replay_many(&r->c, &w, &out.replayed) < 0)
		return -1;
	return reply(r, 200, &REPLAYED, &out);
}

int h_dead_letter_replay(struct req *r)
{
	struct job job;

	if (job_replay(&r->c, r->ids[0], &job) < 0)
		return -1;
	return reply(r, 200, &JOB, &job);
}
