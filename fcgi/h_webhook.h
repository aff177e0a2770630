/*
 * h_webhook.h - outgoing webhooks: endpoints, deliveries, and the REST hooks of
 * Zapier and the like.
 */
#ifndef FRONTDESK_H_WEBHOOK_H
#define FRONTDESK_H_WEBHOOK_H

#include "core/delivery/delivery.h"
#include "core/delivery/endpoint.h"
#include "fcgi/req.h"

extern const struct table DELIVERY_QUERY;
extern const struct table ENDPOINT_TEST;
extern const struct table ENDPOINT_REPLAY_IN;
extern const struct table ENDPOINT_REPLAYED;
extern const struct table HOOK_SAMPLE_QUERY;
extern const struct table HOOK_SAMPLE;

int h_webhook_endpoints(struct req *r);
int h_webhook_endpoint(struct req *r);
int h_webhook_endpoint_create(struct req *r);
int h_webhook_endpoint_update(struct req *r);
int h_webhook_endpoint_delete(struct req *r);
int h_webhook_endpoint_rotate(struct req *r);
int h_webhook_endpoint_test(struct req *r);
int h_webhook_endpoint_enable(struct req *r);
int h_webhook_endpoint_replay(struct req *r);
int h_webhook_endpoint_statistics(struct req *r);

int h_deliveries(struct req *r);
int h_delivery(struct req *r);
int h_delivery_replay(struct req *r);

int h_hook_subscribe(struct req *r);
int h_hook_unsubscribe(struct req *r);
int h_hook_sample(struct req *r);

#endif
