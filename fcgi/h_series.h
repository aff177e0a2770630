/* h_series.h - visits that repeat. */
#ifndef FRONTDESK_H_SERIES_H
#define FRONTDESK_H_SERIES_H

#include "core/booking/series.h"
#include "fcgi/req.h"

extern const struct table SERIES_PREVIEW_IN;
extern const struct table SERIES_PREVIEW;
extern const struct table SERIES_IN;

int h_series_preview(struct req *r);
int h_series_create(struct req *r);
int h_series_conflicts(struct req *r); /* after E_SLOT_TAKEN */
int h_series(struct req *r);

#endif
