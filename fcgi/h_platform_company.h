/* h_platform_company.h - companies, as administrators have them; entering one. */
#ifndef FRONTDESK_H_PLATFORM_COMPANY_H
#define FRONTDESK_H_PLATFORM_COMPANY_H

#include "fcgi/req.h"

extern const struct table PLATFORM_COMPANY_QUERY, PLATFORM_COMPANY_NEW, PLATFORM_COMPANY_CHANGE,
	ENTER_IN;

int h_platform_companies(struct req *r);
int h_platform_company_create(struct req *r);
int h_platform_company(struct req *r);
int h_platform_company_update(struct req *r);
int h_platform_enter(struct req *r);
int h_platform_leave(struct req *r);

#endif
