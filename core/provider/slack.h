/*
 * slack.h - what comes from Slack: buttons and commands are signed. (What goes
 * there: carrier.h.)
 */
#ifndef FRONTDESK_SLACK_H
#define FRONTDESK_SLACK_H

#include "core/base/ctx.h"

/*
 * X-Slack-Signature: v0=<hex>, the HMAC-SHA256 by the signing secret over "v0:",
 * X-Slack-Request-Timestamp (seconds), ":" and the raw body; at most 300 s away
 * from now. NULL when valid, else why not.
 */
const char *slack_verify(struct arena *mem, struct bytes key, const char *timestamp,
	const char *signature, struct bytes body, ts_t now);

#endif
