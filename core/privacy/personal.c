#include "core/privacy/personal.h"
#include "core/booking/booking.h"
#include "core/booking/series.h"
#include "core/booking/waiting_list.h"
#include "core/call/call.h"
#include "core/customer/consent.h"
#include "core/customer/customer.h"
#include "core/notify/notify.h"
#include "core/task/task.h"

#define OF_STAFF "It is about a staff member; who was employed when is the company's to keep."
#define OF_PEOPLE "It is about a person who logs in."

/* Of a call what was said and when; what it cost is the company's business. */
static const struct field CALL_FIELDS[] = {
	ID(call, id, RO),
	ENUM(call, direction, RO, enum call_direction, CALL_DIRECTION),
	ENUM(call, status, RO, enum call_status, CALL_STATUS),
	TEXT(call, from_number, RO, 64),
	TEXT(call, to_number, RO, 64),
	TIME(call, started_at, RO),
	TIME(call, ended_at, RO),
	INT(call, duration_seconds, RO | NULL0, 0, UINT32_MAX),
	TEXT(call, language, RO, 16),
	TEXT(call, summary, RO, 10000),
	TEXT(call, sentiment, RO, 16),
	TEXT(call, transcript, RO, 400000),
	TEXT(call, recording_url, RO, 2000),
	JSON(call, booking_details, RO, 65535),
};
static const struct table GIVEN_CALL = TABLE(call, "given_call", CALL_FIELDS);

/* A visit without its parts; add-ons are a kind of their own. */
static const struct field VISIT_FIELDS[] = {
	ID(appointment, id, RO),
	ENUM(appointment, status, RO, enum appointment_status, APPOINTMENT_STATUS),
	TEXT(appointment, service_name, RO | JOINED, 120),
	TEXT(appointment, staff_name, RO | JOINED, 120),
	TIME(appointment, starts_at, RO),
	TIME(appointment, ends_at, RO),
	WALL(appointment, local_start, RO),
	TEXT(appointment, time_zone, RO, 64),
	CENTS(appointment, price_cents, RO),
	TEXT(appointment, currency, RO, 3),
	TEXT(appointment, notes, RO, APPOINTMENT_NOTES_LENGTH),
	TEXT(appointment, cancel_reason, RO, CANCEL_REASON_LENGTH),
	TIME(appointment, cancelled_at, RO),
	CENTS(appointment, late_fee_cents, RO | NULL0),
	INT(appointment, version, RO, 1, INT64_MAX),
	TIME(appointment, created_at, RO),
};
static const struct table GIVEN_VISIT = TABLE(appointment, "given_visit", VISIT_FIELDS);

/* A task may name a call or a visit only. */
#define ABOUT                                                      \
	"customer_id = ? OR call_id IN (SELECT id FROM `call`"     \
	" WHERE customer_id = ?) OR appointment_id IN (SELECT id " \
	"FROM appointment WHERE customer_id = ?)"

/* clang-format off */
const struct personal PERSONALS[] = {
	{"inbox_event", "body", "CALL sys_forget_inbox(?)", NULL, NULL, NULL, NULL},
	/* before what it is found by is gone */
	{"inbox_replay", "diff,error",
		"DELETE FROM inbox_replay WHERE LOCATE(?, diff) > 0 OR inbox_event_id IN"
		" (SELECT i.id FROM `call` a JOIN inbox_event i ON i.provider = a.provider"
		" AND i.external_id = a.provider_call_id WHERE a.customer_id = ?)"
		" OR EXISTS (SELECT 1 FROM customer c WHERE c.id = ? AND (LOCATE(c.phone, diff) > 0"
		" OR LOCATE(c.email, diff) > 0 OR LOCATE(c.phone, error) > 0 OR LOCATE(c.email, error) > 0))",
		NULL, NULL, NULL, NULL},
	{"event", "payload", "CALL sys_forget_events(?)", NULL, NULL, NULL, NULL},
	{"delivery", "body,error", "CALL sys_forget_deliveries(?)", NULL, NULL, NULL, NULL},
	{"delivery_attempt", "response_head,error", "CALL sys_forget_deliveries(?)", NULL, NULL, NULL, NULL},
	{"job", "last_error", "CALL sys_forget_jobs(?)", NULL, NULL, NULL, NULL},
	{"job_failure", "error", "CALL sys_forget_jobs(?)", NULL, NULL, NULL, NULL},
	{"provider_call", "error", "CALL sys_forget_provider_calls(?)", NULL, NULL, NULL, NULL},
	{"idempotency", "body",
		"DELETE FROM idempotency WHERE LOCATE(?, body) > 0"
		" OR EXISTS (SELECT 1 FROM appointment a WHERE a.customer_id = ?"
		" AND LOCATE(a.id, body) > 0)"
		" OR EXISTS (SELECT 1 FROM waiting_list_entry w WHERE w.customer_id = ?"
		" AND LOCATE(w.id, body) > 0)"
		" OR EXISTS (SELECT 1 FROM `call` k WHERE k.customer_id = ? AND LOCATE(k.id, body) > 0)",
		NULL, NULL, NULL, NULL},
	{"consent", "source", "CALL sys_forget_consents(?)", NULL,
		"SELECT {cols} FROM consent WHERE customer_id = ? ORDER BY said_at, id",
		&CONSENT, "consents"},
	/* those to staff name customers in their text only */
	{"notification", "recipient,subject,body,body_html,calendar,error",
		"UPDATE notification SET recipient = '', subject = NULL, body = '',"
		" body_html = NULL, calendar = NULL, error = NULL,"
		" status = IF(status = 'queued', 'failed', status)"
		" WHERE customer_id = ? OR (customer_id IS NULL AND (appointment_id IN"
		" (SELECT id FROM appointment WHERE customer_id = ?) OR call_id IN (SELECT id FROM"
		" `call` WHERE customer_id = ?) OR (SELECT LOCATE(c.name, body) > 0 OR"
		" LOCATE(c.phone, body) > 0 FROM customer c WHERE c.id = ?)))",
		NULL,
		"SELECT {cols} FROM notification WHERE customer_id = ? ORDER BY created_at, id",
		&NOTIFICATION, "messages"},
	{"opt_out", "address",
		"DELETE FROM opt_out WHERE address IN ((SELECT phone FROM customer WHERE id = ?),"
		" (SELECT email FROM customer WHERE id = ?))",
		NULL, NULL, NULL, NULL},
	{"task", "title,detail",
		"UPDATE task SET title = 'Erased', detail = NULL, status = 'done' WHERE " ABOUT,
		NULL,
		"SELECT {cols} FROM task WHERE " ABOUT " ORDER BY created_at, id",
		&TASK, "tasks"},
	{"appointment", "notes,cancel_reason",
		"UPDATE appointment SET notes = NULL, cancel_reason = NULL WHERE customer_id = ?", NULL,
		"SELECT {cols:a}, s.name AS service_name, f.name AS staff_name FROM appointment a"
		" LEFT JOIN service s ON s.id = a.service_id LEFT JOIN staff f ON f.id = a.staff_id"
		" WHERE a.customer_id = ? ORDER BY a.starts_at, a.id",
		&GIVEN_VISIT, "bookings"},
	{"appointment_add_on", "", NULL, "It says what a visit consisted of.",
		"SELECT {cols:x} FROM appointment_add_on x JOIN appointment a ON a.id = x.appointment_id"
		" WHERE a.customer_id = ? ORDER BY a.starts_at, x.name, x.id",
		&APPOINTMENT_ADD_ON, "add-ons"},
	{"booking_series", "notes",
		"UPDATE booking_series SET notes = NULL WHERE customer_id = ?", NULL,
		"SELECT {cols} FROM booking_series WHERE customer_id = ? ORDER BY created_at, id",
		&BOOKING_SERIES, "series"},
	{"waiting_list_entry", "", NULL, "It names the customer's row, which says nothing more.",
		"SELECT {cols:w}, s.name AS service_name FROM waiting_list_entry w"
		" LEFT JOIN service s ON s.id = w.service_id"
		" WHERE w.customer_id = ? ORDER BY w.created_at, w.id",
		&WAITING_ENTRY, "waiting-list"},
	{"unassigned_call", "from_number",
		"UPDATE unassigned_call SET from_number = NULL"
		" WHERE from_number = (SELECT phone FROM customer WHERE id = ?)",
		NULL, NULL, NULL, NULL},
	{"call", "from_number,to_number,transcript,summary,sentiment,recording_url,booking_details",
		"UPDATE `call` SET from_number = IF(direction = 'inbound', NULL, from_number),"
		" to_number = IF(direction = 'outbound', NULL, to_number), transcript = NULL,"
		" summary = NULL, sentiment = NULL, recording_url = NULL, booking_details = NULL,"
		" erased_at = NOW(3) WHERE customer_id = ?", NULL,
		"SELECT {cols} FROM `call` WHERE customer_id = ? ORDER BY begun_at, id",
		&GIVEN_CALL, "calls"},
	{"customer", "name,phone,email",
		"UPDATE customer SET name = NULL, phone = NULL, email = NULL, language = NULL,"
		" deleted_at = COALESCE(deleted_at, erased_at) WHERE id = ?", NULL,
		"SELECT {cols} FROM customer WHERE id = ?", &CUSTOMER, "customer"},

	{"audit_entry", "remote_address", NULL,
		"Who did what from where is evidence, and goes when the log expires.", NULL, NULL, NULL},
	{"visitor_booking", "remote_address", NULL,
		"Nobody can tell whose it is, and it is gone after a day.", NULL, NULL, NULL},
	{"staff", "name,email", NULL, OF_STAFF, NULL, NULL, NULL},
	{"time_off", "reason", NULL, OF_STAFF, NULL, NULL, NULL},
	{"membership", "email,name", NULL, OF_PEOPLE, NULL, NULL, NULL},
	{"invitation", "email", NULL, OF_PEOPLE, NULL, NULL, NULL},
};
/* clang-format on */
const size_t PERSONALS_COUNT = COUNT_OF(PERSONALS);
