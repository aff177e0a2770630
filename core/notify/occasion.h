/*
 * occasion.h - what a message is about, looked up once: it can be looked up
 * again by its kind and id, when another channel must stand in later.
 */
#ifndef FRONTDESK_OCCASION_H
#define FRONTDESK_OCCASION_H

#include "core/booking/booking.h"
#include "core/booking/waiting_list.h"
#include "core/call/call.h"
#include "core/customer/customer.h"
#include "core/notify/render.h"
#include "core/sys/json.h"
#include "core/tenant/company.h"
#include "core/staff/staff.h"
#include "core/tenant/settings.h"

struct occasion {
	enum about about;
	const char *subject_id;
	struct company company; /* id NULL: the platform's */
	struct company_settings settings;
	struct branch branch; /* id NULL: none; so the others */
	struct customer customer;
	struct appointment appointment;
	struct call call;
	struct waiting_entry offer;
	const struct json *details; /* booking_details of the call, or NULL */
	const struct json *payload; /* of an event */
	/* what is booked, offered or spoken of */
	const char *service_name;
	const char *staff_name;
	wall_t start;
	int64_t hours; /* that a reminder comes before the visit */
	/* a day of a staff member */
	const char *staff_id;
	const char *plan;
	int64_t plan_visits;
};

/* E_NOT_FOUND when there is no such thing. */
int occasion_load(
	struct ctx *c, enum about about, const char *subject_id, struct occasion *out) MUST_USE;

/* What was asked for on the phone; zero: nothing that can be read. */
wall_t occasion_wished(const struct occasion *o);

/* The values of a rule's variables, as a reader of that locale reads them. */
void occasion_values(struct ctx *c, const struct occasion *o, const char *locale,
	enum channel channel, struct values *out);

/* The clock that its readers live by. */
const char *occasion_zone(const struct occasion *o);

/* The appointment as a file of text/calendar. The UID is the appointment's for
 * ever: the next mail changes the event. */
const char *occasion_calendar(struct ctx *c, const struct occasion *o);

#endif
