/*
 * worlds_engine.h - what core/calendar makes of a world: filled as
 * core/booking fills it from the database, without one.
 */
#ifndef FRONTDESK_WORLDS_ENGINE_H
#define FRONTDESK_WORLDS_ENGINE_H

#include "core/calendar/visit.h"
#include "tests/unit/worlds.h"

void engine_load(struct arena *mem, const struct world *w, struct visit *v);

/* The slots: of struct slot. */
void engine_slots(struct arena *mem, const struct world *w, struct visit *v, struct rows *out);

/* What a plan takes, as the model reads it; returns how many. */
size_t engine_claims(const struct plan *p, struct model_claim out[VISIT_CLAIMS_MAX]);

/* The number behind an id. */
int engine_number(const char *id);

#endif
