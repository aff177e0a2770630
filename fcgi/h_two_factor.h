/* h_two_factor.h - the second factor of an account. */
#ifndef FRONTDESK_H_TWO_FACTOR_H
#define FRONTDESK_H_TWO_FACTOR_H

#include "fcgi/req.h"

extern const struct table CODE_IN;
extern const struct table CODE_OFF_IN;
extern const struct table CODES_IN;
extern const struct table CODES_OUT;

int h_two_factor_setup(struct req *r);
int h_two_factor_enable(struct req *r);
int h_two_factor_disable(struct req *r);
int h_recovery_codes(struct req *r);

#endif
