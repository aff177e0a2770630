/*
 * messages.h - carrying a notification to its recipient: SMS by Twilio
 * Messages, e-mail by SMTP. The job notification.send.
 */
#ifndef FRONTDESK_MESSAGES_H
#define FRONTDESK_MESSAGES_H

#include "core/base/ctx.h"

/*
 * Sends a queued notification and records its fate. -1 with E_PROVIDER (and
 * err.retry_after) when it may be tried again; permanent refusals are a
 * status, not an error. Sent already: 0. After an unknown outcome of Twilio
 * the list of sent messages is asked before sending again.
 */
int messages_send(struct ctx *c, const char *notification_id) MUST_USE;

#endif
