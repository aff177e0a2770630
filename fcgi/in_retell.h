/* in_retell.h - webhooks of Retell: verified, stored, answered. */
#ifndef FRONTDESK_IN_RETELL_H
#define FRONTDESK_IN_RETELL_H

#include "fcgi/req.h"

int in_retell_hook(struct req *r);     /* /webhooks/retell/{hook} */
int in_retell_platform(struct req *r); /* accounts set up platform-wide */

#endif
