# shellcheck shell=bash disable=SC2034
# What run-local tells people: a line a step, with the seconds it took.

now_ms() {
	REPLY=$((${EPOCHREALTIME/[.,]/} / 1000))
}

step() { # WHAT
	now_ms
	STEP_MS=$REPLY
	printf '  %-12s ' "$1"
}

step_done() {
	now_ms
	local ms=$((REPLY - STEP_MS))
	STEP_MS=''
	printf '%d.%d s\n' $((ms / 1000)) $((ms % 1000 / 100))
}

say() {
	printf '%s\n' "$*"
}

# The sentence, the last lines of that part's log if one is named, and the end.
fail() { # SENTENCE [PART]
	[[ -z ${STEP_MS-} ]] || printf 'failed\n'
	printf 'run-local: %s\n' "$1" >&2
	if [[ -n ${2-} && -s $VAR/log/$2.log ]]; then
		printf -- '--- the end of %s ---\n' "$VAR/log/$2.log" >&2
		tail -n 15 "$VAR/log/$2.log" >&2
	fi
	exit 1
}
