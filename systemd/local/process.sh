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

part_wait() { # PART SECONDS: until nothing of it is left; then it is killed
	local i
	if part_read "$1"; then
		for ((i = 0; i < $2 * 50 && HURRY == 0; i++)); do
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

# A command of its own that is waited for; a signal to run-local ends it.
task() { # COMMAND...: its exit status
	local status=0
	part_start task "$@"
	wait "$PID" || status=$?
	part_wait task 5
	return "$status"
}

# Everything that is written down, the database last.
stop_parts() {
	local part parts=()
	for part in "$VAR"/pids/*; do
		part=${part##*/}
		[[ $part == '*' || $part == mariadb ]] || parts+=("$part")
	done
	for part in ${parts[@]+"${parts[@]}"}; do
		part_signal "$part" TERM
	done
	for part in ${parts[@]+"${parts[@]}"}; do
		part_wait "$part" 8
	done
	part_signal mariadb TERM
	part_wait mariadb 20
}
