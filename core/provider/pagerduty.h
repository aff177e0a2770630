/*
 * pagerduty.h - PagerDuty: incidents by its Events API v2. An account that fails is
 * one, resolved when it works again: what names it is the same in both, so that
 * neither may come twice.
 * Source: PagerDuty's Events API v2; SDK @pagerduty/pdjs 2.2.4.
 */
#ifndef FRONTDESK_PAGERDUTY_H
#define FRONTDESK_PAGERDUTY_H

#include "core/base/ctx.h"

/* A body that resolves what was never opened: it tells whether a key is accepted. */
const char *pagerduty_nothing(struct ctx *c, const char *key);

#endif
