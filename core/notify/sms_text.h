/*
 * sms_text.h - how many SMS a text takes, and at what price in characters.
 *
 * GSM 03.38: 160 septets in one SMS, 153 in each of several; a character of
 * the extension table takes two, which are never parted. What does not fit
 * that alphabet goes as UCS-2: 70 units in one, 67 in each of several; a
 * surrogate pair is never parted.
 */
#ifndef FRONTDESK_SMS_TEXT_H
#define FRONTDESK_SMS_TEXT_H

#include "core/base/ctx.h"

enum sms_encoding { SMS_GSM7, SMS_UCS2 };

struct sms_size {
	enum sms_encoding encoding;
	int units;    /* septets, or UTF-16 units */
	int segments; /* SMS */
	int left;     /* units that the last one has room for */
};

struct sms_size sms_measure(const char *s);

/* s without the typographic characters that would double its price, and not
 * longer than a message may be (1,600 characters). */
#define SMS_LENGTH_MAX 1600
const char *sms_plain(struct ctx *c, const char *s);

#endif
