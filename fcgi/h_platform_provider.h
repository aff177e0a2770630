/* h_platform_provider.h - how providers do, as the platform sees it. */
#ifndef FRONTDESK_H_PLATFORM_PROVIDER_H
#define FRONTDESK_H_PLATFORM_PROVIDER_H

#include "fcgi/req.h"

extern const struct table PROVIDER_RETRY;

int h_platform_providers(struct req *r);
int h_platform_provider_retry(struct req *r);

#endif
