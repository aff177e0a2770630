#!/bin/sh
# Each file of must-not-compile/ holds one mistake that the compiler must
# refuse, for the reason its first line expects; with -DCONTROL it holds the
# right way, which must compile. Run with every compiler that is here.
set -u
cd "$(dirname "$0")/../.." || exit 1
flags="-std=gnu17 -I. -D_GNU_SOURCE -Wall -Wextra -Wformat=2 -Werror -c -o /dev/null"
failed=0
checked=0

complain() {
	echo "$1: $2" >&2
	failed=1
}

for cc in gcc clang; do
	command -v "$cc" >/dev/null || continue
	for file in tests/lint/must-not-compile/*.c; do
		expect=$(sed -n '1s|^/\* expect: \(.*\) \*/$|\1|p' "$file")
		[ -n "$expect" ] || complain "$file" "does not begin with /* expect: … */"
		# shellcheck disable=SC2086
		if ! said=$("$cc" $flags -DCONTROL "$file" 2>&1); then
			complain "$file" "the right way does not compile with $cc: $said"
		fi
		# shellcheck disable=SC2086
		if said=$("$cc" $flags "$file" 2>&1); then
			complain "$file" "compiles with $cc, but must not"
		elif ! printf '%s\n' "$said" | grep -Eq "error: .*($expect)"; then
			complain "$file" "$cc refuses it for another reason: $said"
		fi
		checked=$((checked + 1))
	done
done
[ "$checked" -gt 0 ] || complain must-not-compile "no compiler is here"
[ "$failed" -eq 0 ] && echo "must-not-compile: $checked refused as they should be"
exit "$failed"
