/* h_health.h - is it alive? Answered 503 when the database is not. */
#ifndef FRONTDESK_H_HEALTH_H
#define FRONTDESK_H_HEALTH_H

#include "fcgi/req.h"

extern const struct table HEALTH;

void health_start(void);
int64_t health_uptime(void);              /* of this process, in seconds */
bool health_is_near(const struct req *r); /* asked from this machine */
int h_health(struct req *r);
/* Of each part; for administrators of the platform, and on this machine. 503 with
 * the same body when a part is failing. */
int h_health_detailed(struct req *r);

#endif
