/*
 * phone_number.h - telephone numbers (libphonenumber inside).
 *
 * A number is stored as E.164 ("+493012345678"). A *possible* number (right
 * length for its country) is accepted; *valid* is only a hint, because the
 * packaged numbering plans are years old.
 */
#ifndef FRONTDESK_PHONE_NUMBER_H
#define FRONTDESK_PHONE_NUMBER_H

#include "core/base/arena.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PHONE_MAX 64 /* longest input that is looked at */

/* E.164 of what a person or provider wrote; region ("DE") reads national
 * notations, NULL: only international ones. NULL when it is no possible
 * number. */
const char *phone_e164(struct arena *mem, const char *written, const char *region);
bool phone_probably_valid(const char *e164);
/* As people of its country write it: "030 23125001"; the input when unknown. */
const char *phone_national(struct arena *mem, const char *e164);
const char *phone_international(struct arena *mem, const char *e164);
/* "DE"; NULL when unknown. */
const char *phone_region(struct arena *mem, const char *e164);

#ifdef __cplusplus
}
#endif

#endif
