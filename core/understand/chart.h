/*
 * chart.h - all that the words of an utterance may mean, and the reading of
 * them that leaves the fewest words over.
 */
#ifndef FRONTDESK_CHART_H
#define FRONTDESK_CHART_H

#include "core/understand/language.h"
#include "core/understand/said.h"

/*
 * The senses that were chosen, in the order of the words; from and len count
 * the utterance's own words. taken: words that mean something else already (a
 * telephone number), NULL: none.
 */
struct senses {
	struct sense *p;
	size_t n;
	/* The only number, when the utterance says little else; else NULL. */
	const struct sense *bare;
};

struct senses chart_read(struct arena *mem, const struct ready *l, const struct scene *scene,
	const struct said *said, const bool *taken);

#endif
