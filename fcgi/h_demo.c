#include "fcgi/h_demo.h"
#include "core/base/text.h"
#include "core/booking/race.h"
#include "core/sys/conf.h"
#include "core/sys/http.h"
#include "core/sys/json.h"
#include "core/tenant/storefront.h"

#define RIVALS_USUAL 64
#define RIVAL_MS 30000
#define ANSWER_MAX 65536

struct race_in {
	int64_t rivals;
};

static const struct field RACE_IN_FIELDS[] = {
	INT(race_in, rivals, NULL0, 2, HTTP_ALL_MAX),
};
const struct table RACE_IN = TABLE(race_in, "race_request", RACE_IN_FIELDS);

struct race_winner {
	const char *name;
	const char *service_name;
	const char *staff_name;
	int64_t took_ms;
};

static const struct field RACE_WINNER_FIELDS[] = {
	TEXT(race_winner, name, RO, 120),
	TEXT(race_winner, service_name, RO, 120),
	TEXT(race_winner, staff_name, RO, 120),
	INT(race_winner, took_ms, RO, 0, INT64_MAX),
};
static const struct table RACE_WINNER = TABLE(race_winner, "race_winner", RACE_WINNER_FIELDS);

struct race_out {
	int64_t rivals;
	int64_t won;    /* were told so */
	int64_t lost;   /* were told that the slot is taken */
	int64_t failed; /* anything else: there are none */
	struct race_winner *winner;
	int64_t booked;      /* visits in the slot, and */
	int64_t overlapping; /* pairs that overlap, as the database has them */
	ts_t starts_at;
	wall_t local_start;
	int64_t took_ms;
	int64_t slowest_ms;
};

static const struct field RACE_FIELDS[] = {
	INT(race_out, rivals, RO, 0, INT64_MAX),
	INT(race_out, won, RO, 0, INT64_MAX),
	INT(race_out, lost, RO, 0, INT64_MAX),
	INT(race_out, failed, RO, 0, INT64_MAX),
	OBJECT(race_out, winner, RO, struct race_winner, RACE_WINNER),
	INT(race_out, booked, RO, 0, INT64_MAX),
	INT(race_out, overlapping, RO, 0, INT64_MAX),
	TIME(race_out, starts_at, RO),
	WALL(race_out, local_start, RO),
	INT(race_out, took_ms, RO, 0, INT64_MAX),
	INT(race_out, slowest_ms, RO, 0, INT64_MAX),
};
const struct table RACE = TABLE(race_out, "race", RACE_FIELDS);

/* ---- rivals ---- */

static const char *rival_name(struct req *r, size_t i)
{
	return mem_printf(r->c.mem, "Rival %zu", i + 1);
}

/* As a booking page would send it, to the door that is open to everybody. */
static struct http_request rival(struct req *r, const struct race *k, size_t i)
{
	static const char *const HEADERS[] = {"Content-Type: application/json", NULL};
	struct arena *mem = r->c.mem;
	const char *body = mem_printf(mem,
		"{\"service_id\":\"%s\",\"staff_id\":\"%s\",\"starts_at\":\"%s\","
		"\"customer\":{\"name\":\"%s\",\"email\":\"rival-%zu@race.example\"}}",
		k->service_id, k->staff_id, ts_text(mem, k->starts_at), rival_name(r, i), i + 1);

	return (struct http_request){
		.method = "POST",
		.url = mem_printf(mem, "%s/api/v2/public/" RACE_COMPANY "/bookings",
			r->c.conf->server_public_url),
		.headers = HEADERS,
		.body = {(const uint8_t *)body, strlen(body)},
		.total_ms = RIVAL_MS,
		.answer_max = ANSWER_MAX,
	};
}

static struct race_winner *winner(struct req *r, const struct http_answer *a, size_t i)
{
	struct race_winner *w = mem_alloc(r->c.mem, sizeof(*w));
	const struct json *j;

	w->name = rival_name(r, i);
	w->took_ms = a->ms;
	if (json_parse(&r->c, a->body, &j) < 0)
		err_clear(&r->c);
	else {
		w->service_name = json_text(j, "service_name");
		w->staff_name = json_text(j, "staff_name");
	}
	return w;
}

static bool was_taken(struct req *r, const struct http_answer *a)
{
	const struct json *j;

	if (a->status != 409)
		return false;
	if (json_parse(&r->c, a->body, &j) < 0) {
		err_clear(&r->c);
		return false;
	}
	return text_same(json_text(j, "code"), "slot_taken");
}

static void count(struct req *r, const struct http_answer *a, struct race_out *out)
{
	for (size_t i = 0; i < (size_t)out->rivals; i++) {
		if (a[i].ms > out->slowest_ms)
			out->slowest_ms = a[i].ms;
		if (a[i].status == 201) {
			out->won++;
			out->winner = winner(r, &a[i], i);
		} else if (was_taken(r, &a[i]))
			out->lost++;
		else
			out->failed++;
	}
}

static void let_run(struct req *r, const struct race *k, struct race_out *out)
{
	size_t n = (size_t)out->rivals;
	struct http_request *all = mem_alloc(r->c.mem, n * sizeof(*all));
	struct http_answer *a = mem_alloc(r->c.mem, n * sizeof(*a));

	for (size_t i = 0; i < n; i++)
		all[i] = rival(r, k, i);
	int64_t began = clock_monotonic_us();
	http_send_all(&r->c, all, a, n);
	out->took_ms = (clock_monotonic_us() - began) / 1000;
	count(r, a, out);
}

/* ---- the race ---- */

static int run(struct req *r, struct race_out *out)
{
	struct race_count seen;
	struct race k;

	if (race_pick(&r->c, &k) < 0)
		return -1;
	out->starts_at = k.starts_at;
	out->local_start = k.local_start;
	let_run(r, &k, out);
	if (race_look(&r->c, &k, &seen) < 0)
		return -1;
	out->booked = seen.visits;
	out->overlapping = seen.overlapping;
	return race_clear(&r->c, &k);
}

static int enter(struct req *r)
{
	struct ctx *c = &r->c;
	struct storefront s;
	int rc = c->conf->server_sandbox ? storefront_by_slug(c, RACE_COMPANY, &s) : 0;

	if (rc <= 0)
		return rc < 0 ? -1 : err_set(c, E_NOT_FOUND, NULL);
	c->company = (uint32_t)s.company_number;
	c->company_id = s.company_id;
	return 0;
}

int h_race(struct req *r)
{
	const struct race_in *in = r->in;
	struct race_out out = {.rivals = in->rivals > 0 ? in->rivals : RIVALS_USUAL};

	if (enter(r) < 0)
		return -1;
	int rc = race_begin(&r->c);
	if (rc == 0) {
		r->c.err.retry_after = 2;
		rc = err_set(
			&r->c, E_RATE_LIMITED, "Another race is being run: try again in a moment.");
	}
	if (rc < 0)
		return -1;
	rc = run(r, &out);
	race_end(&r->c);
	return rc < 0 ? -1 : reply(r, 200, &RACE, &out);
}
