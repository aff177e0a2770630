/*
 * err.h - what went wrong, in the context of the request or job.
 *
 * A function that can fail returns -1 and leaves the reason in ctx->err; the
 * first reason stays. Every reason is one of errors.def. Field errors gather:
 * each names its field, all of them go out in one 422.
 */
#ifndef FRONTDESK_ERR_H
#define FRONTDESK_ERR_H

#include "core/base/prelude.h"

#ifdef __cplusplus
extern "C" {
#endif

enum err_code {
	E_OK = 0,
#define X(symbol, status, code, sentence) symbol,
#include "core/base/errors.def"
#undef X
	E_COUNT
};

struct field_error {
	const char *field;
	const char *message;
};

#define ERR_FIELDS_MAX 32

struct err {
	enum err_code code;
	const char *detail; /* for people; NULL = the standard sentence */
	int retry_after;    /* seconds, 0 = not said */
	int n_fields;
	struct field_error fields[ERR_FIELDS_MAX];
};

struct ctx;

/* Both return -1, so that "return err_set(…)" is one line. */
int err_set(struct ctx *c, enum err_code code, const char *fmt, ...) PRINTF_LIKE(3, 4);
int err_field(struct ctx *c, const char *field, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* The same under a code of its own: another 422, or E_DUPLICATE. */
int err_field_as(struct ctx *c, enum err_code code, const char *field, const char *fmt, ...)
	PRINTF_LIKE(4, 5);
#ifdef __clang_analyzer__ /* which sees one file at a time */
#define err_set(...) (err_set(__VA_ARGS__), -1)
#define err_field(...) (err_field(__VA_ARGS__), -1)
#define err_field_as(...) (err_field_as(__VA_ARGS__), -1)
#endif

/* The field errors from number `first` on are those of something inside: "name"
 * becomes "path.name". */
void err_path(struct ctx *c, int first, const char *path);
void err_clear(struct ctx *c);
/* True (and the error forgotten) when the last failure was this one. */
bool err_take(struct ctx *c, enum err_code code);

int err_status(enum err_code code);       /* HTTP status */
const char *err_wire(enum err_code code); /* "not_found" */
const char *err_sentence(enum err_code code);

#ifdef __cplusplus
}
#endif

#endif
