/*
 * choice.h - a chart, filled with all that its words may mean, and the reading
 * that is chosen.
 */
#ifndef FRONTDESK_CHOICE_H
#define FRONTDESK_CHOICE_H

#include "core/understand/chart.h"

struct chart_word {
	const char *t;
	word_id id;
	uint16_t said;
	const struct word *w; /* NULL: a part of a compound */
};

struct chart {
	struct arena *mem;
	const struct ready *l;
	const struct scene *scene;
	const struct said *said;
	struct chart_word *w;
	size_t n;
	struct sense *edges;
	uint32_t *next, *head; /* edge + 1 */
	size_t n_edges, cap;
};

/* The senses that cover the most. */
void chart_choose(struct chart *k, struct senses *out);
/* Makes those doubtful that are perhaps only half of what was said. */
void chart_doubt(struct chart *k, struct senses *all);
void chart_bare(struct chart *k, struct senses *out);

#endif
