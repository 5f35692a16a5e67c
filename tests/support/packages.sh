# tests/support/packages.sh - which Debian packages are needed, and how they come; sourced by quickstart and tests/run.
# Run with words, it does them: `packages.sh fetch_packages FOLDER PACKAGE...` (tests/support/guest.py).

BUILD_PACKAGES="gcc cmake ninja-build pkg-config libpq-dev libevent-dev libcurl4-gnutls-dev libetpan-dev libesmtp-dev
libssl-dev libicu-dev libglib2.0-dev libpcre2-dev libjansson-dev libxml2-dev libexttextcat-dev
libyaml-dev libpsl-dev libsqlite3-dev libseccomp-dev libsystemd-dev"
SERVER_PACKAGES="postgresql-15 postgresql-client-15 dovecot-core dovecot-imapd dovecot-lmtpd postfix python3 openssl
ca-certificates tzdata curl procps"
TEST_PACKAGES="libcmocka-dev valgrind clang clang-format clang-tidy clang-tools libclang-rt-14-dev cppcheck nodejs npm systemd mandoc
python3-jsonschema python3-yaml python3-dateutil chromium"

missing_packages() {
    for package in "$@"; do
        # Node may come from elsewhere than Debian, and brings its npm then.
        case $package in nodejs | npm) command -v "${package%js}" >/dev/null && continue ;; esac
        dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || echo "$package"
    done
}

# Installs what is missing; says what it does, and what to do where it cannot. Needs root or sudo only then.
# Servers are not started by their packages: a policy-rc.d that is there only for this moment says no.
install_packages() {
    local missing as_root=""
    missing=$(missing_packages "$@" | tr '\n' ' ')
    [ -n "${missing// /}" ] || return 0
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || {
            echo "These packages are missing, and neither root nor sudo is at hand to install them:" >&2
            echo "  apt-get install $missing" >&2
            return 1
        }
        as_root="sudo"
    fi
    command -v apt-get >/dev/null || { echo "This needs Debian 12: no apt-get here. Packages: $missing" >&2; return 1; }
    echo "Installing: $missing"
    local policy=/usr/sbin/policy-rc.d made=""
    if [ ! -e $policy ]; then
        printf '#!/bin/sh\nexit 101\n' | $as_root tee $policy >/dev/null && $as_root chmod 755 $policy && made=yes
    fi
    local log code=0
    log=$(mktemp)
    { $as_root apt-get -q update && $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends $missing; } >"$log" 2>&1 || code=$?
    [ -z "$made" ] || $as_root rm -f $policy
    if [ $code != 0 ]; then
        tail -n 15 "$log" >&2
        echo "apt-get could not install them (exit $code); the whole of its words: $log" >&2
        return 1
    fi
    rm -f "$log"
}

# With those that it needs and this machine has not.
with_needed_packages() {
    printf '%s\n' "$@"
    apt-get -q install -s --no-install-recommends "$@" | sed -n 's/^Inst \([^ ]*\).*/\1/p'
}

download_packages() {
    local folder=$1 names
    shift
    names=$(with_needed_packages "$@" | sort -u) || return 1
    # shellcheck disable=SC2086
    (cd "$folder" && apt-get -q -o APT::Sandbox::User=root download $names)
}

# Puts the .debs of packages into a folder, with all that they need and this machine has not: for packages that cannot be
# installed beside those above. Nothing is installed, and what is there already is not fetched again.
fetch_packages() {
    local folder=$1
    shift
    [ ! -e "$folder/complete" ] || return 0
    command -v apt-get >/dev/null || { echo "This needs Debian 12: no apt-get here." >&2; return 1; }
    mkdir -p "$folder"
    # A list of packages that is old names what is not there any more: then a new one.
    { download_packages "$folder" "$@" || { apt-get -q update && download_packages "$folder" "$@"; }; } >"$folder/log" 2>&1 || {
        tail -n 5 "$folder/log" >&2
        return 1
    }
    touch "$folder/complete"
}

[ "${BASH_SOURCE[0]}" != "$0" ] || "$@"
