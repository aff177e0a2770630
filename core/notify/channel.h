/*
 * channel.h - the ways a message can go, and to whom. The order is that of the
 * database's enumerations; a further channel (WhatsApp, push, an SMPP gateway)
 * is a further name here and a further sender in core/provider/messages.c.
 */
#ifndef FRONTDESK_CHANNEL_H
#define FRONTDESK_CHANNEL_H

#include "core/base/prelude.h"

enum channel {
	CHANNEL_SMS,
	CHANNEL_EMAIL,
	CHANNEL_SLACK,
	CHANNEL_TELEGRAM,
	CHANNEL_PAGERDUTY, /* an incident: opened and resolved */
	CHANNEL_IN_APP,
	CHANNEL_COUNT
};

enum audience { AUDIENCE_CUSTOMER, AUDIENCE_STAFF, AUDIENCE_OWNER, AUDIENCE_PLATFORM };

extern const char *const CHANNELS[CHANNEL_COUNT + 1]; /* NULL-terminated */
extern const char *const AUDIENCES[5];

#endif
