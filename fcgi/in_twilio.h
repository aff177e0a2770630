/* in_twilio.h - webhooks of Twilio: a message's fate, and messages that came in. */
#ifndef FRONTDESK_IN_TWILIO_H
#define FRONTDESK_IN_TWILIO_H

#include "fcgi/req.h"

int in_twilio_status(struct req *r);
int in_twilio_sms(struct req *r);
int in_sendgrid(struct req *r);

#endif
