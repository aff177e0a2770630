/*
 * seal.h - the audit log as a chain: what was written once cannot be changed,
 * removed or put in without its being seen.
 *
 * Entries are appended plainly, by whoever acts. A recurring job gives each
 * new one a link: its number in the company's chain (company 0: the platform),
 * the hash of the entry, and a hash over that and the link before. So the last
 * hash, the head, stands for all entries. It is logged ("audit_head"), shown by
 * the API and printed by "frontdeskctl audit head": a head that was noted
 * elsewhere tells when the end of a chain was cut off and made anew.
 *
 * A transaction may commit after later entries were sealed. Its entries come
 * next in the chain: links are in the order of sealing, and the times of
 * neighbours may go back by SEAL_WINDOW_S at most, which is longer than any
 * transaction of a program lasts. An entry that is older than that beside its
 * neighbours was not written by a program, and is not sealed.
 *
 * Canonical encoding, of entries and links alike: for each member that is not
 * absent, in this order, a line
 *
 *	name=LENGTH:VALUE\n
 *
 * LENGTH is the number of bytes of VALUE, in decimal; instants are RFC 3339 in
 * UTC with milliseconds if there are any, hashes 64 small hexadecimal digits.
 * Absent members have no line, so that columns that are added later leave old
 * hashes as they are.
 *
 *	entry: company_id id created_at actor_kind actor_id remote_address
 *	       request_id action subject subject_id fields note
 *	link:  company_id seq audit_entry_id entry_at sealed_at entry_hash previous
 *
 * entry_hash = SHA-256 of the entry's text, hash = SHA-256 of the link's;
 * previous is the hash of the link before (64 zeros in the first one), and
 * company_id the nil UUID for company 0.
 */
#ifndef FRONTDESK_SEAL_H
#define FRONTDESK_SEAL_H

#include "core/audit/audit.h"
#include "core/sys/crypto.h"

#define SEAL_WINDOW_S 600
#define AUDIT_NO_COMPANY "00000000-0000-0000-0000-000000000000"

struct audit_seal {
	int64_t seq;
	const char *audit_entry_id;
	ts_t entry_at; /* the entry's created_at */
	ts_t sealed_at;
	struct bytes entry_hash;
	struct bytes hash;
};

extern const struct table AUDIT_SEAL;

/* company_id NULL: company 0. */
void audit_entry_hash(struct ctx *c, const char *company_id, const struct audit_entry *e,
	uint8_t out[SHA256_SIZE]);
/* s->hash plays no part. previous NULL: s is the first link. */
void audit_seal_hash(struct ctx *c, const char *company_id, const struct audit_seal *s,
	const uint8_t *previous, uint8_t out[SHA256_SIZE]);

/* The job: seals what is new in all companies, oldest first, in transactions
 * of its own; one that is killed goes on the next time. */
int audit_seal_new(struct ctx *c, const char *none) MUST_USE;

/* "company=… seq=… hash=…": as logged, printed, and read again. */
const char *audit_head_text(struct ctx *c, const char *company_id, const struct audit_seal *head);

#endif
