/*
 * invite.h - an appointment as an iCalendar file (RFC 5545), to be put into
 * one's calendar: METHOD:PUBLISH, one VEVENT, times in UTC. The same UID and a
 * higher SEQUENCE change it; status cancelled takes it away.
 */
#ifndef FRONTDESK_INVITE_H
#define FRONTDESK_INVITE_H

#include "core/base/ctx.h"

struct invite {
	const char *uid;
	int64_t sequence;
	ts_t stamp; /* when this version was made */
	ts_t starts_at;
	ts_t ends_at;
	const char *summary;
	const char *location;  /* NULL: none */
	const char *organizer; /* name */
	const char *mailto;    /* address of the organizer; NULL: none */
	bool cancelled;
};

const char *invite_make(struct ctx *c, const struct invite *v);

#endif
