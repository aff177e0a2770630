/*
 * json.h - JSON in and out, through field tables (cJSON inside).
 *
 * The one door in: UTF-8 is checked; NUL, duplicate keys, trailing bytes,
 * depth over 32 and integers beyond 2^53 are refused (so every integer is exact
 * in the double that cJSON keeps). What is read lives in the arena.
 * Out goes straight from the struct into a buffer.
 */
#ifndef FRONTDESK_JSON_H
#define FRONTDESK_JSON_H

#include "core/base/buf.h"
#include "core/base/ctx.h"
#include "core/base/table.h"

#define JSON_DEPTH_MAX 32

struct json; /* a value, in the arena of the ctx that parsed it */

/* E_BAD_REQUEST with the reason and place. */
int json_parse(struct ctx *c, struct bytes text, const struct json **out) MUST_USE;

/* ---- reading what somebody else shaped (provider payloads) ---- */
/* All take NULL and wrong types gracefully: NULL, 0, false. Keys are
 * case-sensitive. */
const struct json *json_get(const struct json *j, const char *key);
const char *json_text(const struct json *j, const char *key);
bool json_int(const struct json *j, const char *key, int64_t *out);
bool json_bool(const struct json *j, const char *key, bool *out);
/* A decimal number or numeric text in millionths: 0.85 -> 850000. */
bool json_micro(const struct json *j, const char *key, int64_t *out);
size_t json_count(const struct json *j); /* array or object */
/* Members or elements one after the other; NULL at the end. */
const struct json *json_first(const struct json *j);
const struct json *json_next(const struct json *j);
const struct json *json_at(const struct json *j, size_t i);
const char *json_key(const struct json *j); /* of a member */
bool json_is_object(const struct json *j);
bool json_is_array(const struct json *j);
bool json_is_null(const struct json *j);              /* null or absent */
bool json_number(const struct json *j, int64_t *out); /* an integer */
bool json_truth(const struct json *j, bool *out);
const char *json_string(const struct json *j); /* NULL: no string */
/* The value as JSON text again. */
const char *json_print(struct ctx *c, const struct json *j);

/* ---- in: a request body into a struct ---- */

enum json_mode { JSON_CREATE, JSON_PATCH };

/*
 * Checks and stores every member that the table allows; unknown members, RO
 * fields, wrong types, lengths and ranges are field errors (all of them
 * gather in one E_INVALID). given, if not NULL, receives a bit per field. Both
 * modes begin with table->fresh, and null puts a member back to it; JSON_PATCH
 * asks for nothing, and its caller takes over what was given (table_merge).
 */
int json_decode(struct ctx *c, const struct json *j, const struct table *t, enum json_mode mode,
	void *row, uint64_t *given) MUST_USE;
/* One value as text (a query parameter) into a field; field error else. */
int field_from_text(struct ctx *c, const struct field *f, const char *text, void *row) MUST_USE;

/* ---- out ---- */

void json_row(struct buf *b, const struct table *t, const void *row);
/* The same with null for every field that is shown ONCE. */
void json_row_stored(struct buf *b, const struct table *t, const void *row);
void json_rows(struct buf *b, const struct table *t, const struct rows *rows);
/* A quoted string; what is not UTF-8 becomes U+FFFD. */
void json_quote(struct buf *b, const char *s);

#endif
