/*
 * join.h - what a day means after a day, and a time after a time, of the same
 * wish: the one narrows the other, completes it, or is doubtful.
 */
#ifndef FRONTDESK_JOIN_H
#define FRONTDESK_JOIN_H

#include "core/understand/sense.h"

void join_date(struct sense *was, const struct sense *d);
void join_win(struct sense *was, const struct sense *w);
/* Of two days with "or" between them. */
void share_date(struct sense *before, struct sense *d);
/* From a time on, or until one. */
bool is_half_open(const struct sense *w);

#endif
