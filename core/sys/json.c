#include "core/sys/json.h"
#include "core/base/money.h"
#include "core/base/text.h"

#include <cjson/cJSON.h>
#include <math.h>

#define INTEGER_MAX INT64_C(9007199254740992) /* 2^53: exact in a double */

/* ---- the gate: what cJSON would accept or mangle is refused before it ---- */

struct gate {
	const char *p;
	const char *end;
	const char *start;
	const char *problem;
};

static bool refuse(struct gate *g, const char *problem)
{
	if (g->problem == NULL)
		g->problem = problem;
	return false;
}

static void skip_space(struct gate *g)
{
	while (g->p < g->end && (*g->p == ' ' || *g->p == '\t' || *g->p == '\n' || *g->p == '\r'))
		g->p++;
}

static bool next_is(struct gate *g, char c)
{
	return g->p < g->end && *g->p == c;
}

static int hex4(const struct gate *g)
{
	uint8_t b[2];
	char s[5] = {0};

	if (g->end - g->p < 4)
		return -1;
	memcpy(s, g->p, 4);
	return hex_decode(s, b, 2) ? b[0] << 8 | b[1] : -1;
}

/* After "\u": a code point, or a surrogate pair. */
static bool gate_unicode(struct gate *g)
{
	int u = hex4(g);

	if (u < 0)
		return refuse(g, "a \\u escape needs four hex digits");
	if (u == 0)
		return refuse(g, "\\u0000 is not allowed");
	g->p += 4;
	if (u >= 0xDC00 && u <= 0xDFFF)
		return refuse(g, "a lone surrogate is not a character");
	if (u < 0xD800 || u > 0xDBFF)
		return true;
	if (g->end - g->p < 6 || g->p[0] != '\\' || g->p[1] != 'u')
		return refuse(g, "a lone surrogate is not a character");
	g->p += 2;
	u = hex4(g);
	if (u < 0xDC00 || u > 0xDFFF)
		return refuse(g, "a lone surrogate is not a character");
	g->p += 4;
	return true;
}

static bool gate_string(struct gate *g)
{
	g->p++;
	while (g->p < g->end && *g->p != '"') {
		if ((uint8_t)*g->p < 0x20)
			return refuse(g, "a control character must be escaped");
		if (*g->p++ != '\\')
			continue;
		if (g->p == g->end || *g->p == '\0' || strchr("\"\\/bfnrtu", *g->p) == NULL)
			return refuse(g, "this escape does not exist");
		if (*g->p++ == 'u' && !gate_unicode(g))
			return false;
	}
	if (g->p == g->end)
		return refuse(g, "a string is not closed");
	g->p++;
	return true;
}

static int gate_digits(struct gate *g)
{
	int n = 0;

	for (; g->p < g->end && *g->p >= '0' && *g->p <= '9'; g->p++)
		n++;
	return n;
}

static bool gate_number(struct gate *g)
{
	bool integer = true;
	char text[32] = {0};
	const char *from = g->p;
	int64_t v;

	g->p += next_is(g, '-');
	bool zero = next_is(g, '0');
	int n = gate_digits(g);
	if (n == 0 || (zero && n > 1))
		return refuse(g, "this is not a number");
	if (next_is(g, '.')) {
		integer = false;
		g->p++;
		if (gate_digits(g) == 0)
			return refuse(g, "digits are missing behind the point");
	}
	if (next_is(g, 'e') || next_is(g, 'E')) {
		integer = false;
		g->p++;
		g->p += next_is(g, '+') || next_is(g, '-');
		int exponent = gate_digits(g);
		if (exponent == 0 || exponent > 3)
			return refuse(g, "this exponent is not possible");
	}
	if (g->p - from > 30)
		return refuse(g, "a number has too many digits");
	memcpy(text, from, (size_t)(g->p - from));
	if (integer && strcmp(text, "-0") != 0 && !text_int(text, -INTEGER_MAX, INTEGER_MAX, &v))
		return refuse(g, "an integer is beyond 2^53");
	return isfinite(strtod(text, NULL)) ? true : refuse(g, "a number is too large");
}

static bool gate_word(struct gate *g, const char *word)
{
	size_t n = strlen(word);

	if ((size_t)(g->end - g->p) < n || memcmp(g->p, word, n) != 0)
		return refuse(g, "a value was expected");
	g->p += n;
	return true;
}

static bool gate_value(struct gate *g, int depth);

/* The members or elements between brackets. */
static bool gate_items(struct gate *g, int depth, bool object)
{
	char close = object ? '}' : ']';

	g->p++;
	skip_space(g);
	if (next_is(g, close)) {
		g->p++;
		return true;
	}
	for (;;) {
		skip_space(g);
		if (object) {
			if (!next_is(g, '"'))
				return refuse(g, "a key in quotes was expected");
			if (!gate_string(g))
				return false;
			skip_space(g);
			if (!next_is(g, ':'))
				return refuse(g, "a colon was expected");
			g->p++;
		}
		if (!gate_value(g, depth + 1))
			return false;
		skip_space(g);
		if (next_is(g, close)) {
			g->p++;
			return true;
		}
		if (!next_is(g, ','))
			return refuse(g, "a comma or the closing bracket was expected");
		g->p++;
	}
}

static bool gate_value(struct gate *g, int depth)
{
	if (depth > JSON_DEPTH_MAX)
		return refuse(g, "it is nested too deeply");
	skip_space(g);
	if (g->p == g->end)
		return refuse(g, "it ends too early");
	switch (*g->p) {
	case '{':
		return gate_items(g, depth, true);
	case '[':
		return gate_items(g, depth, false);
	case '"':
		return gate_string(g);
	case 't':
		return gate_word(g, "true");
	case 'f':
		return gate_word(g, "false");
	case 'n':
		return gate_word(g, "null");
	default:
		return gate_number(g);
	}
}

static bool gate_document(struct gate *g)
{
	if (!utf8_valid(g->start, (size_t)(g->end - g->start)))
		return refuse(g, "it is not UTF-8 text without NUL");
	if (!gate_value(g, 1))
		return false;
	skip_space(g);
	return g->p == g->end ? true : refuse(g, "something follows the end");
}

/* ---- cJSON: parses in the arena ---- */

static struct arena *parse_arena; /* hooks take no context */

static void *hook_malloc(size_t n)
{
	return mem_alloc(parse_arena, n);
}

static void hook_free(void *p)
{
	(void)p;
}

static int by_key(const void *a, const void *b)
{
	return strcmp((*(cJSON *const *)a)->string, (*(cJSON *const *)b)->string);
}

/* A key that stands twice in one object anywhere below j, or NULL. */
static const char *twice(struct arena *mem, const cJSON *j)
{
	size_t n = 0;

	for (const cJSON *k = j->child; k != NULL; k = k->next, n++) {
		const char *below = k->child != NULL ? twice(mem, k) : NULL;

		if (below != NULL)
			return below;
	}
	if (!cJSON_IsObject(j) || n < 2)
		return NULL;
	struct mem_mark mark = mem_mark(mem);
	cJSON **all = mem_alloc(mem, n * sizeof(cJSON *));
	const char *found = NULL;

	n = 0;
	for (cJSON *k = j->child; k != NULL; k = k->next)
		all[n++] = k;
	/* NOLINTNEXTLINE(bugprone-sizeof-expression): pointers are sorted */
	qsort(all, n, sizeof(all[0]), by_key);
	for (size_t i = 1; i < n && found == NULL; i++) {
		if (strcmp(all[i - 1]->string, all[i]->string) == 0)
			found = all[i]->string;
	}
	mem_release(mem, mark);
	return found;
}

int json_parse(struct ctx *c, struct bytes text, const struct json **out)
{
	const char *p = (const char *)text.p;
	struct gate g = {.p = p, .start = p, .end = p + text.n};
	cJSON_Hooks hooks = {hook_malloc, hook_free};

	*out = NULL;
	if (!gate_document(&g))
		return err_set(c, E_BAD_REQUEST, "The JSON is not right at byte %zu: %s.",
			(size_t)(g.p - g.start), g.problem);
	cJSON_InitHooks(&hooks);
	parse_arena = c->mem;
	cJSON *j = cJSON_ParseWithLengthOpts(p, text.n, NULL, false);
	if (j == NULL)
		return err_set(c, E_BAD_REQUEST, "The JSON could not be read.");
	const char *key = twice(c->mem, j);
	if (key != NULL)
		return err_set(c, E_BAD_REQUEST, "The JSON has the key \"%.60s\" twice.", key);
	*out = (const struct json *)j;
	return 0;
}

/* ---- reading ---- */

static const cJSON *node(const struct json *j)
{
	return (const cJSON *)j;
}

const struct json *json_get(const struct json *j, const char *key)
{
	if (j == NULL || !cJSON_IsObject(node(j)))
		return NULL;
	return (const struct json *)cJSON_GetObjectItemCaseSensitive(node(j), key);
}

const char *json_string(const struct json *j)
{
	return j != NULL && cJSON_IsString(node(j)) ? node(j)->valuestring : NULL;
}

const char *json_text(const struct json *j, const char *key)
{
	return json_string(json_get(j, key));
}

static bool integer_of(const cJSON *k, int64_t *out)
{
	if (k == NULL || !cJSON_IsNumber(k) || k->valuedouble != floor(k->valuedouble) ||
		fabs(k->valuedouble) > (double)INTEGER_MAX)
		return false;
	*out = (int64_t)k->valuedouble; /* exact: at most 2^53 */
	return true;
}

bool json_int(const struct json *j, const char *key, int64_t *out)
{
	return integer_of(node(json_get(j, key)), out);
}

bool json_bool(const struct json *j, const char *key, bool *out)
{
	const cJSON *k = node(json_get(j, key));

	if (k == NULL || !cJSON_IsBool(k))
		return false;
	*out = cJSON_IsTrue(k);
	return true;
}

bool json_micro(const struct json *j, const char *key, int64_t *out)
{
	const cJSON *k = node(json_get(j, key));

	if (k != NULL && cJSON_IsString(k))
		return micro_parse(k->valuestring, out);
	if (k == NULL || !cJSON_IsNumber(k) || fabs(k->valuedouble) > 1e9)
		return false;
	*out = llround(k->valuedouble * 1e6); /* 15 digits hold up to 1e9.000000 */
	return true;
}

size_t json_count(const struct json *j)
{
	return j == NULL ? 0 : (size_t)cJSON_GetArraySize(node(j));
}

const struct json *json_at(const struct json *j, size_t i)
{
	return j == NULL ? NULL : (const struct json *)cJSON_GetArrayItem(node(j), (int)i);
}

const struct json *json_first(const struct json *j)
{
	return j == NULL ? NULL : (const struct json *)node(j)->child;
}

const struct json *json_next(const struct json *j)
{
	return (const struct json *)node(j)->next;
}

const char *json_key(const struct json *j)
{
	return node(j)->string;
}

bool json_is_object(const struct json *j)
{
	return j != NULL && cJSON_IsObject(node(j));
}

bool json_is_array(const struct json *j)
{
	return j != NULL && cJSON_IsArray(node(j));
}

bool json_is_null(const struct json *j)
{
	return j == NULL || cJSON_IsNull(node(j));
}

bool json_number(const struct json *j, int64_t *out)
{
	return integer_of(node(j), out);
}

bool json_truth(const struct json *j, bool *out)
{
	if (j == NULL || !cJSON_IsBool(node(j)))
		return false;
	*out = cJSON_IsTrue(node(j));
	return true;
}

const char *json_print(struct ctx *c, const struct json *j)
{
	parse_arena = c->mem;
	const char *s = cJSON_PrintUnformatted(node(j));

	if (s == NULL)
		BUG("JSON cannot be printed");
	return s;
}
