/* Refresh tokens: one live chain, whoever asks how often, and a thief is found. */
#include "core/sys/crypto.h"
#include "core/user/account.h"
#include "tests/db/persons.h"

#define RIVALS 50
#define EACH 4
#define TOKENS 8

static struct account owner = {.id = SOMEBODY_ID, .email = SOMEBODY, .name = "Torture"};

static void setup(void)
{
	persons_begin();
	have_somebody("owner");
	hush();
}

static const struct device PHONE = {false, "phone"}, OTHER = {false, "other"};

static int start(struct ctx *c, void *out)
{
	return session_start(c, &owner, &PHONE, out);
}

static const char *new_session(void)
{
	struct session s;

	ck_assert_int_eq(in_tx(web, start, &s), 0);
	return s.refresh_token;
}

/* The token that follows; NULL: refused. */
static const char *refreshed(const char *token, const struct device *d)
{
	struct session s;

	if (session_refresh(web, token, d, &s) == 0)
		return s.refresh_token;
	ck_assert(err_take(web, E_UNAUTHENTICATED));
	return NULL;
}

static const char *hash_of(const char *token)
{
	uint8_t hash[SHA256_SIZE];

	sha256((struct bytes){(const uint8_t *)token, strlen(token)}, hash);
	return hex_encode(web->mem, (struct bytes){hash, sizeof(hash)});
}

static int64_t live(void)
{
	return look("SELECT COUNT(*) FROM session WHERE user_id = '" SOMEBODY_ID
		    "' AND revoked_at IS NULL");
}

static bool in_force(const char *token)
{
	return look(mem_printf(web->mem,
		       "SELECT COUNT(*) FROM session WHERE refresh_hash = X'%s'"
		       " AND revoked_at IS NULL",
		       hash_of(token))) == 1;
}

/* ---- many at once ---- */

struct race {
	char token[80];
	bool two_devices;
	char next[RIVALS][EACH][80];
};

static void refresh_again_and_again(int i, void *shared)
{
	struct race *r = shared;
	const struct device *d = r->two_devices && i % 2 == 1 ? &OTHER : &PHONE;

	persons_forked();
	for (int k = 0; k < EACH; k++) {
		const char *next = refreshed(r->token, d);

		if (next != NULL)
			snprintf(r->next[i][k], sizeof(r->next[i][k]), "%s", next);
	}
}

static struct race *race(bool two_devices)
{
	struct race *r = shared_memory(sizeof(*r));

	r->two_devices = two_devices;
	snprintf(r->token, sizeof(r->token), "%s", new_session());
	run_rivals(RIVALS, refresh_again_and_again, r);
	return r;
}

/* The one successor that anybody got; how many did. */
static int successors(const struct race *r, const char **next)
{
	int n = 0;

	*next = NULL;
	for (int i = 0; i < RIVALS; i++) {
		for (int k = 0; k < EACH; k++) {
			if (*r->next[i][k] == '\0')
				continue;
			if (*next == NULL)
				*next = r->next[i][k];
			ck_assert_str_eq(*next, r->next[i][k]);
			n++;
		}
	}
	return n;
}

START_TEST(two_hundred_refreshes_at_once_leave_one_chain)
{
	struct race *r = race(false);
	const char *next;

	ck_assert_int_eq(successors(r, &next), RIVALS * EACH);
	ck_assert_int_eq(live(), 1);
	ck_assert(in_force(next));
	ck_assert_ptr_nonnull(refreshed(next, &PHONE));
}
END_TEST

START_TEST(two_devices_with_one_token_end_it)
{
	struct race *r = race(true);
	const char *next;

	ck_assert_int_ge(successors(r, &next), 1);
	ck_assert_int_eq(live(), 0);
	ck_assert_ptr_null(refreshed(next, &PHONE));
}
END_TEST

/* ---- a thief and the owner, against a model ---- */

/* Tokens of a session follow one another: the state is which one is in force. */
struct model {
	int at; /* this one */
	bool dead;
	bool fresh; /* the last one was spent less than 10 s ago … */
	int by;     /* … by this device */
};

/* The token that is given, -1: refused. */
static int model_refresh(struct model *m, int token, int device)
{
	if (m->dead)
		return -1;
	if (token == m->at) {
		m->fresh = true;
		m->by = device;
		return ++m->at;
	}
	if (token == m->at - 1 && m->fresh && device == m->by)
		return m->at;
	m->dead = true;
	return -1;
}

struct actor {
	const struct device *device;
	int newest; /* of the tokens that he has */
};

struct play {
	struct model model;
	struct actor actor[2]; /* the owner, the thief */
	const char *tokens[TOKENS];
	char story[200];
};

static void wait_ten_seconds(struct play *p)
{
	p->model.fresh = false;
	change("UPDATE session SET refreshed_at = refreshed_at - INTERVAL 11 SECOND"
	       " WHERE user_id = '" SOMEBODY_ID "'");
}

/* A step: who, his newest token or the one before, and whether time passes. */
static void step(struct play *p, unsigned how)
{
	struct actor *a = &p->actor[how & 1];
	int device = a->device == &OTHER, token = a->newest;
	size_t n = strlen(p->story);

	if ((how & 2) != 0)
		wait_ten_seconds(p);
	if ((how & 4) != 0 && token > 0)
		token--;
	snprintf(p->story + n, sizeof(p->story) - n, " %s%s:%d", (how & 2) != 0 ? "…" : "",
		(how & 1) != 0 ? "thief" : "owner", token);
	const char *got = refreshed(p->tokens[token], a->device);
	int wanted = model_refresh(&p->model, token, device);

	ck_assert_msg((got != NULL) == (wanted >= 0), "%s: %s", p->story, got);
	ck_assert_msg(live() == !p->model.dead, "%s", p->story);
	if (got == NULL)
		return;
	ck_assert_msg(
		p->tokens[wanted] == NULL || strcmp(p->tokens[wanted], got) == 0, "%s", p->story);
	p->tokens[wanted] = got;
	a->newest = wanted;
	ck_assert_msg(in_force(p->tokens[p->model.at]), "%s", p->story);
}

#define STEPS 6

/* Three bits a step; the thief has stolen the first token, and he may look like
 * the owner's device. */
static void play(uint32_t schedule, bool disguised)
{
	struct mem_mark mark = mem_mark(web->mem);
	struct play p = {.actor = {{&PHONE, 0}, {disguised ? &PHONE : &OTHER, 0}}};

	change("DELETE FROM session WHERE user_id = '" SOMEBODY_ID "'");
	p.tokens[0] = new_session();
	for (int i = 0; i < STEPS; i++)
		step(&p, schedule >> (3 * i) & 7);
	mem_release(web->mem, mark);
}

/* Two bits a step, spread to three: everybody uses his newest token. */
static uint32_t spread(uint32_t two)
{
	uint32_t three = 0;

	for (int i = 0; i < STEPS; i++)
		three |= (two >> (2 * i) & 3) << (3 * i);
	return three;
}

START_TEST(a_thief_and_the_owner_in_any_order)
{
	const char *seed = getenv("FRONTDESK_SEED");
	uint32_t n = seed != NULL ? (uint32_t)strtoul(seed, NULL, 10) : (uint32_t)time(NULL);
	bool all = getenv("LONG") != NULL;

	printf("sessions: FRONTDESK_SEED=%u\n", n);
	for (uint32_t i = 0; i < (all ? 2000 : 150); i++)
		play((n + i) * 2654435761u >> (32 - 3 * STEPS), i % 2 == 0);
	for (uint32_t i = 0; all && i < 1u << (2 * STEPS + 1); i++)
		play(spread(i >> 1), (i & 1) == 0);
}
END_TEST

/* ---- what its owner sees ---- */

START_TEST(one_session_or_all_others_are_ended)
{
	struct visitor me = {.token = logged_in(SOMEBODY, OLD_PASSWORD)};
	struct visitor other = {.token = logged_in(SOMEBODY, OLD_PASSWORD)};
	struct visitor third = {.token = logged_in(SOMEBODY, OLD_PASSWORD)};
	struct answer a = request(&me, "GET", AUTH "sessions", "");

	ck_assert_int_eq(a.status, 200);
	ck_assert_ptr_nonnull(strstr(a.body, "\"current\":true"));
	ck_assert_ptr_nonnull(strstr(a.body, "\"user_agent\":\"device\""));
	/* the one used last stands first: the third */
	const char *id = member(&a, "id");
	ck_assert_int_eq(
		request(&me, "DELETE", mem_printf(web->mem, AUTH "sessions/%s", id), "").status,
		204);
	ck_assert_int_eq(request(&third, "GET", "/api/v2/me", "").status, 401);
	ck_assert_int_eq(request(&other, "GET", "/api/v2/me", "").status, 200);
	ck_assert_int_eq(
		request(&me, "DELETE", mem_printf(web->mem, AUTH "sessions/%s", id), "").status,
		404);
	ck_assert_int_eq(request(&me, "DELETE", AUTH "sessions", "").status, 204);
	ck_assert_int_eq(request(&other, "GET", "/api/v2/me", "").status, 401);
	ck_assert_int_eq(request(&me, "GET", "/api/v2/me", "").status, 200);
}
END_TEST

Suite *suite_sessions(void)
{
	Suite *s = suite_create("sessions");
	TCase *t = tcase_create("sessions");

	tcase_set_timeout(t, getenv("LONG") != NULL ? 7200 : 120);
	tcase_add_checked_fixture(t, setup, persons_end);
	tcase_add_test(t, two_hundred_refreshes_at_once_leave_one_chain);
	tcase_add_test(t, two_devices_with_one_token_end_it);
	tcase_add_test(t, a_thief_and_the_owner_in_any_order);
	tcase_add_test(t, one_session_or_all_others_are_ended);
	suite_add_tcase(s, t);
	return s;
}
