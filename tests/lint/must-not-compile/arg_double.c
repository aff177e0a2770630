/* expect: double */
#include "core/sys/db.h"

struct arg made(double amount, int64_t whole);

struct arg made(double amount, int64_t whole)
{
	(void)amount;
#ifdef CONTROL
	return ARG(whole);
#else
	(void)whole;
	return ARG(amount);
#endif
}
