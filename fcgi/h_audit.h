/* h_audit.h - the audit log: reading, saving, and whether it is as it was
 * written. */
#ifndef FRONTDESK_H_AUDIT_H
#define FRONTDESK_H_AUDIT_H

#include "fcgi/req.h"

extern const struct table AUDIT_QUERY;
extern const struct table AUDIT_EXPORT_QUERY;
extern const struct table AUDIT_STATE;

int h_audit(struct req *r);
int h_audit_entry(struct req *r);
int h_audit_export(struct req *r);
int h_audit_verify(struct req *r);

#endif
