/*
 * account_letter.h - the worker's part of letters about accounts, and of
 * invitations: who gets one, what it says, and sending it.
 *
 * A letter to an address without an account is none; nor is a fourth one of a
 * kind within an hour. What strangers choose (names of whoever has not proved
 * his address) does not stand in letters to others, and names of companies are
 * written so that no mail program makes a link of them.
 */
#ifndef FRONTDESK_ACCOUNT_LETTER_H
#define FRONTDESK_ACCOUNT_LETTER_H

#include "core/base/ctx.h"

/* The job account.mail: in a company it is about an invitation, else about a
 * letter (core/user/account_mail.h). -1 with E_PROVIDER when it may be tried
 * again; what is refused for good is E_INVALID. */
int account_letter_send(struct ctx *c, const char *id) MUST_USE;

#endif
