#include "core/base/log.h"

#define LINE_MAX_BYTES 2000
#define TRACE_MAX 32

static const char *program_name = "frontdesk";
static char trace[TRACE_MAX + 1]; /* of the one thing that this process does */

void log_name(const char *program)
{
	program_name = program;
}

void log_trace(const char *trace_id)
{
	snprintf(trace, sizeof(trace), "%s", trace_id);
}

struct line {
	char p[LINE_MAX_BYTES + sizeof(" trace_id=") + TRACE_MAX + 2];
	size_t n;
};

static void put(struct line *l, char c)
{
	if (l->n < LINE_MAX_BYTES)
		l->p[l->n++] = c;
}

static void put_text(struct line *l, const char *s)
{
	while (*s != '\0')
		put(l, *s++);
}

static void put_value(struct line *l, const char *s)
{
	bool plain = *s != '\0' && strpbrk(s, " \"=\\\n\r\t") == NULL;

	if (plain) {
		put_text(l, s);
		return;
	}
	put(l, '"');
	for (; *s != '\0'; s++) {
		if (*s == '"' || *s == '\\')
			put(l, '\\');
		put(l, (uint8_t)*s < ' ' ? ' ' : *s);
	}
	put(l, '"');
}

void log_line(const char *what, ...)
{
	struct line l = {.n = 0};
	struct civil v = civil_of_ts(ts_now());
	va_list ap;

	l.n = (size_t)snprintf(l.p, sizeof(l.p),
		"t=%04d-%02d-%02dT%02d:%02d:%02d.%03dZ p=%s[%d] m=", v.year, v.month, v.day, v.hour,
		v.minute, v.second, v.milli, program_name, (int)getpid());
	put_value(&l, what);
	va_start(ap, what);
	for (const char *k = va_arg(ap, const char *); k != NULL; k = va_arg(ap, const char *)) {
		const char *value = va_arg(ap, const char *);

		if (value == NULL)
			continue;
		put(&l, ' ');
		put_text(&l, k);
		put(&l, '=');
		put_value(&l, value);
	}
	va_end(ap);
	/* there is room for it behind the longest line */
	if (*trace != '\0')
		l.n += (size_t)snprintf(l.p + l.n, sizeof(l.p) - l.n, " trace_id=%s", trace);
	l.p[l.n++] = '\n';
	/* one write per line; a full disk or closed pipe must not stop us */
	if (write(STDERR_FILENO, l.p, l.n) < 0)
		return;
}

void bug_at(const char *file, int line, const char *fmt, ...)
{
	char text[400];
	char where[160];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	snprintf(where, sizeof(where), "%s:%d", file, line);
	log_line("bug", "at", where, "what", text, NULL);
	abort();
}
