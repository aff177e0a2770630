/* h_integration.h - the company's accounts at providers. */
#ifndef FRONTDESK_H_INTEGRATION_H
#define FRONTDESK_H_INTEGRATION_H

#include "fcgi/req.h"

extern const struct table INTEGRATION_TEST;

int h_integrations(struct req *r);
int h_integration(struct req *r);
int h_integration_health(struct req *r);
int h_integration_create(struct req *r);
int h_integration_update(struct req *r);
int h_integration_delete(struct req *r);
int h_integration_test(struct req *r);

#endif
