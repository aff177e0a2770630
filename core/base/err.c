#include "core/base/err.h"
#include "core/base/ctx.h"
#include "core/base/text.h"

#undef err_set
#undef err_field
#undef err_field_as

static const struct {
	int status;
	const char *wire;
	const char *sentence;
} ERRORS[E_COUNT] = {
	[E_OK] = {200, "ok", ""},
#define X(symbol, status, code, sentence) [symbol] = {status, code, sentence},
#include "core/base/errors.def"
#undef X
};

static const char *format(struct ctx *c, const char *fmt, va_list ap) PRINTF_LIKE(2, 0);

static const char *format(struct ctx *c, const char *fmt, va_list ap)
{
	char line[512];

	vsnprintf(line, sizeof(line), fmt, ap);
	return mem_text(c->mem, utf8_mend(c->mem, line));
}

int err_set(struct ctx *c, enum err_code code, const char *fmt, ...)
{
	va_list ap;

	if (c->err.code != E_OK)
		return -1;
	c->err.code = code;
	if (fmt != NULL && *fmt != '\0') {
		va_start(ap, fmt);
		c->err.detail = format(c, fmt, ap);
		va_end(ap);
	}
	return -1;
}

/* Adds a field to the failure of this code, or to the 422 that is being
 * gathered; another failure stays. */
static void add_field(struct ctx *c, enum err_code code, const char *field, const char *fmt,
	va_list ap) PRINTF_LIKE(4, 0);

static void add_field(
	struct ctx *c, enum err_code code, const char *field, const char *fmt, va_list ap)
{
	if (c->err.code == E_OK)
		c->err.code = code;
	if (c->err.code != code && ERRORS[c->err.code].status != 422)
		return;
	if (c->err.n_fields == ERR_FIELDS_MAX)
		return;
	struct field_error *f = &c->err.fields[c->err.n_fields++];

	f->field = mem_text(c->mem, field);
	f->message = format(c, fmt, ap);
}

int err_field(struct ctx *c, const char *field, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_field(c, E_INVALID, field, fmt, ap);
	va_end(ap);
	return -1;
}

int err_field_as(struct ctx *c, enum err_code code, const char *field, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_field(c, code, field, fmt, ap);
	va_end(ap);
	return -1;
}

void err_path(struct ctx *c, int first, const char *path)
{
	for (int i = first; i < c->err.n_fields; i++)
		c->err.fields[i].field = mem_printf(c->mem, "%s.%s", path, c->err.fields[i].field);
}

void err_clear(struct ctx *c)
{
	memset(&c->err, 0, sizeof(c->err));
}

bool err_take(struct ctx *c, enum err_code code)
{
	if (c->err.code != code)
		return false;
	err_clear(c);
	return true;
}

int err_status(enum err_code code)
{
	return ERRORS[code].status;
}

const char *err_wire(enum err_code code)
{
	return ERRORS[code].wire;
}

const char *err_sentence(enum err_code code)
{
	return ERRORS[code].sentence;
}
