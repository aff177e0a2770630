/* h_people.h - the people of a company, and who is invited into it. */
#ifndef FRONTDESK_H_PEOPLE_H
#define FRONTDESK_H_PEOPLE_H

#include "fcgi/req.h"

extern const struct table ACCEPT_IN;

int h_colleague_update(struct req *r);
int h_colleague_delete(struct req *r);
int h_invitation_create(struct req *r);
int h_invitation_resend(struct req *r);

/* By the link of a letter. */
int h_invitation(struct req *r);
int h_invitation_accept(struct req *r);

#endif
