/*
 * model_maps.h - the minutes of a world: a byte for each, of every person and
 * of every lane of every room. Only model.c includes it.
 */
#ifndef FRONTDESK_MODEL_MAPS_H
#define FRONTDESK_MODEL_MAPS_H

#include "core/sys/tz.h"
#include "tests/unit/model.h"

struct model {
	const struct world *w;
	const struct tz *tz;
	int64_t from; /* the first minute of the maps */
	size_t n;
	int64_t *wall;
	int64_t day_0;         /* the day of the first minute */
	size_t *begins, *ends; /* of each day in the maps */
	uint8_t *works[WORLD_STAFF_MAX][WORLD_BRANCHES_MAX];
	uint8_t *busy[WORLD_STAFF_MAX];
	uint8_t *lane[WORLD_ROOMS_MAX][WORLD_LANES_MAX];
	uint8_t *scratch;
	struct model_slot *slots;
	size_t n_slots;
};

/* Fills all maps of a model that has its world, its zone, from and n. */
void maps_fill(struct arena *mem, struct model *m);

ts_t minute_instant(int64_t minute);
int64_t day_at(const struct model *m, size_t i);
int minute_at(const struct model *m, size_t i);
/* Where the maps show a day; a day outside of them is at their end. */
size_t begin_of(const struct model *m, int64_t day);
size_t end_of(const struct model *m, int64_t day);

void mark(const struct model *m, uint8_t *map, int64_t from, int64_t to);
/* Whether every minute from here to there has this value. */
bool is_all(const struct model *m, const uint8_t *map, int value, int64_t from, int64_t to);

#endif
