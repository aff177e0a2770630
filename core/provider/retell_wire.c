#include "core/provider/retell_wire.h"
#include "core/base/text.h"
#include "core/provider/retell.h"
#include "core/sys/json.h"
#include "core/sys/locale.h"
#include "core/sys/phone_number.h"

#define SMALL_BODY 65536 /* parsed as it is */
#define VALUES_MAX 50000 /* in a larger one, word timings left out */
#define CALL_ID_MAX 128
#define TRANSCRIPT_MAX 400000           /* characters: over ten hours of talk */
#define FIRST_MS INT64_C(1000000000000) /* 2001 */
#define LAST_MS INT64_C(4102444800000)  /* 2100 */
#define LONGEST_MS INT64_C(604800000)   /* a week */

const char *const RETELL_LIFE[4] = {"call_started", "call_ended", "call_analyzed", NULL};

/* ---- a look at JSON text without parsing it ---- */

struct span {
	const char *p;
	const char *end;
};

static const char *skip_blank(struct span s)
{
	while (s.p < s.end && (*s.p == ' ' || *s.p == '\t' || *s.p == '\n' || *s.p == '\r'))
		s.p++;
	return s.p;
}

/* Behind the string that begins at s.p. */
static const char *skip_string(struct span s)
{
	for (s.p++; s.p < s.end && *s.p != '"'; s.p++) {
		if (*s.p == '\\' && s.p + 1 < s.end)
			s.p++;
	}
	return s.p < s.end ? s.p + 1 : s.end;
}

/* Behind the value that begins at s.p: brackets are counted, not recursed. */
static const char *skip_value(struct span s)
{
	int depth = 0;

	while (s.p < s.end) {
		char c = *s.p;

		if (depth == 0 && (c == ',' || c == '}' || c == ']'))
			return s.p;
		if (c == '"') {
			s.p = skip_string(s);
			continue;
		}
		depth += (c == '{' || c == '[') - (c == '}' || c == ']');
		s.p++;
	}
	return s.end;
}

/* The next member of an object whose text is what is left of *in, which begins
 * behind '{' or behind a value. False at the end, or where it makes no sense. */
static bool next_member(struct span *in, struct span *key, struct span *value)
{
	in->p = skip_blank(*in);
	if (in->p < in->end && *in->p == ',')
		in->p++;
	in->p = skip_blank(*in);
	if (in->p == in->end || *in->p != '"')
		return false;
	key->p = in->p + 1;
	in->p = skip_string(*in);
	key->end = in->p - 1;
	in->p = skip_blank(*in);
	if (in->p == in->end || *in->p != ':' || key->end < key->p)
		return false;
	in->p++;
	value->p = in->p = skip_blank(*in);
	value->end = in->p = skip_value(*in);
	return true;
}

static bool key_is(struct span key, const char *name)
{
	size_t n = strlen(name);

	return (size_t)(key.end - key.p) == n && memcmp(key.p, name, n) == 0;
}

/* The text inside an object; false when it is none. */
static bool open_object(struct span *s)
{
	s->p = skip_blank(*s);
	if (s->p == s->end || *s->p != '{')
		return false;
	s->p++;
	return true;
}

static bool find_member(struct span object, const char *name, struct span *value)
{
	struct span key;

	if (!open_object(&object))
		return false;
	while (next_member(&object, &key, value)) {
		if (key_is(key, name))
			return true;
	}
	return false;
}

/* A string of at most max printable ASCII characters; NULL for anything else. */
static const char *plain_text(struct ctx *c, struct span call, const char *name, size_t max)
{
	struct span v;

	if (!find_member(call, name, &v) || v.end - v.p < 3 || *v.p != '"')
		return NULL;
	const char *end = skip_string(v) - 1; /* the closing quote, if there is one */
	size_t n = (size_t)(end - v.p) - 1;

	if (*end != '"' || n == 0 || n > max)
		return NULL;
	for (const char *p = v.p + 1; p < end; p++) {
		if (*p < 0x20 || *p > 0x7E || *p == '\\')
			return NULL;
	}
	return mem_text_n(c->mem, v.p + 1, n);
}

void retell_peek_address(struct ctx *c, struct bytes body, const char **number, const char **agent)
{
	struct span all = {(const char *)body.p, (const char *)body.p + body.n};
	struct span call;

	*number = *agent = NULL;
	if (!find_member(all, "call", &call))
		return;
	const char *direction = plain_text(c, call, "direction", 20);
	bool outbound = direction != NULL && strcmp(direction, "outbound") == 0;

	*number = plain_text(c, call, outbound ? "from_number" : "to_number", PHONE_MAX);
	*agent = plain_text(c, call, "agent_id", 128);
}

/* ---- only what is needed ---- */

static bool is_bulky(struct span key)
{
	static const char *const BULKY[] = {"transcript_object", "transcript_with_tool_calls",
		"scrubbed_transcript_with_tool_calls", "latency", "llm_token_usage"};

	for (size_t i = 0; i < COUNT_OF(BULKY); i++) {
		if (key_is(key, BULKY[i]))
			return true;
	}
	return false;
}

/* Copies the body with null in place of the bulky members of its call, whose
 * text in begins behind '{'. The length; out NULL: only that. */
static size_t cut_bulky(struct span all, struct span in, char *out)
{
	struct span key, value;
	const char *kept = all.p;
	size_t n = 0;

	while (next_member(&in, &key, &value)) {
		size_t len = (size_t)(value.p - kept);

		if (!is_bulky(key) || value.end - value.p < 4)
			continue;
		if (out != NULL) {
			memcpy(out + n, kept, len);
			/* NOLINTNEXTLINE(bugprone-not-null-terminated-result): the rest follows */
			memcpy(out + n + len, "null", 4);
		}
		n += len + 4;
		kept = value.end;
	}
	if (out != NULL)
		memcpy(out + n, kept, (size_t)(all.end - kept));
	return n + (size_t)(all.end - kept);
}

static struct bytes lean_body(struct ctx *c, struct bytes body)
{
	struct span all = {(const char *)body.p, (const char *)body.p + body.n};
	struct span call;

	if (body.n <= SMALL_BODY || !find_member(all, "call", &call) || !open_object(&call))
		return body;
	size_t n = cut_bulky(all, call, NULL);

	if (n == body.n)
		return body;
	char *lean = mem_alloc(c->mem, n + 1);

	cut_bulky(all, call, lean);
	return (struct bytes){(const uint8_t *)lean, n};
}

static bool too_many_values(struct bytes b)
{
	struct span s = {(const char *)b.p, (const char *)b.p + b.n};
	int n = 0;

	while (b.n > SMALL_BODY && s.p < s.end) {
		if (*s.p == '"') {
			s.p = skip_string(s);
			continue;
		}
		n += *s.p == ',' || *s.p == '[' || *s.p == '{';
		if (n > VALUES_MAX)
			return true;
		s.p++;
	}
	return false;
}

/* ---- members ---- */

static const char *text_of(struct ctx *c, const struct json *j, const char *key, size_t max)
{
	const char *s = json_text(j, key);

	if (s == NULL)
		return NULL;
	s = utf8_cut(c->mem, text_trim(c->mem, s), max);
	return *s == '\0' ? NULL : s;
}

/* A name from a list that the provider keeps: printable ASCII, or nothing. */
static const char *code_of(const struct json *j, const char *key, size_t max)
{
	const char *s = json_text(j, key);

	if (text_empty(s) || strlen(s) > max)
		return NULL;
	for (const char *p = s; *p != '\0'; p++) {
		if (*p < 0x21 || *p > 0x7E)
			return NULL;
	}
	return s;
}

static ts_t instant_of(const struct json *j, const char *key)
{
	int64_t ms;

	if (!json_int(j, key, &ms) || ms < FIRST_MS || ms > LAST_MS)
		return (ts_t){0};
	return (ts_t){ms};
}

/* Whole seconds, begun ones counted: as the provider bills them. */
static int64_t seconds_of(const struct json *call)
{
	int64_t ms, s;

	if (json_int(call, "duration_ms", &ms) && ms > 0 && ms <= LONGEST_MS)
		return (ms + 999) / 1000;
	if (json_int(json_get(call, "call_cost"), "total_duration_seconds", &s) && s > 0 &&
		s <= LONGEST_MS / 1000)
		return s;
	return 0;
}

static bool starts_with_any(const char *s, const char *const *prefixes)
{
	for (; *prefixes != NULL; prefixes++) {
		if (text_starts(s, *prefixes))
			return true;
	}
	return false;
}

/*
 * Nobody spoke: missed. It broke, or could not be made: failed. Else what the
 * event says: Retell's own status lags behind (an analyzed call is "ended").
 */
static enum call_status status_of(const char *event, const struct json *call)
{
	static const char *const MISSED[] = {"dial_busy", "dial_no_answer", "user_declined",
		"registered_call_timeout", "error_user_not_joined", NULL};
	static const char *const FAILED[] = {"error_", "dial_failed", "invalid_destination",
		"telephony_", "sip_routing_error", "marked_as_spam", "no_valid_payment",
		"concurrency_limit_reached", "no_concurrency_fallback", "scam_detected", NULL};
	const char *reason = json_text(call, "disconnection_reason");
	const char *status = json_text(call, "call_status");

	if (reason != NULL && starts_with_any(reason, MISSED))
		return CALL_MISSED;
	if (reason != NULL && starts_with_any(reason, FAILED))
		return CALL_FAILED;
	if (status != NULL && strcmp(status, "not_connected") == 0)
		return CALL_MISSED;
	if (status != NULL && strcmp(status, "error") == 0)
		return CALL_FAILED;
	return strcmp(event, RETELL_LIFE[2]) == 0    ? CALL_ANALYZED
		: strcmp(event, RETELL_LIFE[1]) == 0 ? CALL_COMPLETED
						     : CALL_ONGOING;
}

/* ---- what was wanted ---- */

/* "9:00" and "09:00:00" mean 09:00. */
static const char *time_of(struct ctx *c, const struct json *j)
{
	const char *s = text_of(c, j, "appointment_time", 20);

	if (s != NULL && strlen(s) >= 4 && s[1] == ':')
		s = mem_printf(c->mem, "0%s", s);
	if (s != NULL && strlen(s) == 8 && strcmp(s + 5, ":00") == 0)
		s = mem_text_n(c->mem, s, 5);
	return s;
}

static bool accepted(const struct json *j)
{
	const char *s = json_text(j, "accepts_alternatives");
	bool yes = false;

	if (s != NULL)
		return strcasecmp(s, "true") == 0 || strcasecmp(s, "yes") == 0;
	return json_bool(j, "accepts_alternatives", &yes) && yes;
}

static int64_t confidence_of(const struct json *j)
{
	int64_t micro;

	if (!json_micro(j, "confidence", &micro) || micro < 0 || micro > MICRO)
		return 0;
	return micro;
}

static void read_wish(struct ctx *c, const struct json *j, struct caller_wish *w)
{
	const char *intent = code_of(j, "intent", 20);

	w->intent = intent == NULL ? NULL : text_lower(c->mem, intent);
	w->customer_name = text_of(c, j, "customer_name", 120);
	w->service = text_of(c, j, "service", 120);
	w->staff = text_of(c, j, "staff", 120);
	w->appointment_date = text_of(c, j, "appointment_date", 20);
	w->appointment_time = time_of(c, j);
	w->accepts_alternatives = accepted(j);
	w->email = code_of(j, "email", 254);
	w->notes = text_of(c, j, "notes", 2000);
	w->language = code_of(j, "language", 16);
	if (w->language != NULL && !locale_valid(w->language))
		w->language = NULL;
	w->confidence = confidence_of(j);
}

/* ---- a body ---- */

static const char *recording_of(const struct json *call)
{
	const char *s = code_of(call, "recording_url", 2000);

	return s != NULL && text_starts(s, "https://") ? s : NULL;
}

static void read_facts(struct ctx *c, const char *event, const struct json *call, struct call *k)
{
	const struct json *analysis = json_get(call, "call_analysis");
	const char *direction = json_text(call, "direction");

	k->provider = RETELL;
	k->provider_call_id = code_of(call, "call_id", CALL_ID_MAX);
	k->agent = code_of(call, "agent_id", 128);
	k->direction = direction != NULL && strcmp(direction, "outbound") == 0 ? CALL_OUTBOUND
									       : CALL_INBOUND;
	k->status = status_of(event, call);
	k->from_number = text_of(c, call, "from_number", PHONE_MAX);
	k->to_number = text_of(c, call, "to_number", PHONE_MAX);
	k->started_at = instant_of(call, "start_timestamp");
	k->ended_at = instant_of(call, "end_timestamp");
	k->duration_seconds = seconds_of(call);
	k->disconnection_reason = code_of(call, "disconnection_reason", 60);
	k->transcript = text_of(c, call, "transcript", TRANSCRIPT_MAX);
	k->recording_url = recording_of(call);
	k->summary = text_of(c, analysis, "call_summary", 10000);
	k->sentiment = code_of(analysis, "user_sentiment", 16);
}

int retell_read(struct ctx *c, struct bytes body, struct retell_event *out)
{
	const struct json *j;

	memset(out, 0, sizeof(*out));
	out->event = "";
	if (!utf8_valid((const char *)body.p, body.n))
		return err_set(c, E_BAD_REQUEST, "The body is not UTF-8 text.");
	body = lean_body(c, body);
	if (too_many_values(body))
		return err_set(c, E_BAD_REQUEST, "The body has more than %d values.", VALUES_MAX);
	if (json_parse(c, body, &j) < 0)
		return -1;
	if (!json_is_object(j))
		return err_set(c, E_BAD_REQUEST, "The body is not a JSON object.");
	const char *event = code_of(j, "event", 60);
	const struct json *call = json_get(j, "call");

	out->event = event == NULL ? "" : event;
	out->is_life = names_find(RETELL_LIFE, out->event) >= 0;
	read_facts(c, out->event, call, &out->facts);
	read_wish(c, json_get(json_get(call, "call_analysis"), "custom_analysis_data"), &out->wish);
	out->facts.language = out->wish.language;
	return 0;
}
