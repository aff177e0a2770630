/*
 * serve.h - the steps of a request, in the order of the wire contract: size
 * and type, who, company, right, ids, query and body, rule.
 */
#ifndef FRONTDESK_SERVE_H
#define FRONTDESK_SERVE_H

#include "fcgi/req.h"

/* Never fails: whatever happens ends in a reply. Wakes the worker after the
 * commit if work was queued, and logs one line. */
void serve(struct req *r);

#endif
