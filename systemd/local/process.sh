# shellcheck shell=bash disable=SC2034
# Starting and stopping parts. A part is a session of its own (setsid): its
# leader's pid is the number of the session, which the system gives to nobody
# else while one member lives. var/pids/PART holds that pid, when it started,
# and in which life of the machine; so whoever comes after a crash knows what
# is ours without asking for names.

read -r ERA </proc/sys/kernel/random/boot_id
ERA=$ERA:$(readlink /proc/self/ns/pid)

# A pause that starts no process: nothing ever comes through this pipe.
exec {NEVER}<> <(:)
pause() { # SECONDS
	read -rt "$1" -u "$NEVER" || :
}

# REPLY: "SESSION START" of a living process, or false.
process_look() { # PID
	local line
	read -r line <"/proc/$1/stat" || return 1
	# shellcheck disable=SC2086 # fields 3 and on, after the name in brackets
	set -- ${line##*) }
	REPLY="$4 ${20}"
	[[ $1 != [ZX] ]]
} 2>/dev/null

# MEMBERS: the pids of a session whose leader started then.
session_members() { # SESSION START
	local pid sid start
	MEMBERS=()
	if process_look "$1" && [[ $REPLY != "$1 $2" ]]; then
		return # ours has ended, and the number was given to somebody
	fi
	for pid in /proc/[1-9]*; do
		pid=${pid#/proc/}
		process_look "$pid" || continue
		read -r sid start <<<"$REPLY"
		((sid == $1 && start >= $2)) && MEMBERS+=("$pid")
	done
}

part_read() { # PART -> PID START
	local era
	PID='' START=''
	[[ -f $VAR/pids/$1 ]] && read -r PID START era <"$VAR/pids/$1" && [[ $era == "$ERA" ]]
}

part_alive() { # PART
	part_read "$1" && process_look "$PID" && [[ ${REPLY#* } == "$START" ]]
}

# The kernel ends a part (TERM) when run-local itself is killed.
part_start() { # PART COMMAND...
	local part=$1
	shift
	(
		exec {LOCK}>&- {NEVER}>&- </dev/null >>"$VAR/log/$part.log" 2>&1
		cd "$VAR" && exec setpriv --pdeathsig TERM setsid "$@"
	) &
	PID=$!
	[[ $part == task ]] || disown "$PID" # else bash reports how it died
	process_look "$PID" || REPLY='0 0'
	printf '%s %s %s\n' "$PID" "${REPLY#* }" "$ERA" >"$VAR/pids/$part"
}

part_signal() { # PART SIGNAL: to its leader, or to all that is left without one
	part_read "$1" || return 0
	if part_alive "$1"; then
		kill "-$2" "$PID"
	else
		session_members "$PID" "$START"
		((${#MEMBERS[@]} == 0)) || kill "-$2" "${MEMBERS[@]}"
	fi
} 2>/dev/null

# Until nothing of it is left, or until then; what is left is killed.
part_wait() { # PART MS-SINCE-1970
	if part_read "$1"; then
		while ((HURRY == 0)) && now_ms && ((REPLY < $2)); do
			part_alive "$1" && { pause 0.02; continue; }
			session_members "$PID" "$START"
			((${#MEMBERS[@]} > 0)) || break
			pause 0.02
		done
		session_members "$PID" "$START"
		((${#MEMBERS[@]} == 0)) || kill -KILL "${MEMBERS[@]}" 2>/dev/null
	fi
	rm -f "$VAR/pids/$1"
}

part_stop() { # PART SECONDS
	local until
	part_signal "$1" TERM
	now_ms
	until=$((REPLY + $2 * 1000))
	part_wait "$1" "$until"
}

# A command of its own that is waited for; a signal to run-local ends it.
task() { # COMMAND...: its exit status
	local status=0
	part_start task "$@"
	wait "$PID" || status=$?
	part_stop task 5
	return "$status"
}

# Everything that is written down, the database last.
stop_parts() {
	local part parts=("$VAR"/pids/*) until
	for part in "${parts[@]##*/}"; do
		[[ $part == mariadb ]] || part_signal "$part" TERM
	done
	now_ms
	until=$((REPLY + 8000))
	for part in "${parts[@]##*/}"; do
		[[ $part == mariadb ]] || part_wait "$part" "$until"
	done
	part_stop mariadb 20
}
