/* h_business.h - the company itself, and what it decides for itself. */
#ifndef FRONTDESK_H_BUSINESS_H
#define FRONTDESK_H_BUSINESS_H

#include "fcgi/req.h"

int h_company(struct req *r);
int h_company_update(struct req *r);
int h_brand(struct req *r);
int h_settings(struct req *r);
int h_settings_update(struct req *r);

#endif
