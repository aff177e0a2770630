#include "core/base/trace.h"
#include "core/base/id.h"
#include "core/base/log.h"
#include "core/base/text.h"

#define STEP_BYTES 8
#define TRACE_BYTES 16

/* Where the parts begin. */
enum { AT_TRACE = 3, AT_STEP = 36, AT_FLAGS = 53 };

/* n lower case digits, and whether one of them is not 0. */
static bool is_hex(const char *s, size_t n, bool *is_zero)
{
	*is_zero = strspn(s, "0") >= n;
	return strspn(s, "0123456789abcdef") >= n;
}

/* Section 2.2.2. A later version may say more behind what we know. */
static bool is_valid(const char *s)
{
	size_t n = strlen(s);
	bool zero, no_trace, no_step;

	if (n < TRACE_LENGTH || s[2] != '-' || s[35] != '-' || s[52] != '-')
		return false;
	if (!is_hex(s, 2, &zero) || text_starts(s, "ff") ||
		!is_hex(s + AT_TRACE, TRACE_ID_LENGTH, &no_trace) ||
		!is_hex(s + AT_STEP, 2 * STEP_BYTES, &no_step) || !is_hex(s + AT_FLAGS, 2, &zero))
		return false;
	if (no_trace || no_step)
		return false;
	return n == TRACE_LENGTH || (!text_starts(s, "00") && s[TRACE_LENGTH] == '-');
}

/* Never all zero. */
static const char *random_hex(struct ctx *c, size_t n)
{
	uint8_t raw[TRACE_BYTES];

	random_bytes(raw, n);
	raw[0] |= raw[0] == 0;
	return hex_encode(c->mem, (struct bytes){raw, n});
}

/* Of the flags only "sampled" is known: it is the caller's. */
void trace_begin(struct ctx *c, const char *traceparent)
{
	bool goes_on = traceparent != NULL && is_valid(traceparent);
	const char *id = goes_on ? mem_text_n(c->mem, traceparent + AT_TRACE, TRACE_ID_LENGTH)
				 : random_hex(c, TRACE_BYTES);
	bool sampled = !goes_on || strchr("13579bdf", traceparent[AT_FLAGS + 1]) != NULL;

	c->trace = mem_printf(
		c->mem, "00-%s-%s-%s", id, random_hex(c, STEP_BYTES), sampled ? "01" : "00");
	log_trace(id);
}

void trace_end(void)
{
	log_trace("");
}
