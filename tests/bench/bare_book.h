/* bare_book.h - a booking as nothing but its statements. */
#ifndef FRONTDESK_BARE_BOOK_H
#define FRONTDESK_BARE_BOOK_H

#include <mysql.h>
#include <stdbool.h>

/* Prepares them; ends the program when that fails. */
void bare_book_prepare(MYSQL *db);

/* company, customer, service, segment, staff, resource, branch, starts_at and
 * ends_at (as DATETIME) with commas between; one transaction. */
bool bare_book(MYSQL *db, const char *facts);

#endif
