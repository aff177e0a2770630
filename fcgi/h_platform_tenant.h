/* h_platform_tenant.h - tenants, and who administers them. */
#ifndef FRONTDESK_H_PLATFORM_TENANT_H
#define FRONTDESK_H_PLATFORM_TENANT_H

#include "fcgi/req.h"

extern const struct table PERSON_NEW;

/* Who asks, for the doors: a tenant's administrator; NULL: the platform. */
const char *platform_scope(const struct req *r);

int h_platform_tenants(struct req *r);
int h_platform_tenant_create(struct req *r);
int h_platform_tenant(struct req *r);
int h_platform_tenant_update(struct req *r);
int h_platform_people(struct req *r);
int h_platform_person_add(struct req *r);
int h_platform_person_remove(struct req *r);

#endif
