/*
 * check.h - whether a company's account at a provider works: the provider is
 * asked for something harmless that needs the secret.
 */
#ifndef FRONTDESK_CHECK_H
#define FRONTDESK_CHECK_H

#include "core/base/ctx.h"

/*
 * The job integration.test. What comes of it stands on the integration
 * afterwards, a provider that refuses or is silent too: the job has failed
 * only when that could not be written. Outside any transaction.
 */
int provider_check(struct ctx *c, const char *integration_id) MUST_USE;

#endif
