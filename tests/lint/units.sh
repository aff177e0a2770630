#!/bin/sh
# The systemd units, as "make install" lays them: systemd has nothing to say
# about any of them, and no service is more exposed than it must be: 0.5 of 10,
# and 1.2 for what calls providers. Each check is tried on a planted bad unit
# first. Needs no systemd to run, nor a build.
set -u
cd "$(dirname "$0")/../.." || exit 1
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
trap 'exit 1' INT TERM HUP
units=$tree/usr/lib/systemd/system
export SYSTEMD_LOG_LEVEL=warning

fail() {
	echo "units: $*" >&2
	exit 1
}

# Where systemd has never run, systemd-analyze wants to make /run/systemd: a
# user who may not gets a /run of its own.
if [ -d /run/systemd ] || [ "$(id -u)" = 0 ]; then
	analyze() { systemd-analyze "$@"; }
else
	analyze() { unshare --mount --map-root-user sh -c 'mount -t tmpfs run /run && exec systemd-analyze "$@"' sh "$@"; }
fi

# What is wrong with these units; any word is too many.
verify() {
	analyze verify --man=no --root="$tree" "$@" 2>&1
}

exposed() { # SERVICE MOST: its figure, and false above that
	analyze security --no-pager --offline=true --root="$tree" --threshold=100 "$1" 2>&1 |
		sed -n 's/.*exposure level for \([^:]*\): \([0-9.]*\).*/\1 \2/p' |
		awk -v most="$2" '{ print; bad = $2 > most } END { exit bad || NR != 1 }'
}

most() { # SERVICE
	case $1 in
	frontdesk@talk.service | frontdesk-worker.service) echo 1.2 ;;
	frontdesk-health.service) echo 1.0 ;; # restarts units
	*) echo 0.5 ;;
	esac
}

DESTDIR=$tree systemd/install --config || exit 1
for program in usr/lib/frontdesk/frontdesk-fcgi usr/lib/frontdesk/frontdesk-worker \
	usr/bin/spawn-fcgi usr/bin/multiwatch usr/bin/env usr/sbin/nginx bin/rm bin/kill; do
	mkdir -p "$tree/${program%/*}"
	printf '#!/bin/sh\n' >"$tree/$program"
	chmod 755 "$tree/$program"
done
ours=$(cd "$units" && ls -d frontdesk*.target frontdesk*.service frontdesk*.path frontdesk*.timer |
	sed 's/^frontdesk@\.service$/frontdesk@api.service frontdesk@login.service frontdesk@hook.service frontdesk@talk.service/')
# What ours refer to: the units of the system at hand.
for folder in /lib/systemd/system /usr/lib/systemd/system; do
	[ ! -d $folder ] || cp -R -n $folder/. "$units/" 2>/dev/null
done

printf '[Service]\nExecStart=/bin/rm\nPrivateNetwrok=yes\n' >"$units/bad-key.service"
printf '[Service]\nExecStart=/bin/absent\n' >"$units/bad-program.service"
for bad in bad-key bad-program; do
	[ -n "$(verify $bad.service)" ] || fail "the control $bad was not noticed"
done
! exposed bad-key.service 1.5 >/dev/null || fail 'the control without a sandbox was not noticed'

# shellcheck disable=SC2086 # a list
said=$(verify $ours)
[ -z "$said" ] || fail "$said"
for unit in $ours; do
	case $unit in
	*.service) exposed "$unit" "$(most "$unit")" || fail "$unit is more exposed than $(most "$unit")" ;;
	esac
done
