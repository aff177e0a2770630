/*
 * phone.h - the company's own numbers, and which of them was dialled.
 */
#ifndef FRONTDESK_PHONE_H
#define FRONTDESK_PHONE_H

#include "core/base/ctx.h"
#include "core/base/table.h"

struct phone_number {
	const char *id;
	const char *branch_id;
	const char *e164;
	const char *label;
	const char *language;
	bool is_active;
};

enum number_match { MATCH_NONE, MATCH_EXACT, MATCH_NOTATION, MATCH_LAST_TEN_DIGITS };

extern const struct table PHONE_NUMBER;
extern const char *const NUMBER_MATCH[5]; /* "" exact notation last_ten_digits */

/*
 * Which active number of this company is meant by what a provider wrote:
 * exactly; in another notation of the company's country; or by its last ten
 * digits, if they name exactly one. 1, 0 (unassigned: never guessed), -1.
 */
int phone_resolve(struct ctx *c, const char *written, struct phone_number *out,
	enum number_match *match) MUST_USE;

#endif
