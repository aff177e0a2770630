/* h_notification.h - messages to people, and what they say. */
#ifndef FRONTDESK_H_NOTIFICATION_H
#define FRONTDESK_H_NOTIFICATION_H

#include "fcgi/req.h"

extern const struct table NOTIFICATION_QUERY;
extern const struct table TEMPLATE_QUERY;
extern const struct table PREVIEW_IN;
extern const struct table PREVIEW;

int h_notifications(struct req *r);
int h_notification_read(struct req *r);
int h_templates(struct req *r);
int h_template(struct req *r); /* what a reader of that language gets */
int h_template_set(struct req *r);
int h_template_reset(struct req *r);
int h_template_preview(struct req *r);

#endif
