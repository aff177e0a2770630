/*
 * worlds.h - random worlds for the model and for what it judges: each from a
 * number, the same everywhere; printed for people, and made as small as they
 * can be while something still holds.
 */
#ifndef FRONTDESK_WORLDS_H
#define FRONTDESK_WORLDS_H

#include "tests/unit/model.h"

void world_make(struct world *w, uint64_t seed);
/* As the program leaves it: whoever sits in lane 0 of a class stays longest;
 * and nobody is wished who is able to nothing. */
bool world_is_sound(const struct world *w);
/* One line a row. */
void world_print(FILE *to, struct arena *mem, const struct world *w);
const char *world_minute(struct arena *mem, const struct world *w, int64_t minute);

/* Drops rows and plain numbers one at a time for as long as it fails. */
void world_shrink(struct world *w, bool (*fails)(const struct world *w, void *arg), void *arg);

#endif
