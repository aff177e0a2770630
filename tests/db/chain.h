/*
 * chain.h - what the tests of the audit log share: entries of the salon, the
 * sealer, and somebody who changes what is written.
 *
 * They commit: chain_begin() gives an empty log, and chain_end() leaves one.
 */
#ifndef FRONTDESK_TESTS_DB_CHAIN_H
#define FRONTDESK_TESTS_DB_CHAIN_H

#include "core/audit/verify.h"
#include "tests/db/support.h"

#define ENTRIES 5

extern struct ctx *writer;       /* in the salon */
extern struct ctx *sealer;       /* in no company */
extern struct ctx *forger;       /* sees and does everything */
extern const char *ids[ENTRIES]; /* after chain_begin_sealed(): in the chain's order */

void chain_begin(void);
void chain_begin_sealed(void);
void chain_end(void);
void chain_forget(void);

/* An entry about the subject arg, in a transaction. */
int chain_write(struct ctx *c, void *arg) MUST_USE;
/* A new entry of the salon; its id. */
const char *chain_entry(void);
void chain_seal(void);

/* What was found by the last look at a chain. */
extern struct audit_finding found[50];
extern int n_found;

struct audit_chain chain_verify_of(uint32_t company);
struct audit_chain chain_verify(void); /* of the salon */
/* Whether a finding names this entry, with this word. */
bool chain_names(const char *id, const char *word);
/* All findings, a line each. */
const char *chain_found(void);

struct audit_seal chain_head(uint32_t company);
void chain_hold_against(const struct audit_seal *noted);

/* Runs a statement that changes something, looks, and takes it back. */
void chain_tamper(const char *sql);
#define TAMPER(...) chain_tamper(mem_printf(forger->mem, __VA_ARGS__))

#endif
