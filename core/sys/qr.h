/*
 * qr.h - QR codes as SVG (libqrencode inside): black on white with the quiet
 * zone that readers need, whatever the page's colours are.
 */
#ifndef FRONTDESK_QR_H
#define FRONTDESK_QR_H

#include "core/base/ctx.h"

#define QR_TEXT_MAX 1000 /* bytes; a code of more is hard to read from a screen */

/* BUG when the text is longer. */
const char *qr_svg(struct ctx *c, const char *text);

#endif
