/*
 * settings.h - what a company decides for itself: a row of its own, made with
 * the company. Every key is a column; one that is not here is refused by name.
 */
#ifndef FRONTDESK_SETTINGS_H
#define FRONTDESK_SETTINGS_H

#include "core/base/ctx.h"
#include "core/base/table.h"

struct company_settings {
	const char *id;      /* the company's */
	bool public_booking; /* anybody may book, without a log-in */
	bool requires_confirmation;
	int64_t max_open_bookings; /* of one customer; 0: as many as he likes */
	bool require_totp;         /* owners and managers need a second factor */
	/* Origins ("https://www.example.com") with one blank between two; NULL:
	 * none. Which pages may call the API, and which may frame the booking page. */
	const char *cors_origins;
	const char *frame_origins;
	/* How long each kind of data is kept; 0: for ever. */
	int64_t retention_transcripts_days;
	int64_t retention_recordings_days;
	int64_t retention_inbox_days;
	int64_t retention_notifications_days;
	int64_t retention_audit_days;
	int64_t retention_calls_days;
	int64_t retention_inactive_customers_days;
	/* Messages to customers. */
	int64_t reminder_first_hours; /* before a visit; 0: none */
	int64_t reminder_second_hours;
	int64_t quiet_from; /* minutes of the local day; the same twice: never */
	int64_t quiet_to;
	int64_t daily_message_cap; /* of one channel to one customer; 0: none */
};

extern const struct table COMPANY_SETTINGS;

/* Of the company that ctx is in. In a transaction they are held until its end. */
int settings_current(struct ctx *c, struct company_settings *out) MUST_USE;
/* The same without holding them, for those who only obey. */
int settings_look(struct ctx *c, struct company_settings *out) MUST_USE;
/* Needs a transaction. Field errors of both lists of origins, which it leaves
 * in small letters with single blanks. */
int settings_change(
	struct ctx *c, const struct company_settings *was, struct company_settings *now) MUST_USE;

#endif
