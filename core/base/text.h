/*
 * text.h - questions about text, and the few encodings that need no library.
 * All text is UTF-8; "length" is in characters where it says so, else bytes.
 */
#ifndef FRONTDESK_TEXT_H
#define FRONTDESK_TEXT_H

#include "core/base/arena.h"

#ifdef __cplusplus
extern "C" {
#endif

bool text_empty(const char *s);               /* NULL or "" */
bool text_same(const char *a, const char *b); /* NULL equals NULL only */
bool text_starts(const char *s, const char *prefix);

/* Well-formed UTF-8 (no surrogates, no overlong forms) without NUL. */
bool utf8_valid(const char *s, size_t n);
size_t utf8_length(const char *s); /* code points */
/* At most max code points of s, never cutting one in two. */
const char *utf8_cut(struct arena *mem, const char *s, size_t max);
/* s, with U+FFFD for every byte that belongs to no character: for text that
 * others wrote, or that was cut at a byte. */
const char *utf8_mend(struct arena *mem, const char *s);

/* Without leading and trailing blanks and control characters. */
const char *text_trim(struct arena *mem, const char *s);
const char *text_lower(struct arena *mem, const char *s); /* ASCII only */
/* Only the decimal digits of s. */
const char *text_digits(struct arena *mem, const char *s);

/* What may be an e-mail address: something@something, in ASCII or not, without
 * blanks. Whether it is one only a message sent there tells. */
bool text_is_email(const char *s);
/* Like a language tag ("de", "pt-BR"; RFC 5646's shape). */
bool text_is_language(const char *s);

/* A whole decimal integer within [lo, hi], nothing before or after it. */
bool text_int(const char *s, int64_t lo, int64_t hi, int64_t *out) MUST_USE;

const char *hex_encode(struct arena *mem, struct bytes b);
/* The bytes of 2n hex digits into out[n]; false when it is anything else. */
bool hex_decode(const char *s, uint8_t *out, size_t n) MUST_USE;

/* Base64url without padding (RFC 4648 section 5). */
const char *base64url_encode(struct arena *mem, struct bytes b);
bool base64url_decode(struct arena *mem, const char *s, struct bytes *out) MUST_USE;

#ifdef __cplusplus
}
#endif

#endif
