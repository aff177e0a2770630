/* h_business.h - what a company is made of: short lists without pages. */
#ifndef FRONTDESK_H_BUSINESS_H
#define FRONTDESK_H_BUSINESS_H

#include "fcgi/req.h"

int h_company(struct req *r);
int h_services(struct req *r);

#endif
