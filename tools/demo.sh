#!/usr/bin/env bash
# The main job from end to end, as `./dev demo` runs it: starts a server over a new store, sends it
# the sample articles, and asks it over gRPC for a timeline, a relationship, an event's evidence
# and a path.
#
# Usage: tools/demo.sh PATH/TO/entente
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
entente=${1:?usage: tools/demo.sh PATH/TO/entente}

folder=$(mktemp -d)
server_pid=
cleanup() {
  if [ -n "$server_pid" ]; then
    kill -TERM "$server_pid" 2>/dev/null || true
    wait "$server_pid" 2>/dev/null || true
  fi
  rm -rf "$folder"
}
trap cleanup EXIT

# show TEXT COMMAND…: prints a command as a user would type it, and runs it.
show() {
  printf '\n\033[1m$ entente %s\033[0m\n' "$1"
  shift
  "$entente" "$@"
}

"$entente" serve --db "$folder/demo.db" --create --listen 127.0.0.1:0 2>"$folder/server.log" &
server_pid=$!
address=
for _ in $(seq 100); do
  address=$(sed -n 's/.*listening on \([0-9.:]*\).*/\1/p' "$folder/server.log")
  [ -n "$address" ] && break
  kill -0 "$server_pid" 2>/dev/null || break
  sleep 0.1
done
if [ -z "$address" ]; then
  echo "demo: the server did not start:" >&2
  cat "$folder/server.log" >&2
  exit 1
fi
printf 'A server with a new store listens on %s.\n' "$address"
export ENTENTE_SERVER=$address

show "ingest data/samples/*.txt" ingest data/samples/*.txt
show "timeline PRK RUS" timeline PRK RUS
show "relationship USA PRK" relationship USA PRK

# The first arms deal between North Korea and Russia, with the words that it rests on.
deal=$("$entente" timeline PRK RUS --type arms_deal --limit 1 --format csv | sed -n '2s/,.*//p')
[ -z "$deal" ] || show "event $deal" event "$deal"
show 'path "Antony Blinken" "Kim Jong Un"' path "Antony Blinken" "Kim Jong Un"
printf '\nThat was a server, a store and a client. Next: %s --help\n' "$entente"
