/*
 * name.h - names as people say them: case, punctuation and "&" do not count.
 */
#ifndef FRONTDESK_NAME_H
#define FRONTDESK_NAME_H

#include "core/base/ctx.h"

/* Folded words with single blanks between them: "Dr. Díaz" -> "dr díaz",
 * "Cut & Colour" -> "cut and colour". "" when nothing is left. */
const char *name_key(struct ctx *c, const char *said);

#endif
