/* h_session.h - where one is logged in, and ending that. */
#ifndef FRONTDESK_H_SESSION_H
#define FRONTDESK_H_SESSION_H

#include "fcgi/req.h"

int h_sessions(struct req *r);
int h_session_delete(struct req *r);
int h_sessions_delete(struct req *r);

#endif
