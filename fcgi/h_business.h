/* h_business.h - the company itself. */
#ifndef FRONTDESK_H_BUSINESS_H
#define FRONTDESK_H_BUSINESS_H

#include "fcgi/req.h"

int h_company(struct req *r);

#endif
