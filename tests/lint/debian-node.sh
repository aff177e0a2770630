#!/bin/sh
# `make deps all` on a machine whose only nodejs and npm are Debian 12's, which
# are too old for the portal: deps must see that and put a newer Node into
# var/node. Debian's packages are laid over /usr in a mount namespace of this
# script's own, so it says the same whatever Node the machine has. Needs no
# root, but a kernel that allows private mounts.
set -u
cd "$(dirname "$0")/../.." || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP
log=$work/log
PATH=/usr/bin:/bin:/usr/sbin:/sbin
export PATH

fail() {
	tail -n 30 "$log" >&2
	echo "debian-node: $*" >&2
	exit 1
}

# ---- Debian's nodejs and npm, with all they need but libc ----

mkdir -p "$work/archives/partial" "$work/root/usr" "$work/checkout"
: >"$work/status"
printf 'Package: *\nPin: release o=Debian\nPin-Priority: 1001\n' >"$work/preferences"
apt-get -qq -y --download-only --no-install-recommends install \
	-o Dir::State::status="$work/status" -o Dir::Cache::archives="$work/archives" \
	-o Dir::Etc::preferences="$work/preferences" -o Debug::NoLocking=1 \
	nodejs npm >"$log" 2>&1 || fail 'apt-get cannot fetch nodejs and npm.'
for package in "$work"/archives/*.deb; do
	case $package in
	*/libc6_* | */libc-bin_*) ;;
	*) dpkg-deb -x "$package" "$work/root" >>"$log" 2>&1 || fail "$package cannot be unpacked." ;;
	esac
done

# ---- a clean checkout ----

git ls-files -co --exclude-standard | tar -cf - -T - | tar -xf - -C "$work/checkout" || fail 'the checkout cannot be copied.'

cat >"$work/inside" <<'END'
set -eu
mount -t overlay -o lowerdir="$1/root/usr:/usr" frontdesk /usr
cd "$1/checkout"
case $(node -v) in
v18.*) ;;
*) echo "node is $(node -v), not too old: this test has nothing to show"; exit 1 ;;
esac
env -u MAKEFLAGS -u MFLAGS make deps all
test -s build/www/index.html
test -x build/frontdesk-fcgi
END
if [ "$(id -u)" = 0 ]; then
	private='unshare --mount'
else
	private='unshare --mount --map-root-user'
fi
if ! $private true 2>>"$log"; then
	echo 'debian-node: not tried, this machine allows no private mounts'
	exit 0
fi
$private sh "$work/inside" "$work" >"$log" 2>&1 || fail '"make deps all" failed.'
newer=$("$work/checkout/var/node/bin/node" -v) || fail 'there is no newer node in var/node.'
echo "debian-node: deps and all work with Debian's nodejs 18 and npm; deps added node $newer"
