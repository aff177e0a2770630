/* h_metrics.h - numbers for Prometheus, as text. */
#ifndef FRONTDESK_H_METRICS_H
#define FRONTDESK_H_METRICS_H

#include "fcgi/req.h"

/* For whoever is on this machine, and for who has the secret metrics_token. */
int h_metrics(struct req *r);

#endif
