#include "core/notify/rules.h"

const char *const CHANNELS[CHANNEL_COUNT + 1] = {
	[CHANNEL_SMS] = "sms",
	[CHANNEL_EMAIL] = "email",
	[CHANNEL_SLACK] = "slack",
	[CHANNEL_TELEGRAM] = "telegram",
	[CHANNEL_PAGERDUTY] = "pagerduty",
	[CHANNEL_IN_APP] = "in_app",
};

const char *const AUDIENCES[5] = {
	[AUDIENCE_CUSTOMER] = "customer",
	[AUDIENCE_STAFF] = "staff",
	[AUDIENCE_OWNER] = "owner",
	[AUDIENCE_PLATFORM] = "platform",
};

const char *const VARS[] = {
#define X(symbol, name, example) [symbol] = name,
#include "core/notify/vars.def"
#undef X
	NULL,
};

#define V(name) (UINT64_C(1) << VAR_##name)

const struct rule RULES[RULE_COUNT] = {
#define X(symbol, template_name, ev, who, what, variables, first, ...)   \
	[symbol] = {                                                     \
		.name = template_name,                                   \
		.event = ev,                                             \
		.audience = who,                                         \
		.about = what,                                           \
		.vars = variables,                                       \
		.at_once = first,                                        \
		.channels = {__VA_ARGS__},                               \
		.n_channels = COUNT_OF(((enum channel[]){__VA_ARGS__})), \
	},
#include "core/notify/rules.def"
#undef X
};

const struct rule *rule_find(const char *name)
{
	for (size_t i = 0; i < RULE_COUNT; i++) {
		if (strcmp(RULES[i].name, name) == 0)
			return &RULES[i];
	}
	return NULL;
}

bool rule_uses(const struct rule *r, enum channel channel)
{
	for (int i = 0; i < r->n_channels; i++) {
		if (r->channels[i] == channel)
			return true;
	}
	return false;
}
