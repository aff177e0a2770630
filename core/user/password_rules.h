/*
 * password_rules.h - which passwords are taken.
 *
 * At least PASSWORD_MIN_CHARACTERS, at most what bcrypt sees, and more than a
 * few pieces that everybody tries: words of core/user/common_passwords.def, the
 * person's own words, runs of keys, letters and digits, repetitions, numbers -
 * also with capitals, signs between them, and digits that look like letters.
 */
#ifndef FRONTDESK_PASSWORD_RULES_H
#define FRONTDESK_PASSWORD_RULES_H

#include "core/base/ctx.h"

/* own: the person's name, address, companies; NULL-terminated. 0, or a field
 * error that says why. */
int password_rules(
	struct ctx *c, const char *field, const char *password, const char *const *own) MUST_USE;

#endif
