/* h_privacy.h - consents, and what customers may ask for: their data, and
 * that they be forgotten. */
#ifndef FRONTDESK_H_PRIVACY_H
#define FRONTDESK_H_PRIVACY_H

#include "fcgi/req.h"

extern const struct table CONSENT_QUERY;
extern const struct table ERASE_IN;

int h_consents(struct req *r); /* of all customers, or of the one in the path */
int h_consent_add(struct req *r);
int h_customer_export(struct req *r);
int h_customer_erase(struct req *r);
int h_retention(struct req *r); /* what would go now */

#endif
