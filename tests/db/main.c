/* Runs every suite of suites.def, each test in a process of its own, against
 * the seeded server that $FRONTDESK_CONFIG names (make test-db starts one);
 * CK_RUN_SUITE=name runs one. */
#include "tests/db/support.h"
#include "core/base/log.h"

int main(void)
{
	SRunner *runner = srunner_create(NULL);

#define SUITE(name) srunner_add_suite(runner, suite_##name());
#include "tests/db/suites.def"
#undef SUITE
	log_name("tests/db");
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
