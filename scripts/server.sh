# For scripts that try something on a server of their own: `source` this, then `parse_options "$@"`, `build`, `start_server LOG`.
# shellcheck shell=bash

# --long: a hundred examples an operation instead of $1. --examples N: as many. --release: the server as it is released.
# Sets `examples`, `program` and `arguments`, the rest.
parse_options() {
    examples=$1 profile=debug build=(--quiet --bin vestibule)
    shift
    while :; do
        case ${1:-} in
        --long) examples=100 ;;
        --examples)
            examples=$2
            shift
            ;;
        --release) build+=(--release) profile=release ;;
        *) break ;;
        esac
        shift
    done
    arguments=("$@")
    target=${CARGO_TARGET_DIR:-$PWD/target}
    program=$target/$profile/vestibule
}

# A fresh server on a free port; it ends with the script. Sets `address`, `token` and `data`, a folder that is deleted in
# the end.
start_server() {
    data=$(mktemp -d)
    mkfifo "$data/log"
    token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    VESTIBULE_BOOTSTRAP_TOKEN=$token \
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
