/* h_demo.h - what only a sandbox can do. */
#ifndef FRONTDESK_H_DEMO_H
#define FRONTDESK_H_DEMO_H

#include "fcgi/req.h"

extern const struct table RACE_IN;
extern const struct table RACE;

int h_race(struct req *r);

#endif
