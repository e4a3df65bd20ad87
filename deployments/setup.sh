#!/bin/sh
# Builds .venv from requirements.lock: every file by its hash, nothing else. Does nothing when
# .venv already fits. PYTHON=/path/to/python chooses the interpreter.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
venv=$root/.venv
stamp=$venv/.recupero-setup
log=$venv/setup.log
export PIP_ROOT_USER_ACTION=ignore PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1

refuse() {
    echo "setup: $1" >&2
    exit 2
}

# What an environment is made of: this Python, in this place (its programs carry it), these packages.
identity() {
    "$1" -I -S -c 'import sys; print(*sys.version.split(), sys.platform)' 2>/dev/null &&
        echo "$root"
}
contents() {
    cat requirements.lock pyproject.toml | "$1" -I -c '
import hashlib, sys
print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())'
}
fits() {
    [ -x "$venv/bin/recupero" ] &&
        [ "$(cat "$stamp" 2>/dev/null)" = "$(identity "$1") $(contents "$1")" ]
}

# A version manager's placeholder answers to a name but does not run: ask each.
recent() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}
find_python() {
    bare=
    for candidate in ${PYTHON:-python3.13 python3.12 python3.11 python3}; do
        recent "$candidate" || continue
        if "$candidate" -c 'import ensurepip, venv' >/dev/null 2>&1; then
            echo "$candidate"
            return
        fi
        bare=${bare:-$candidate}
    done
    if [ -n "$bare" ]; then
        package=$("$bare" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
        refuse "$bare cannot make environments: install $package (apt-get install $package)"
    fi
    refuse "needs Python 3.11 or newer, found ${PYTHON:-$(python3 -V 2>&1 || true)}; PYTHON=/path/to/python chooses one"
}

# The installer's words go to a log; here one line for every 40 packages.
say_progress() {
    awk -v number="$1" '
        /^(Collecting|Requirement already satisfied|Ignoring)/ && ++seen % 40 == 0 {
            print "setup: " seen " of " number; fflush()
        }
        /^Installing collected packages/ { print "setup: all here, installing"; fflush() }'
}
install_packages() {
    failed=$venv/.failed # a pipe would hide the installer's exit status
    touch "$failed"
    {
        "$venv/bin/python" -m pip install --no-deps --require-hashes --only-binary :all: \
            -r requirements.lock 2>&1 && rm "$failed"
    } | tee "$log" | say_progress "$1"
    [ ! -e "$failed" ] || give_up
    "$venv/bin/python" -m pip install --no-deps --no-build-isolation -e . >>"$log" 2>&1 || give_up
}
give_up() {
    reason=$(grep -i '^ *error' "$log" | tail -n 1)
    refuse "${reason:-the packages could not be installed} (all of it in $log)"
}

[ -n "${PYTHON:-}" ] || ! fits "$venv/bin/python" || exit 0
python=$(find_python)
! fits "$python" || exit 0

number=$(grep -c '==' requirements.lock)
echo "setup: $("$python" -V), $number packages; this takes a minute or two"
if [ "$(identity "$venv/bin/python" || true)" = "$(identity "$python")" ] &&
    head -n 1 "$venv/bin/pip" 2>/dev/null | grep -qF "$venv/bin/"; then
    rm -f "$stamp" # the same Python in its place: bring it up to date
else
    rm -rf "$venv"
    "$python" -m venv "$venv"
fi
install_packages "$number"
echo "$(identity "$python") $(contents "$python")" >"$stamp"
echo "setup: done"
