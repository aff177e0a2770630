/* h_customer.h - customers, tasks for people. */
#ifndef FRONTDESK_H_CUSTOMER_H
#define FRONTDESK_H_CUSTOMER_H

#include "fcgi/req.h"

extern const struct table CUSTOMER_QUERY;
extern const struct table TASK_QUERY;

int h_customers(struct req *r);
int h_customer_create(struct req *r);
int h_customer_update(struct req *r);
int h_customer_delete(struct req *r);
int h_tasks(struct req *r);

#endif
