#include "tests/db/calls.h"
#include "core/base/id.h"
#include "core/provider/retell.h"
#include "core/sys/conf.h"
#include "core/sys/crypto.h"
#include "core/sys/link.h"
#include "core/sys/token.h"
#include "core/sys/tz.h"

struct ctx *web, *work, *admin;

/* ---- a database without calls ---- */

void calls_forget(void)
{
	static const char *const TABLES[] = {"delivery_attempt", "delivery", "webhook_endpoint",
		"notification", "task", "occupancy", "hold", "appointment_segment",
		"appointment_add_on", "appointment", "platform_cost", "call_event", "call",
		"unassigned_call", "breaker", "job", "event", "inbox_replay", "inbox_event",
		"audit_entry", "consent", "customer"};

	ck_assert_int_eq(db_script(admin, "START TRANSACTION"), 0);
	for (size_t i = 0; i < COUNT_OF(TABLES); i++)
		ck_assert_int_eq(db_script(admin,
					 mem_printf(admin->mem, "DELETE FROM frontdesk_store.`%s`",
						 TABLES[i])),
			0);
	ck_assert_int_eq(
		db_script(admin, "DELETE FROM frontdesk_store.phone_number WHERE label = 'test'"),
		0);
	ck_assert_int_eq(db_script(admin, "COMMIT"), 0);
}

struct ctx *with_keys(struct ctx *c)
{
	static struct keyring *keyring; /* they live as long as the process */
	static struct keyring *token_keys;
	static struct link_key *link_key;
	struct conf *conf = mem_alloc(c->mem, sizeof(*conf));

	if (keyring == NULL) {
		keyring = keyring_load(conf_secret_path(c->conf, c->mem, "keyring"));
		token_keys = keyring_load(conf_secret_path(c->conf, c->mem, "jwt_key"));
		link_key = link_key_load(conf_secret_path(c->conf, c->mem, "link_key"));
	}
	ck_assert_ptr_nonnull(keyring);
	ck_assert_ptr_nonnull(token_keys);
	ck_assert_ptr_nonnull(link_key);
	*conf = *c->conf;
	conf->keyring = keyring;
	conf->token_keys = token_keys;
	conf->link_key = link_key;
	c->conf = conf;
	return c;
}

void calls_begin(void)
{
	admin = db_ctx_admin();
	calls_forget();
	web = with_keys(db_ctx("fd_web"));
	work = with_keys(db_ctx("fd_worker"));
	work->actor = ACTOR_JOB;
	work->company = salon();
}

void calls_end(void)
{
	calls_forget();
	db_ctx_end(web);
	db_ctx_end(work);
	db_ctx_end(admin);
}

/* ---- what Retell sends ---- */

const char *new_call_id(void)
{
	return mem_printf(web->mem, "call_%s", id_new(web));
}

const char *body_of(const char *event, const char *call_id, const char *members)
{
	return mem_printf(web->mem, "{\"event\":\"%s\",\"call\":{\"call_id\":\"%s\"%s%s}}", event,
		call_id, *members == '\0' ? "" : ",", members);
}

const char *started(const char *more)
{
	return mem_printf(web->mem,
		"\"agent_id\":\"agent_demo_salon\",\"call_status\":\"ongoing\","
		"\"direction\":\"inbound\",\"from_number\":\"" CALLER "\","
		"\"to_number\":\"" MITTE_NUMBER "\",\"start_timestamp\":%lld%s",
		(long long)STARTED_MS, more);
}

const char *ended(const char *more)
{
	return mem_printf(web->mem,
		"\"agent_id\":\"agent_demo_salon\",\"call_status\":\"ended\","
		"\"direction\":\"inbound\",\"from_number\":\"" CALLER "\","
		"\"to_number\":\"" MITTE_NUMBER "\",\"start_timestamp\":%lld,"
		"\"end_timestamp\":%lld,\"duration_ms\":118334,"
		"\"disconnection_reason\":\"user_hangup\","
		"\"transcript\":\"Agent: Hallo\\nUser: Guten Tag\\n\"%s",
		(long long)STARTED_MS, (long long)ENDED_MS, more);
}

const char *analyzed(const char *custom)
{
	return ended(mem_printf(web->mem,
		",\"call_analysis\":{\"call_summary\":\"Asked for a price.\","
		"\"user_sentiment\":\"Neutral\",\"custom_analysis_data\":{%s}}",
		custom));
}

static struct bytes text_bytes(const char *s)
{
	return (struct bytes){(const uint8_t *)s, strlen(s)};
}

int post(const char *hook, const char *key, const char *body, struct inbox_event *stored)
{
	uint8_t digest[SHA256_SIZE];
	const char *digits = mem_printf(web->mem, "%lld", (long long)web->now.ms);

	hmac_sha256(text_bytes(key), text_bytes(body), text_bytes(digits), digest);
	const char *signature = mem_printf(web->mem, "v=%s,d=%s", digits,
		hex_encode(web->mem, (struct bytes){digest, sizeof(digest)}));
	return retell_receive(web, hook, signature, text_bytes(body), stored);
}

const char *receive(const char *event, const char *call_id, const char *members)
{
	struct inbox_event stored;

	ck_assert_int_eq(
		post("demo-salon", "key_demo_salon", body_of(event, call_id, members), &stored), 1);
	return stored.id;
}

void process(const char *inbox_event_id)
{
	int rc = retell_process(work, inbox_event_id);

	ck_assert_msg(rc == 0, "%s: %s", err_wire(work->err.code),
		work->err.detail == NULL ? "" : work->err.detail);
}

void happen(const char *event, const char *call_id, const char *members)
{
	process(receive(event, call_id, members));
}

const char *bookable_day(void)
{
	day_t day = {day_of_wall(tz_wall(tz_find("Europe/Berlin"), work->now)).n + 7};

	while (day_weekday(day) != 3)
		day.n++;
	return day_text(web->mem, day);
}

/* ---- what became of it ---- */

struct call call_of(const char *call_id)
{
	struct call k;

	ck_assert_int_eq(call_find(work, "retell", call_id, &k), 1);
	ck_assert_int_eq(call_get(work, k.id, &k), 0);
	return k;
}

int64_t emitted(const char *kind, const char *subject_id)
{
	return one_int(work, "SELECT COUNT(*) FROM event WHERE kind = ? AND subject_id = ?", kind,
		subject_id);
}
