# For the other scripts: `source` this.
# shellcheck shell=bash

# Servers that are tried out are on this machine: no proxy leads there.
no_proxy=localhost,127.0.0.1${no_proxy:+,$no_proxy}${NO_PROXY:+,$NO_PROXY}
export no_proxy NO_PROXY=$no_proxy

# Where cargo builds. It knows what environment and configuration say of that.
target=$(cargo metadata --no-deps --format-version 1 | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')

# build ARGUMENTS...: builds one program as `cargo build` does, and sets `program`, where it is.
build() {
    program=$(cargo build --quiet --message-format json-render-diagnostics "$@" |
        sed -n 's/.*"executable":"\([^"]*\)".*/\1/p')
}

# --long: a hundred examples an operation instead of $1. --examples N: as many. --release: the server as it is released.
# Sets `examples`, `arguments`, the rest, and `options`, those for `build`.
parse_options() {
    examples=$1 options=(--bin vestibule)
    shift
    while :; do
        case ${1:-} in
        --long) examples=100 ;;
        --examples)
            examples=$2
            shift
            ;;
        --release) options+=(--release) ;;
        *) break ;;
        esac
        shift
    done
    arguments=("$@")
}

# A fresh server of `program` on a free port; it ends with the script. Sets `address`, `token` and `data`, a folder that is
# deleted in the end.
start_server() {
    data=$(mktemp -d)
    mkfifo "$data/log"
    token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    # Nothing but this: settings in the environment may name a database whose data must not be lost.
    env -i VESTIBULE_BOOTSTRAP_TOKEN="$token" VESTIBULE_TENANTS_KEY="$token" \
        "$program" serve --listen 127.0.0.1:0 --data "$data" >/dev/null 2>"$data/log" &
    server=$!
    trap 'kill $server 2>/dev/null || true; wait $server || true; rm -rf "$data"' EXIT
    local line log
    exec {log}<"$data/log"
    address=
    while [ -z "$address" ] && read -r line <&"$log"; do
        echo "$line"
        [[ $line =~ 'ready address="'([^\"]+)'"' ]] && address=${BASH_REMATCH[1]}
    done
    [ -n "$address" ] || exit 1
    cat <&"$log" >"$1" &
}

# Sets `venv`: a virtual environment in the folder $1, or VESTIBULE_VENV, with what the requirements $2 name, from PyPI.
prepare_venv() {
    venv=${VESTIBULE_VENV:-$1/venv}
    cmp -s "$2" "$venv/requirements.txt" && return
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$2"
    cp "$2" "$venv/"
}
