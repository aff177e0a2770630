/*
 * rules.h - THE table of what is told: rules.def as data. Each rule has a
 * template of its own name, whose text says which of the rule's variables are
 * wanted.
 */
#ifndef FRONTDESK_RULES_H
#define FRONTDESK_RULES_H

#include "core/event/event.h"
#include "core/notify/channel.h"

enum var {
#define X(symbol, name, example) symbol,
#include "core/notify/vars.def"
#undef X
	VAR_COUNT_OF_ALL
};

extern const char *const VARS[]; /* NULL-terminated */

/* What is looked up before its texts can be made. */
enum about {
	ABOUT_VISIT,
	ABOUT_CALL,
	ABOUT_OFFER, /* an entry of the waiting list */
	ABOUT_DAY,   /* a staff member's: made by day_plan.c, never looked up again */
	ABOUT_EVENT, /* what the event says is all there is */
};

#define EV_NONE EVENT_KIND_COUNT

enum rule_id {
#define X(symbol, ...) symbol,
#include "core/notify/rules.def"
#undef X
	RULE_COUNT
};

struct rule {
	const char *name;
	enum event_kind event;
	enum audience audience;
	enum about about;
	uint64_t vars; /* a bit for each enum var */
	int at_once;
	enum channel channels[CHANNEL_COUNT]; /* in order */
	int n_channels;
};

extern const struct rule RULES[RULE_COUNT];

/* The rule whose template has that name; NULL: none. */
const struct rule *rule_find(const char *name);
bool rule_uses(const struct rule *r, enum channel channel);

#endif
