#include "fcgi/route.h"
#include "core/audit/audit.h"
#include "core/booking/booking.h"
#include "core/booking/hold.h"
#include "core/booking/waiting_list.h"
#include "core/call/call.h"
#include "core/call/unassigned.h"
#include "core/customer/consent.h"
#include "core/customer/customer.h"
#include "core/health/health.h"
#include "core/inbox/look.h"
#include "core/notify/notify.h"
#include "core/notify/template.h"
#include "core/phone/phone.h"
#include "core/privacy/erase.h"
#include "core/privacy/retention.h"
#include "core/dead/dead.h"
#include "core/service/edit.h"
#include "core/service/part.h"
#include "core/service/room.h"
#include "core/service/service.h"
#include "core/staff/feed.h"
#include "core/staff/staff.h"
#include "core/staff/time_off.h"
#include "core/task/task.h"
#include "core/tenant/closed_day.h"
#include "core/tenant/company.h"
#include "core/tenant/portfolio.h"
#include "core/tenant/settings.h"
#include "core/user/directory.h"
#include "core/user/entry.h"
#include "core/user/api_key.h"
#include "core/user/invitation.h"
#include "core/user/people.h"
#include "core/user/session.h"
#include "core/user/two_factor.h"
#include "core/outbound/health.h"
#include "core/tenant/integration.h"
#include "fcgi/crud.h"
#include "fcgi/h_account.h"
#include "fcgi/h_audit.h"
#include "fcgi/h_auth.h"
#include "fcgi/h_booking.h"
#include "fcgi/h_branch.h"
#include "fcgi/h_business.h"
#include "fcgi/h_call.h"
#include "fcgi/h_customer.h"
#include "fcgi/h_demo.h"
#include "fcgi/h_feed.h"
#include "fcgi/h_health.h"
#include "fcgi/h_hold.h"
#include "fcgi/h_inbox.h"
#include "fcgi/h_integration.h"
#include "fcgi/h_job.h"
#include "fcgi/h_metrics.h"
#include "fcgi/h_live.h"
#include "fcgi/h_notification.h"
#include "fcgi/h_platform_company.h"
#include "fcgi/h_platform_provider.h"
#include "fcgi/h_platform_tenant.h"
#include "fcgi/h_platform_user.h"
#include "fcgi/h_key.h"
#include "fcgi/h_offer.h"
#include "fcgi/h_people.h"
#include "fcgi/h_privacy.h"
#include "fcgi/h_public.h"
#include "fcgi/h_role.h"
#include "fcgi/h_series.h"
#include "fcgi/h_service.h"
#include "fcgi/h_session.h"
#include "fcgi/h_staff.h"
#include "fcgi/h_two_factor.h"
#include "fcgi/h_waiting_list.h"
#include "fcgi/h_webhook.h"
#include "fcgi/in_retell.h"
#include "fcgi/in_twilio.h"
#include "fcgi/openapi.h"
#include "fcgi/page.h"

#define V2 "/api/v2"

/* Routes of a company, by what they are; the rest is written out. */
#define SHOW(path, fn, perm, table, text)                                                         \
	{                                                                                         \
		"GET", V2 path, fn, AUTH_COMPANY, perm, TX_READ, NULL, NULL, SHAPE_ONE, &(table), \
			200, text, NULL, NULL                                                     \
	}
#define LIST_OF(path, fn, perm, query, table, text)                                       \
	{                                                                                 \
		"GET", V2 path, fn, AUTH_COMPANY, perm, TX_READ, query, NULL, SHAPE_LIST, \
			&(table), 200, text, NULL, NULL                                   \
	}
#define CHANGE(path, fn, perm, in, table, status, text, conflict)                                 \
	{                                                                                         \
		"POST", V2 path, fn, AUTH_COMPANY, perm, TX_WRITE, NULL, in, SHAPE_ONE, &(table), \
			status, text, conflict, NULL                                              \
	}
/* Rows that their table describes: the handlers of crud.h, or of the same make. */
#define ROWS(path, fn, perm, table, under, text)                                                \
	{                                                                                       \
		"GET", V2 path, fn, AUTH_COMPANY, perm, TX_READ, &LIST_QUERY, NULL, SHAPE_LIST, \
			&(table), 200, text, NULL, under                                        \
	}
#define ROW(path, fn, perm, table, under, text)                                                   \
	{                                                                                         \
		"GET", V2 path, fn, AUTH_COMPANY, perm, TX_READ, NULL, NULL, SHAPE_ONE, &(table), \
			200, text, NULL, under                                                    \
	}
#define ADD(path, fn, perm, in, table, under, text)                                               \
	{                                                                                         \
		"POST", V2 path, fn, AUTH_COMPANY, perm, TX_WRITE, NULL, in, SHAPE_ONE, &(table), \
			201, text, NULL, under                                                    \
	}
#define ALTER(path, fn, perm, in, table, under, text)                                              \
	{                                                                                          \
		"PATCH", V2 path, fn, AUTH_COMPANY, perm, TX_WRITE, NULL, in, SHAPE_ONE, &(table), \
			200, text, NULL, under                                                     \
	}
#define SET(path, fn, perm, in, table, under, text)                                               \
	{                                                                                         \
		"PUT", V2 path, fn, AUTH_COMPANY, perm, TX_WRITE, NULL, in, SHAPE_LIST, &(table), \
			200, text, NULL, under                                                    \
	}
#define REMOVE(path, fn, perm, table, under, text)                                           \
	{                                                                                    \
		"DELETE", V2 path, fn, AUTH_COMPANY, perm, TX_WRITE, NULL, NULL, SHAPE_NONE, \
			&(table), 204, text, NULL, under                                     \
	}
#define LOG_IN(path, fn, in, text)                                                       \
	{                                                                                \
		"POST", V2 path, fn, AUTH_NONE, PERM_NONE, TX_NONE, NULL, in, SHAPE_ONE, \
			&LOGIN_OUT, 200, text, NULL, NULL                                \
	}
/* What people do with their own accounts. */
#define ACCOUNT(path, auth, fn, in, status, text)                                                  \
	{                                                                                          \
		"POST", V2 "/auth" path, fn, auth, PERM_NONE, TX_NONE, NULL, in, SHAPE_NONE, NULL, \
			status, text, NULL, NULL                                                   \
	}
#define HOOK(path, fn, text)                                                                   \
	{                                                                                      \
		"POST", path, fn, AUTH_HOOK, PERM_NONE, TX_NONE, NULL, NULL, SHAPE_NONE, NULL, \
			204, text, NULL, NULL                                                  \
	}

#define ANYBODY_SEES(path, fn, query, shape, table, text)                                          \
	{                                                                                          \
		"GET", V2 "/public" path, fn, AUTH_PUBLIC, PERM_NONE, TX_READ, query, NULL, shape, \
			table, 200, text, NULL, NULL                                               \
	}
#define ANYBODY_DOES(path, fn, in, status, text, conflict)                                 \
	{                                                                                  \
		"POST", V2 "/public" path, fn, AUTH_PUBLIC, PERM_NONE, TX_WRITE, NULL, in, \
			SHAPE_ONE, &PUBLIC_BOOKING, status, text, conflict, NULL           \
	}

/* Of the platform's administration. */
#define ADMINISTER(method, path, fn, perm, tx, query, in, shape, table, status, text)       \
	{                                                                                   \
		method, V2 "/platform" path, fn, AUTH_PLATFORM, perm, tx, query, in, shape, \
			&(table), status, text, NULL, NULL                                  \
	}

/* clang-format off */
const struct route ROUTES[] = {
{"GET", "/api/health/detailed", h_health_detailed, AUTH_NONE, PERM_NONE, TX_READ, NULL, NULL, SHAPE_ONE, &HEALTH_REPORT, 200, "How each part is: for administrators of the platform, and on the machine itself; 503 with the same body when one is failing", NULL, NULL},
{"GET", "/api/health/metrics", h_metrics, AUTH_NONE, PERM_NONE, TX_READ, NULL, NULL, SHAPE_NONE, NULL, 200, "Numbers for Prometheus: on the machine itself, and by the secret metrics_token", NULL, NULL},
{"GET", "/api/health", h_health, AUTH_NONE, PERM_NONE, TX_READ, NULL, NULL, SHAPE_ONE, &HEALTH, 200, "Whether the service works", NULL, NULL},
{"GET", V2 "/openapi.json", h_openapi, AUTH_NONE, PERM_NONE, TX_READ, NULL, NULL, SHAPE_NONE, NULL, 200, "This description", NULL, NULL},
LOG_IN("/auth/login", h_login, &LOGIN_IN, "Log in"),
LOG_IN("/auth/refresh", h_refresh, &REFRESH_IN, "A new access token for a refresh token"),
{"POST", V2 "/auth/logout", h_logout, AUTH_USER, PERM_NONE, TX_WRITE, NULL, NULL, SHAPE_NONE, NULL, 204, "End this session", NULL, NULL},
{"POST", V2 "/auth/signup", h_signup, AUTH_NONE, PERM_NONE, TX_NONE, NULL, &SIGNUP_IN, SHAPE_ONE, &SIGNUP_OUT, 201, "A new account, which owns a new company on trial", NULL, NULL},
ACCOUNT("/verify-email", AUTH_NONE, h_verify_email, &LINK_IN, 204, "Prove one's e-mail address, by the letter's link"),
ACCOUNT("/verify-email/resend", AUTH_NONE, h_verify_email_again, &EMAIL_IN, 202, "That letter once more, if the address has an account that lacks it"),
ACCOUNT("/password/forgot", AUTH_NONE, h_password_forgot, &EMAIL_IN, 202, "A letter with a link to set a new password, if the address has an account"),
ACCOUNT("/password/reset", AUTH_NONE, h_password_reset, &RESET_IN, 204, "Set a new password, by that link: within 30 minutes, once; every session ends"),
ACCOUNT("/password/change", AUTH_USER, h_password_change, &PASSWORD_IN, 204, "Another password; the other sessions end"),
ACCOUNT("/email/change", AUTH_USER, h_email_change, &EMAIL_CHANGE_IN, 202, "Another e-mail address: a letter with a link goes there"),
ACCOUNT("/email/confirm", AUTH_NONE, h_email_confirm, &LINK_IN, 204, "Take the new e-mail address, by that link"),
{"POST", V2 "/auth/2fa/setup", h_two_factor_setup, AUTH_USER, PERM_NONE, TX_NONE, NULL, NULL, SHAPE_ONE, &TWO_FACTOR_SETUP, 200, "A secret for an authenticator app, shown once; nothing has changed yet", NULL, NULL},
{"POST", V2 "/auth/2fa/enable", h_two_factor_enable, AUTH_USER, PERM_NONE, TX_NONE, NULL, &CODE_IN, SHAPE_ONE, &CODES_OUT, 200, "Two-factor log-in from now on; the recovery codes are shown once", NULL, NULL},
ACCOUNT("/2fa/disable", AUTH_USER, h_two_factor_disable, &CODE_OFF_IN, 204, "No second factor any more"),
{"POST", V2 "/auth/2fa/recovery-codes", h_recovery_codes, AUTH_USER, PERM_NONE, TX_NONE, NULL, &CODES_IN, SHAPE_ONE, &CODES_OUT, 200, "New recovery codes, shown once, instead of the old ones", NULL, NULL},
{"GET", V2 "/auth/sessions", h_sessions, AUTH_USER, PERM_NONE, TX_READ, NULL, NULL, SHAPE_LIST, &SESSION_ROW, 200, "Where one is logged in", NULL, NULL},
{"DELETE", V2 "/auth/sessions", h_sessions_delete, AUTH_USER, PERM_NONE, TX_WRITE, NULL, NULL, SHAPE_NONE, &SESSION_ROW, 204, "End all sessions but this one", NULL, NULL},
{"DELETE", V2 "/auth/sessions/{id}", h_session_delete, AUTH_USER, PERM_NONE, TX_WRITE, NULL, NULL, SHAPE_NONE, &SESSION_ROW, 204, "End one session", NULL, NULL},
{"GET", V2 "/auth/invitations/{token}", h_invitation, AUTH_NONE, PERM_NONE, TX_READ, NULL, NULL, SHAPE_ONE, &INVITED, 200, "Who invites to what, by the letter's link", NULL, NULL},
LOG_IN("/auth/invitations/accept", h_invitation_accept, &ACCEPT_IN, "Come into the company: logged in, with the account's password, or with a name and password for a new account"),
{"GET", V2 "/me", h_me, AUTH_USER, PERM_NONE, TX_READ, NULL, NULL, SHAPE_ONE, &ME, 200, "Who is logged in, and what they may do", NULL, NULL},
{"GET", V2 "/roles", h_roles, AUTH_USER, PERM_NONE, TX_READ, NULL, NULL, SHAPE_LIST, &ROLE_RIGHT, 200, "What each role may do", NULL, NULL},
{"PATCH", V2 "/me", h_me_update, AUTH_USER, PERM_NONE, TX_WRITE, NULL, &ME_EDIT, SHAPE_ONE, &ME, 200, "Change one's name or language", NULL, NULL},

ROWS("/users", crud_list, PERM_PEOPLE_READ, COLLEAGUE, NULL, "The people of the company"),
ROW("/users/{id}", crud_get, PERM_PEOPLE_READ, COLLEAGUE, NULL, "One of the company's people"),
ALTER("/users/{id}", h_colleague_update, PERM_PEOPLE_WRITE, &COLLEAGUE_EDIT, COLLEAGUE, NULL, "Give somebody another role"),
REMOVE("/users/{id}", h_colleague_delete, PERM_PEOPLE_WRITE, COLLEAGUE, NULL, "Take somebody out of the company"),
ROWS("/invitations", crud_list, PERM_PEOPLE_READ, INVITATION, NULL, "Who is invited and has not come yet"),
ADD("/invitations", h_invitation_create, PERM_PEOPLE_WRITE, &INVITATION, INVITATION, NULL, "Invite somebody by e-mail"),
ROW("/invitations/{id}", crud_get, PERM_PEOPLE_READ, INVITATION, NULL, "One invitation"),
REMOVE("/invitations/{id}", crud_delete, PERM_PEOPLE_WRITE, INVITATION, NULL, "Revoke an invitation"),
CHANGE("/invitations/{id}/resend", h_invitation_resend, PERM_PEOPLE_WRITE, NULL, INVITATION, 200, "Send the invitation again, for another seven days", NULL),

SHOW("/companies/current", h_company, PERM_COMPANY_READ, COMPANY, "The company"),
ALTER("/companies/current", h_company_update, PERM_COMPANY_WRITE, &COMPANY, COMPANY, NULL, "Change the company; its currency only while nothing has a price"),
SHOW("/companies/current/brand", h_brand, PERM_COMPANY_READ, BRAND, "The agency or reseller under whose name all is shown"),
SHOW("/companies/current/settings", h_settings, PERM_COMPANY_READ, COMPANY_SETTINGS, "What the company decides for itself"),
ALTER("/companies/current/settings", h_settings_update, PERM_COMPANY_WRITE, &COMPANY_SETTINGS, COMPANY_SETTINGS, NULL, "Change settings; null puts the default back"),
ROWS("/api-keys", h_api_keys, PERM_KEYS_READ, API_KEY, NULL, "Keys for programs"),
ADD("/api-keys", h_api_key_create, PERM_KEYS_WRITE, &API_KEY_IN, NEW_API_KEY, NULL, "A new key, which is shown this once"),
ROW("/api-keys/{id}", h_api_key, PERM_KEYS_READ, API_KEY, NULL, "One key"),
ALTER("/api-keys/{id}", h_api_key_update, PERM_KEYS_WRITE, &API_KEY_IN, API_KEY, NULL, "Change what a key may do, from where, and until when"),
REMOVE("/api-keys/{id}", h_api_key_delete, PERM_KEYS_WRITE, API_KEY, NULL, "Revoke a key"),
CHANGE("/api-keys/{id}/rotate", h_api_key_rotate, PERM_KEYS_WRITE, &API_KEY_ROTATE_IN, NEW_API_KEY, 200, "A new key in place of this one, which holds for some hours more", NULL),
ROWS("/integrations", h_integrations, PERM_INTEGRATIONS_READ, INTEGRATION, NULL, "Accounts at providers; secrets are never shown but for their last four signs"),
ADD("/integrations", h_integration_create, PERM_INTEGRATIONS_WRITE, &INTEGRATION_NEW, INTEGRATION, NULL, "Connect an account at a provider"),
ROW("/integrations/{id}", h_integration, PERM_INTEGRATIONS_READ, INTEGRATION, NULL, "One of them, and the address for its webhooks"),
SHOW("/integrations/{id}/health", h_integration_health, PERM_INTEGRATIONS_READ, PROVIDER_HEALTH, "How it does: whether it is asked now, and what the calls of an hour and a day say"),
ALTER("/integrations/{id}", h_integration_update, PERM_INTEGRATIONS_WRITE, &INTEGRATION_EDIT, INTEGRATION, NULL, "Change it; what webhooks were signed with before holds for a day"),
REMOVE("/integrations/{id}", h_integration_delete, PERM_INTEGRATIONS_WRITE, INTEGRATION, NULL, "Disconnect it, and forget its secrets"),
CHANGE("/integrations/{id}/test", h_integration_test, PERM_INTEGRATIONS_WRITE, NULL, INTEGRATION_TEST, 202, "Ask the provider whether the secret works; the outcome stands on the integration", NULL),
ROWS("/webhook-endpoints", h_webhook_endpoints, PERM_INTEGRATIONS_READ, WEBHOOK_ENDPOINT, NULL, "Where events are posted to (Standard Webhooks); secrets are shown when they are made, and never again"),
ADD("/webhook-endpoints", h_webhook_endpoint_create, PERM_INTEGRATIONS_WRITE, &WEBHOOK_ENDPOINT_IN, NEW_WEBHOOK_ENDPOINT, NULL, "Have events posted to an https address; without events: all that are offered"),
ROW("/webhook-endpoints/{id}", h_webhook_endpoint, PERM_INTEGRATIONS_READ, WEBHOOK_ENDPOINT, NULL, "One of them"),
ALTER("/webhook-endpoints/{id}", h_webhook_endpoint_update, PERM_INTEGRATIONS_WRITE, &WEBHOOK_ENDPOINT_IN, WEBHOOK_ENDPOINT, NULL, "Change it; while it is not active nothing is posted, and what happens is not kept for it"),
REMOVE("/webhook-endpoints/{id}", h_webhook_endpoint_delete, PERM_INTEGRATIONS_WRITE, WEBHOOK_ENDPOINT, NULL, "Post nothing there any more, and forget its secrets"),
CHANGE("/webhook-endpoints/{id}/rotate-secret", h_webhook_endpoint_rotate, PERM_INTEGRATIONS_WRITE, NULL, NEW_WEBHOOK_ENDPOINT, 200, "A new secret, shown this once; the one before signs, too, for a day", NULL),
CHANGE("/webhook-endpoints/{id}/test", h_webhook_endpoint_test, PERM_INTEGRATIONS_WRITE, NULL, ENDPOINT_TEST, 202, "Post a test.ping now; what comes of it stands on the delivery", NULL),
CHANGE("/webhook-endpoints/{id}/enable", h_webhook_endpoint_enable, PERM_INTEGRATIONS_WRITE, NULL, WEBHOOK_ENDPOINT, 200, "Post to it again, after it was disabled because nothing reached it", NULL),
CHANGE("/webhook-endpoints/{id}/replay", h_webhook_endpoint_replay, PERM_INTEGRATIONS_WRITE, &ENDPOINT_REPLAY_IN, ENDPOINT_REPLAYED, 200, "Send again what has failed in a time, or all of it with what happened while nothing was posted; at most 500", NULL),
SHOW("/webhook-endpoints/{id}/statistics", h_webhook_endpoint_statistics, PERM_INTEGRATIONS_READ, DELIVERY_COUNTS, "How many of its deliveries of the last 30 days arrived, wait, or have failed"),
LIST_OF("/deliveries", h_deliveries, PERM_INTEGRATIONS_READ, &DELIVERY_QUERY, DELIVERY, "What was posted to endpoints, newest first (30 days), without bodies and logs; from is included, to is not"),
SHOW("/deliveries/{id}", h_delivery, PERM_INTEGRATIONS_READ, DELIVERY, "One delivery, with what is posted and the log of its attempts; its id is the receiver's webhook-id"),
CHANGE("/deliveries/{id}/replay", h_delivery_replay, PERM_INTEGRATIONS_WRITE, NULL, DELIVERY, 200, "Send it again, under the same id", NULL),
ADD("/hooks/subscribe", h_hook_subscribe, PERM_INTEGRATIONS_WRITE, &REST_HOOK, REST_HOOK, NULL, "A REST hook (Zapier, Make, n8n): have one kind of event posted to an address, until it answers 410"),
REMOVE("/hooks/{id}", h_hook_unsubscribe, PERM_INTEGRATIONS_WRITE, REST_HOOK, NULL, "End a REST hook"),
LIST_OF("/hooks/sample", h_hook_sample, PERM_INTEGRATIONS_READ, &HOOK_SAMPLE_QUERY, HOOK_SAMPLE, "An example of what is posted about an event"),
ROWS("/branches", crud_list, PERM_COMPANY_READ, BRANCH, NULL, "Branches"),
ADD("/branches", h_branch_create, PERM_COMPANY_WRITE, &BRANCH, BRANCH, NULL, "Open a branch"),
ROW("/branches/{id}", crud_get, PERM_COMPANY_READ, BRANCH, NULL, "One branch"),
ALTER("/branches/{id}", h_branch_update, PERM_COMPANY_WRITE, &BRANCH, BRANCH, NULL, "Change a branch"),
REMOVE("/branches/{id}", h_branch_delete, PERM_COMPANY_WRITE, BRANCH, NULL, "Close a branch for good"),
ROWS("/branches/{id}/working-hours", h_hours, PERM_COMPANY_READ, WORKING_HOURS, &BRANCH, "When a branch is open"),
ADD("/branches/{id}/working-hours", h_hours_create, PERM_COMPANY_WRITE, &OPENING_IN, WORKING_HOURS, &BRANCH, "Add hours, of every week or of one day"),
SET("/branches/{id}/working-hours", h_hours_replace, PERM_COMPANY_WRITE, &OPENING_SET, WORKING_HOURS, &BRANCH, "These weekly hours instead of all others"),
ROW("/branches/{id}/working-hours/{id}", h_hours_get, PERM_COMPANY_READ, WORKING_HOURS, &BRANCH, "One stretch of hours"),
ALTER("/branches/{id}/working-hours/{id}", h_hours_update, PERM_COMPANY_WRITE, &OPENING_IN, WORKING_HOURS, &BRANCH, "Change a stretch of hours"),
REMOVE("/branches/{id}/working-hours/{id}", h_hours_delete, PERM_COMPANY_WRITE, WORKING_HOURS, &BRANCH, "Remove a stretch of hours"),
ROWS("/phone-numbers", crud_list, PERM_COMPANY_READ, PHONE_NUMBER, NULL, "Phone numbers"),
ADD("/phone-numbers", h_phone_number_create, PERM_COMPANY_WRITE, &PHONE_NUMBER, PHONE_NUMBER, NULL, "Add a phone number"),
ROW("/phone-numbers/{id}", crud_get, PERM_COMPANY_READ, PHONE_NUMBER, NULL, "One phone number"),
ALTER("/phone-numbers/{id}", h_phone_number_update, PERM_COMPANY_WRITE, &PHONE_NUMBER, PHONE_NUMBER, NULL, "Change a phone number"),
REMOVE("/phone-numbers/{id}", crud_delete, PERM_COMPANY_WRITE, PHONE_NUMBER, NULL, "Remove a phone number"),
ROWS("/closed-days", crud_list, PERM_COMPANY_READ, CLOSED_DAY, NULL, "Days on which nobody works"),
ADD("/closed-days", crud_create, PERM_COMPANY_WRITE, &CLOSED_DAY, CLOSED_DAY, NULL, "Close a branch, or all, for a day"),
CHANGE("/closed-days/import", h_closed_days_import, PERM_COMPANY_WRITE, &CLOSED_DAYS_IMPORT_IN, CLOSED_DAYS_IMPORT, 200, "Closed days from a calendar file", NULL),
ROW("/closed-days/{id}", crud_get, PERM_COMPANY_READ, CLOSED_DAY, NULL, "One closed day"),
ALTER("/closed-days/{id}", crud_update, PERM_COMPANY_WRITE, &CLOSED_DAY, CLOSED_DAY, NULL, "Change a closed day"),
REMOVE("/closed-days/{id}", crud_delete, PERM_COMPANY_WRITE, CLOSED_DAY, NULL, "Be open on that day"),
ROWS("/staff", crud_list, PERM_COMPANY_READ, STAFF, NULL, "Staff members"),
ADD("/staff", h_staff_create, PERM_STAFF_WRITE, &STAFF, STAFF, NULL, "Add a staff member"),
ROW("/staff/{id}", crud_get, PERM_COMPANY_READ, STAFF, NULL, "One staff member"),
ALTER("/staff/{id}", h_staff_update, PERM_STAFF_WRITE, &STAFF, STAFF, NULL, "Change a staff member"),
REMOVE("/staff/{id}", h_staff_delete, PERM_STAFF_WRITE, STAFF, NULL, "Remove a staff member"),
ROWS("/staff/{id}/working-hours", h_hours, PERM_COMPANY_READ, WORKING_HOURS, &STAFF, "When somebody works"),
ADD("/staff/{id}/working-hours", h_hours_create, PERM_STAFF_WRITE, &HOURS_IN, WORKING_HOURS, &STAFF, "Add hours, of every week or of one day"),
SET("/staff/{id}/working-hours", h_hours_replace, PERM_STAFF_WRITE, &HOURS_SET, WORKING_HOURS, &STAFF, "These weekly hours instead of all others"),
ROW("/staff/{id}/working-hours/{id}", h_hours_get, PERM_COMPANY_READ, WORKING_HOURS, &STAFF, "One stretch of hours"),
ALTER("/staff/{id}/working-hours/{id}", h_hours_update, PERM_STAFF_WRITE, &HOURS_IN, WORKING_HOURS, &STAFF, "Change a stretch of hours"),
REMOVE("/staff/{id}/working-hours/{id}", h_hours_delete, PERM_STAFF_WRITE, WORKING_HOURS, &STAFF, "Remove a stretch of hours"),
ROWS("/staff/{id}/time-off", h_time_offs, PERM_COMPANY_READ, TIME_OFF, &STAFF, "When somebody is away"),
ADD("/staff/{id}/time-off", h_time_off_create, PERM_STAFF_WRITE, &TIME_OFF, TIME_OFF, &STAFF, "Give somebody time off"),
ROW("/staff/{id}/time-off/{id}", h_time_off, PERM_COMPANY_READ, TIME_OFF, &STAFF, "One time off"),
ALTER("/staff/{id}/time-off/{id}", h_time_off_update, PERM_STAFF_WRITE, &TIME_OFF, TIME_OFF, &STAFF, "Change a time off"),
REMOVE("/staff/{id}/time-off/{id}", crud_delete, PERM_STAFF_WRITE, TIME_OFF, &STAFF, "Take back a time off"),

ROWS("/services", h_services, PERM_COMPANY_READ, SERVICE, NULL, "Services by name"),
ADD("/services", h_service_create, PERM_SERVICES_WRITE, &SERVICE_NEW, SERVICE, NULL, "Offer a service"),
ROW("/services/{id}", h_service, PERM_COMPANY_READ, SERVICE, NULL, "One service"),
ALTER("/services/{id}", h_service_update, PERM_SERVICES_WRITE, &SERVICE, SERVICE, NULL, "Change a service"),
REMOVE("/services/{id}", h_service_delete, PERM_SERVICES_WRITE, SERVICE, NULL, "Offer a service no more"),
ROWS("/services/{id}/segments", crud_list, PERM_COMPANY_READ, SERVICE_SEGMENT, &SERVICE, "The segments of a service in order"),
ADD("/services/{id}/segments", h_segment_create, PERM_SERVICES_WRITE, &SERVICE_SEGMENT, SERVICE_SEGMENT, &SERVICE, "Add a segment to a service"),
ROW("/services/{id}/segments/{id}", crud_get, PERM_COMPANY_READ, SERVICE_SEGMENT, &SERVICE, "One segment of a service"),
ALTER("/services/{id}/segments/{id}", h_segment_update, PERM_SERVICES_WRITE, &SERVICE_SEGMENT, SERVICE_SEGMENT, &SERVICE, "Change or move a segment"),
REMOVE("/services/{id}/segments/{id}", h_segment_delete, PERM_SERVICES_WRITE, SERVICE_SEGMENT, &SERVICE, "Take a segment out of a service"),
ROWS("/services/{id}/add-ons", crud_list, PERM_COMPANY_READ, ADD_ON, &SERVICE, "What can be added to a service"),
ADD("/services/{id}/add-ons", crud_create, PERM_SERVICES_WRITE, &ADD_ON, ADD_ON, &SERVICE, "Offer an add-on"),
ROW("/services/{id}/add-ons/{id}", crud_get, PERM_COMPANY_READ, ADD_ON, &SERVICE, "One add-on of a service"),
ALTER("/services/{id}/add-ons/{id}", crud_update, PERM_SERVICES_WRITE, &ADD_ON, ADD_ON, &SERVICE, "Change an add-on"),
REMOVE("/services/{id}/add-ons/{id}", crud_delete, PERM_SERVICES_WRITE, ADD_ON, &SERVICE, "Offer an add-on no more"),
LIST_OF("/services/{id}/staff", h_service_staff_list, PERM_COMPANY_READ, NULL, SERVICE_STAFF, "Who can do which segment of a service"),
ADD("/services/{id}/staff", h_service_staff_create, PERM_SERVICES_WRITE, &SERVICE_STAFF_NEW, SERVICE_STAFF, &SERVICE, "Let a staff member do a segment"),
ROW("/services/{id}/staff/{id}", h_service_staff, PERM_COMPANY_READ, SERVICE_STAFF, &SERVICE, "How a staff member does a segment"),
ALTER("/services/{id}/staff/{id}", h_service_staff_update, PERM_SERVICES_WRITE, &SERVICE_STAFF, SERVICE_STAFF, &SERVICE, "Change how a staff member does a segment"),
REMOVE("/services/{id}/staff/{id}", h_service_staff_delete, PERM_SERVICES_WRITE, SERVICE_STAFF, &SERVICE, "Let a staff member do a segment no more"),
LIST_OF("/services/{id}/resources", h_service_resource_list, PERM_COMPANY_READ, NULL, SERVICE_RESOURCE, "The rooms and devices that a service takes"),
ADD("/services/{id}/resources", h_service_resource_create, PERM_SERVICES_WRITE, &SERVICE_RESOURCE_NEW, SERVICE_RESOURCE, &SERVICE, "Let a segment take a room or device"),
ROW("/services/{id}/resources/{id}", h_service_resource, PERM_COMPANY_READ, SERVICE_RESOURCE, &SERVICE, "A room or device that a segment takes"),
REMOVE("/services/{id}/resources/{id}", h_service_resource_delete, PERM_SERVICES_WRITE, SERVICE_RESOURCE, &SERVICE, "Let a segment take a room or device no more"),
ROWS("/resources", h_rooms, PERM_COMPANY_READ, RESOURCE, NULL, "Rooms and devices"),
ADD("/resources", h_room_create, PERM_SERVICES_WRITE, &RESOURCE, RESOURCE, NULL, "Add a room or device"),
ROW("/resources/{id}", h_room, PERM_COMPANY_READ, RESOURCE, NULL, "One room or device"),
ALTER("/resources/{id}", h_room_update, PERM_SERVICES_WRITE, &RESOURCE, RESOURCE, NULL, "Change a room or device"),
REMOVE("/resources/{id}", h_room_delete, PERM_SERVICES_WRITE, RESOURCE, NULL, "Take a room or device out of use for good"),

{"GET", V2 "/availability", h_availability, AUTH_COMPANY, PERM_BOOKINGS_READ, TX_READ, &AVAILABILITY_QUERY, NULL, SHAPE_ONE, &AVAILABILITY, 200, "When a service is free", NULL, NULL},
LIST_OF("/bookings", h_bookings, PERM_BOOKINGS_READ, &BOOKING_QUERY, APPOINTMENT, "Appointments by start"),
CHANGE("/bookings", h_booking_create, PERM_BOOKINGS_WRITE, &BOOKING_IN, APPOINTMENT, 201, "Book an appointment", h_booking_alternatives),
SHOW("/bookings/{id}", h_booking, PERM_BOOKINGS_READ, APPOINTMENT, "One appointment"),
ALTER("/bookings/{id}", h_booking_update, PERM_BOOKINGS_WRITE, &BOOKING_CHANGE, APPOINTMENT, NULL, "Change the notes of an appointment"),
CHANGE("/bookings/{id}/reschedule", h_booking_reschedule, PERM_BOOKINGS_WRITE, &MOVE_IN, APPOINTMENT, 200, "Move an appointment", h_booking_reschedule_alternatives),
CHANGE("/bookings/{id}/confirm", h_booking_confirm, PERM_BOOKINGS_WRITE, NULL, APPOINTMENT, 200, "Confirm an appointment", NULL),
CHANGE("/bookings/{id}/check-in", h_booking_check_in, PERM_BOOKINGS_WRITE, NULL, APPOINTMENT, 200, "The customer has come", NULL),
CHANGE("/bookings/{id}/complete", h_booking_complete, PERM_BOOKINGS_WRITE, NULL, APPOINTMENT, 200, "The visit is over", NULL),
CHANGE("/bookings/{id}/no-show", h_booking_no_show, PERM_BOOKINGS_WRITE, NULL, APPOINTMENT, 200, "The customer has not come", NULL),
CHANGE("/bookings/{id}/cancel", h_booking_cancel, PERM_BOOKINGS_WRITE, &CANCEL_SCOPE_IN, APPOINTMENT, 200, "Cancel an appointment, and perhaps others of its series", NULL),
{"GET", V2 "/bookings/{id}/calendar.ics", h_booking_calendar, AUTH_COMPANY, PERM_BOOKINGS_READ, TX_READ, NULL, NULL, SHAPE_NONE, NULL, 200, "The appointment as text/calendar", NULL, NULL},

ROWS("/booking-series", crud_list, PERM_BOOKINGS_READ, BOOKING_SERIES, NULL, "Series of visits"),
CHANGE("/booking-series", h_series_create, PERM_BOOKINGS_WRITE, &SERIES_IN, BOOKING_SERIES_WHOLE, 201, "Book all dates that were agreed, or none", h_series_conflicts),
{"POST", V2 "/booking-series/preview", h_series_preview, AUTH_COMPANY, PERM_BOOKINGS_READ, TX_READ, NULL, &SERIES_PREVIEW_IN, SHAPE_ONE, &SERIES_PREVIEW, 200, "The dates of a rule, and whether each is free", NULL, NULL},
SHOW("/booking-series/{id}", h_series, PERM_BOOKINGS_READ, BOOKING_SERIES_WHOLE, "A series with its visits"),
CHANGE("/holds", h_hold_create, PERM_BOOKINGS_WRITE, &HOLD_IN, HOLD, 201, "Keep a visit free for a while", h_hold_alternatives),
SHOW("/holds/{id}", h_hold, PERM_BOOKINGS_READ, HOLD, "One hold, until it expires"),
REMOVE("/holds/{id}", h_hold_delete, PERM_BOOKINGS_WRITE, HOLD, NULL, "Give a hold back"),

LIST_OF("/waiting-list", h_waiting_list, PERM_BOOKINGS_READ, &WAITING_QUERY, WAITING_ENTRY, "Who waits, the longest first"),
CHANGE("/waiting-list", h_waiting_add, PERM_BOOKINGS_WRITE, &WAITING_IN, WAITING_ENTRY, 201, "Wait for time to become free", NULL),
SHOW("/waiting-list/{id}", h_waiting_entry, PERM_BOOKINGS_READ, WAITING_ENTRY, "One entry of the waiting list"),
ALTER("/waiting-list/{id}", h_waiting_change, PERM_BOOKINGS_WRITE, &WAITING_ENTRY, WAITING_ENTRY, NULL, "Change what is waited for"),
REMOVE("/waiting-list/{id}", h_waiting_cancel, PERM_BOOKINGS_WRITE, WAITING_ENTRY, NULL, "Wait no longer"),
CHANGE("/waiting-list/{id}/accept", h_waiting_accept, PERM_BOOKINGS_WRITE, NULL, WAITING_ENTRY, 200, "Book what is offered", NULL),
CHANGE("/waiting-list/{id}/decline", h_waiting_decline, PERM_BOOKINGS_WRITE, NULL, WAITING_ENTRY, 200, "Wait for another time", NULL),

LIST_OF("/customers", h_customers, PERM_CUSTOMERS_READ, &CUSTOMER_QUERY, CUSTOMER, "Customers, newest first"),
ADD("/customers", h_customer_create, PERM_CUSTOMERS_WRITE, &CUSTOMER_EDIT, CUSTOMER, NULL, "Add a customer"),
ROW("/customers/{id}", crud_get, PERM_CUSTOMERS_READ, CUSTOMER, NULL, "One customer"),
ALTER("/customers/{id}", h_customer_update, PERM_CUSTOMERS_WRITE, &CUSTOMER_EDIT, CUSTOMER, NULL, "Change a customer"),
REMOVE("/customers/{id}", h_customer_delete, PERM_CUSTOMERS_WRITE, CUSTOMER, NULL, "Delete a customer"),

{"GET", V2 "/customers/{id}/consents", h_consents, AUTH_COMPANY, PERM_CUSTOMERS_READ, TX_READ, &CONSENT_QUERY, NULL, SHAPE_LIST, &CONSENT, 200, "What a customer said to being reached and recorded, newest first", NULL, &CUSTOMER},
ADD("/customers/{id}/consents", h_consent_add, PERM_CUSTOMERS_WRITE, &CONSENT, CONSENT, &CUSTOMER, "Write down what a customer said"),
LIST_OF("/consents", h_consents, PERM_CUSTOMERS_READ, &CONSENT_QUERY, CONSENT, "What customers said; current=true: only what counts"),
{"POST", V2 "/customers/{id}/export", h_customer_export, AUTH_COMPANY, PERM_PRIVACY_WRITE, TX_NONE, NULL, NULL, SHAPE_NONE, NULL, 200, "All that is known of a customer, as a ZIP", NULL, NULL},
LIST_OF("/retention/report", h_retention, PERM_PRIVACY_WRITE, NULL, RETENTION, "What the next run of retention would take away, by kind of data"),
CHANGE("/customers/{id}/erase", h_customer_erase, PERM_PRIVACY_WRITE, &ERASE_IN, ERASURE, 200, "Forget who a customer was; visits and amounts stay", NULL),

LIST_OF("/calls", h_calls, PERM_CALLS_READ, &CALL_QUERY, CALL, "Calls, newest first"),
SHOW("/calls/{id}", h_call, PERM_CALLS_READ, CALL, "One call with its transcript and cost"),
LIST_OF("/calls/{id}/events", h_call_events, PERM_CALLS_READ, NULL, CALL_EVENT, "The webhook events of a call"),

LIST_OF("/tasks", h_tasks, PERM_TASKS_READ, &TASK_QUERY, TASK, "Tasks for a person"),
LIST_OF("/notifications", h_notifications, PERM_NOTIFICATIONS_READ, &NOTIFICATION_QUERY, NOTIFICATION, "Messages to people"),
CHANGE("/notifications/{id}/read", h_notification_read, PERM_NOTIFICATIONS_READ, NULL, NOTIFICATION, 200, "I have read it (of those that ?audience=me lists)", NULL),
LIST_OF("/templates", h_templates, PERM_NOTIFICATIONS_READ, &TEMPLATE_QUERY, TEMPLATE, "What messages say: the company's own texts, and those that are shipped"),
{"POST", V2 "/templates/preview", h_template_preview, AUTH_COMPANY, PERM_NOTIFICATIONS_READ, TX_READ, NULL, &PREVIEW_IN, SHAPE_ONE, &PREVIEW, 200, "A text with usual or given values, and how many SMS it takes", NULL, NULL},
SHOW("/templates/{name}/{channel}/{language}", h_template, PERM_NOTIFICATIONS_READ, TEMPLATE, "What a reader of that language gets"),
{"PUT", V2 "/templates/{name}/{channel}/{language}", h_template_set, AUTH_COMPANY, PERM_COMPANY_WRITE, TX_WRITE, NULL, &TEMPLATE_IN, SHAPE_ONE, &TEMPLATE, 200, "Say it in the company's own words", NULL, NULL},
REMOVE("/templates/{name}/{channel}/{language}", h_template_reset, PERM_COMPANY_WRITE, TEMPLATE, NULL, "Say it as it is shipped again"),
LIST_OF("/jobs", h_jobs, PERM_OPERATIONS_READ, &JOB_QUERY, JOB, "Work in the background"),
SHOW("/jobs/{id}", h_job, PERM_OPERATIONS_READ, JOB_DETAIL, "A job: what it is about, and how it failed"),
LIST_OF("/inbox", h_inbox, PERM_OPERATIONS_READ, &INBOX_QUERY, INBOX_ENTRY, "What providers sent, newest first; from is included, to is not"),
SHOW("/inbox/{id}", h_inbox_event, PERM_OPERATIONS_READ, INBOX_SHOWN, "An event: what it holds (for those who may read calls and customers), its job, and its replays with the difference each made"),
CHANGE("/inbox/{id}/replay", h_inbox_replay, PERM_OPERATIONS_WRITE, NULL, INBOX_REPLAY, 202, "Process an event again; the event then tells what that changed", NULL),
LIST_OF("/dead-letters", h_dead_letters, PERM_OPERATIONS_READ, &JOB_QUERY, JOB, "Work that has been given up"),
CHANGE("/dead-letters/replay", h_dead_letters_replay, PERM_OPERATIONS_WRITE, &REPLAY_IN, REPLAYED, 200, "Try dead letters again: some, of a kind, or all", NULL),
SHOW("/dead-letters/{id}", h_job, PERM_OPERATIONS_READ, JOB_DETAIL, "A dead letter: what it is about, and how it failed"),
CHANGE("/dead-letters/{id}/replay", h_dead_letter_replay, PERM_OPERATIONS_WRITE, NULL, JOB, 200, "Try a dead letter again", NULL),
LIST_OF("/unassigned-calls", h_unassigned_calls, PERM_OPERATIONS_READ, &PAGE_QUERY, UNASSIGNED_CALL, "Calls to numbers that nobody has"),
CHANGE("/unassigned-calls/{id}/replay", h_unassigned_call_replay, PERM_OPERATIONS_WRITE, NULL, JOB, 200, "Process an unassigned call again", NULL),

{"GET", V2 "/changes", h_changes, AUTH_COMPANY, PERM_COMPANY_READ, TX_READ, &CHANGES_QUERY, NULL, SHAPE_ONE, &LIVE_CHANGES, 200, "Which records changed, in order, behind a number; without one: where to begin. Kept for a day: after that, reset", NULL, NULL},
{"POST", V2 "/live/ticket", h_live_ticket, AUTH_COMPANY, PERM_COMPANY_READ, TX_WRITE, NULL, NULL, SHAPE_ONE, &LIVE_TICKET, 201, "An address that one EventSource or WebSocket may open, within 30 seconds, and gets changes from for ten minutes", NULL, NULL},
{"POST", V2 "/live/authorize", h_live_authorize, AUTH_NONE, PERM_NONE, TX_WRITE, NULL, NULL, SHAPE_NONE, NULL, 204, "Uses up the ticket in X-Live-Ticket: in X-Live-Channel, which company it is for (frontdesk-live asks)", NULL, NULL},

LIST_OF("/audit", h_audit, PERM_AUDIT_READ, &AUDIT_QUERY, AUDIT_ENTRY, "Who did what, newest first; from is included, to is not"),
{"GET", V2 "/audit/export", h_audit_export, AUTH_COMPANY, PERM_AUDIT_READ, TX_READ, &AUDIT_EXPORT_QUERY, NULL, SHAPE_NONE, NULL, 200, "The log of a time as a file, at most 16 MiB", NULL, NULL},
SHOW("/audit/verify", h_audit_verify, PERM_AUDIT_READ, AUDIT_STATE, "Whether the last 10,000 entries are as they were sealed"),
SHOW("/audit/{id}", h_audit_entry, PERM_AUDIT_READ, AUDIT_ENTRY, "One entry of the log"),

ADMINISTER("GET", "/tenants", h_platform_tenants, PERM_PLATFORM_READ, TX_READ, &PAGE_QUERY, NULL, SHAPE_LIST, TENANT, 200, "Tenants, newest first"),
ADMINISTER("POST", "/tenants", h_platform_tenant_create, PERM_PLATFORM_ADMIN, TX_WRITE, NULL, &TENANT, SHAPE_ONE, TENANT, 201, "Add a tenant"),
ADMINISTER("GET", "/tenants/{id}", h_platform_tenant, PERM_PLATFORM_READ, TX_READ, NULL, NULL, SHAPE_ONE, TENANT, 200, "One tenant"),
ADMINISTER("PATCH", "/tenants/{id}", h_platform_tenant_update, PERM_PLATFORM_WRITE, TX_WRITE, NULL, &TENANT_CHANGE, SHAPE_ONE, TENANT, 200, "Change the name, logo, colour or addresses of a tenant"),
ADMINISTER("GET", "/tenants/{id}/people", h_platform_people, PERM_PLATFORM_READ, TX_READ, NULL, NULL, SHAPE_LIST, TENANT_PERSON, 200, "Who administers a tenant"),
ADMINISTER("POST", "/tenants/{id}/people", h_platform_person_add, PERM_PLATFORM_WRITE, TX_WRITE, NULL, &PERSON_NEW, SHAPE_ONE, TENANT_PERSON, 201, "Let somebody administer a tenant, by the e-mail address of the account"),
ADMINISTER("DELETE", "/tenants/{id}/people/{id}", h_platform_person_remove, PERM_PLATFORM_WRITE, TX_WRITE, NULL, NULL, SHAPE_NONE, TENANT_PERSON, 204, "Let somebody administer a tenant no more"),
ADMINISTER("GET", "/companies", h_platform_companies, PERM_PLATFORM_READ, TX_READ, &PLATFORM_COMPANY_QUERY, NULL, SHAPE_LIST, PLATFORM_COMPANY, 200, "Companies, newest first"),
ADMINISTER("POST", "/companies", h_platform_company_create, PERM_PLATFORM_WRITE, TX_WRITE, NULL, &PLATFORM_COMPANY_NEW, SHAPE_ONE, PLATFORM_COMPANY, 201, "Add a company to a tenant, on trial"),
ADMINISTER("GET", "/companies/{id}", h_platform_company, PERM_PLATFORM_READ, TX_READ, NULL, NULL, SHAPE_ONE, PLATFORM_COMPANY, 200, "One company"),
ADMINISTER("PATCH", "/companies/{id}", h_platform_company_update, PERM_PLATFORM_WRITE, TX_WRITE, NULL, &PLATFORM_COMPANY_CHANGE, SHAPE_ONE, PLATFORM_COMPANY, 200, "Change the name, plan or (with a reason) status of a company"),
ADMINISTER("POST", "/companies/{id}/enter", h_platform_enter, PERM_PLATFORM_WRITE, TX_WRITE, NULL, &ENTER_IN, SHAPE_ONE, COMPANY_ENTRY, 200, "Act inside a company for an hour: its audit shows who, when and the reason"),
ADMINISTER("DELETE", "/companies/{id}/enter", h_platform_leave, PERM_PLATFORM_WRITE, TX_WRITE, NULL, NULL, SHAPE_NONE, COMPANY_ENTRY, 204, "Act inside a company no more"),
ADMINISTER("GET", "/providers", h_platform_providers, PERM_PLATFORM_READ, TX_READ, NULL, NULL, SHAPE_LIST, PLATFORM_PROVIDER, 200, "The platform's accounts at providers, and companies' that fail"),
{"POST", V2 "/platform/providers/retry", h_platform_provider_retry, AUTH_PLATFORM, PERM_PLATFORM_WRITE, TX_WRITE, NULL, &PROVIDER_RETRY, SHAPE_NONE, NULL, 204, "Let the next call through to an account that fails", NULL, NULL},
ADMINISTER("GET", "/users", h_platform_users, PERM_PLATFORM_ADMIN, TX_READ, &PLATFORM_USER_QUERY, NULL, SHAPE_LIST, PLATFORM_USER, 200, "People, newest first; q: in the e-mail address"),
ADMINISTER("GET", "/users/{id}", h_platform_user, PERM_PLATFORM_ADMIN, TX_READ, NULL, NULL, SHAPE_ONE, PLATFORM_USER_ONE, 200, "One of them, with companies"),
ADMINISTER("POST", "/users/{id}/disable", h_platform_user_disable, PERM_PLATFORM_ADMIN, TX_WRITE, NULL, NULL, SHAPE_ONE, PLATFORM_USER_ONE, 200, "End all sessions of somebody, and allow no log-in"),
ADMINISTER("POST", "/users/{id}/enable", h_platform_user_enable, PERM_PLATFORM_ADMIN, TX_WRITE, NULL, NULL, SHAPE_ONE, PLATFORM_USER_ONE, 200, "Allow somebody to log in again"),

{"POST", V2 "/demo/race", h_race, AUTH_USER, PERM_NONE, TX_NONE, NULL, &RACE_IN, SHAPE_ONE, &RACE, 200, "Let rivals book one slot at once (sandbox only)", NULL, NULL},

{"POST", V2 "/staff/{id}/feed", h_feed_address, AUTH_COMPANY, PERM_STAFF_WRITE, TX_READ, NULL, NULL, SHAPE_ONE, &FEED_ADDRESS, 200, "The secret address of a staff member's calendar, for calendar programs", NULL, NULL},
REMOVE("/staff/{id}/feed", h_feed_renew, PERM_STAFF_WRITE, STAFF_FEED, NULL, "Make the addresses that were given out void"),
ANYBODY_SEES("/feeds/{feed_token}", h_feed, NULL, SHAPE_NONE, NULL, "A staff member's calendar, text/calendar"),
ANYBODY_SEES("/bookings/{manage_token}/calendar.ics", h_visit_calendar, NULL, SHAPE_NONE, NULL, "The appointment as text/calendar"),
ANYBODY_SEES("/bookings/{manage_token}", h_public_booking, NULL, SHAPE_ONE, &PUBLIC_BOOKING, "An appointment, by its manage link"),
ANYBODY_DOES("/bookings/{manage_token}/cancel", h_public_cancel, &CANCEL_IN, 200, "Cancel it", NULL),
ANYBODY_DOES("/bookings/{manage_token}/reschedule", h_public_move, &PUBLIC_MOVE_IN, 200, "Move it", h_public_move_alternatives),
ANYBODY_SEES("/offers/{offer_token}", h_offer, NULL, SHAPE_ONE, &PUBLIC_OFFER, "What somebody on the waiting list is offered, by the link of the message"),
ANYBODY_DOES("/offers/{offer_token}/accept", h_offer_accept, NULL, 200, "Book what is offered", NULL),
{"POST", V2 "/public/offers/{offer_token}/decline", h_offer_decline, AUTH_PUBLIC, PERM_NONE, TX_WRITE, NULL, NULL, SHAPE_ONE, &PUBLIC_OFFER, 200, "Wait for another time", NULL, NULL},
ANYBODY_SEES("/{slug}", h_public_company, NULL, SHAPE_ONE, &PUBLIC_COMPANY, "A company that takes bookings from anybody"),
{"GET", V2 "/public/{slug}/frame", h_public_frame, AUTH_PUBLIC, PERM_NONE, TX_READ, NULL, NULL, SHAPE_NONE, NULL, 204, "In X-Frame-Origins, which pages may frame its booking page (nginx asks)", NULL, NULL},
ANYBODY_SEES("/{slug}/services", h_public_services, NULL, SHAPE_LIST, &PUBLIC_SERVICE, "Its services, and who can be wished for"),
ANYBODY_SEES("/{slug}/availability", h_public_availability, &PUBLIC_AVAILABILITY_QUERY, SHAPE_ONE, &AVAILABILITY, "When one is free"),
ANYBODY_DOES("/{slug}/bookings", h_public_book, &PUBLIC_BOOKING_IN, 201, "Book an appointment without a log-in; website is a trap for robots and stays empty", h_public_book_alternatives),

HOOK("/webhooks/retell/{hook}", in_retell_hook, "An event of Retell"),
HOOK("/webhooks/retell", in_retell_platform, "An event of Retell, account set up platform-wide"),
HOOK("/webhooks/twilio/{hook}/status", in_twilio_status, "What became of an SMS"),
HOOK("/webhooks/twilio/{hook}/sms", in_twilio_sms, "An SMS that came in; the answer is text/xml, and silent"),
HOOK("/webhooks/sendgrid/{hook}", in_sendgrid, "What became of e-mails"),
HOOK("/api/retell/webhook", in_retell_platform, "The same"),
};
/* clang-format on */

const size_t ROUTES_COUNT = COUNT_OF(ROUTES);
