/*
 * openapi.h - the API's own description, OpenAPI 3.1, made from the route
 * table and the field tables: what is served cannot differ from it.
 */
#ifndef FRONTDESK_OPENAPI_H
#define FRONTDESK_OPENAPI_H

#include "fcgi/req.h"

/* The document into b. */
void openapi_write(struct buf *b);
/* The same on a stream; 0, or -1 when it cannot be written. */
int openapi_print(FILE *out);
int h_openapi(struct req *r);

#endif
