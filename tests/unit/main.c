/* Runs every suite of suites.def, each test in a process of its own;
 * CK_RUN_SUITE=name runs one. */
#include "tests/unit/unit.h"
#include "core/sys/http.h"

int main(void)
{
	SRunner *runner = srunner_create(NULL);

#define SUITE(name) srunner_add_suite(runner, suite_##name());
#include "tests/unit/suites.def"
#undef SUITE
	unit_begin();
	http_init();
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	unit_end();
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
