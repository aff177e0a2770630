/* h_key.h - API keys. */
#ifndef FRONTDESK_H_KEY_H
#define FRONTDESK_H_KEY_H

#include "fcgi/req.h"

extern const struct table API_KEY_ROTATE_IN;

int h_api_keys(struct req *r);
int h_api_key(struct req *r);
int h_api_key_create(struct req *r);
int h_api_key_update(struct req *r);
int h_api_key_delete(struct req *r);
int h_api_key_rotate(struct req *r);

#endif
