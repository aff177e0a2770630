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
 * Making, changing and removing a number; each in a transaction. e164 may come
 * in any notation that is understood in the company's country, and stays what
 * it is afterwards. A number belongs to one company: E_DUPLICATE when this one
 * or another has it (whose it is, is not said). One that this company had
 * before is the same row again.
 */
int phone_create(struct ctx *c, struct phone_number *n) MUST_USE;
int phone_change(struct ctx *c, const struct phone_number *was, struct phone_number *now) MUST_USE;

/*
 * Which active number of this company is meant by what a provider wrote:
 * exactly; in another notation of the company's country; or by its last ten
 * digits, if they name exactly one. 1, 0 (unassigned: never guessed), -1.
 */
int phone_resolve(struct ctx *c, const char *written, struct phone_number *out,
	enum number_match *match) MUST_USE;

#endif
