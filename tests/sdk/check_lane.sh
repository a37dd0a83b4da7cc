#!/usr/bin/env bash
# check_lane.sh LANE PLUGIN EXAMPLES SCRIPT - runs a script on the example rule set, for people and as JSON, and shows that
# a failed expectation is an exit code.
set -euo pipefail
lane=$1 plugin=$2 examples=$3 script=$4
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat >"$folder/xsell.json" <<JSON
{ "data_folder": "$folder/data", "store": "0217", "lane": "3", "language": "en", "currency": "EUR", "time_zone": "Europe/Berlin",
  "local_rules": { "rules": "$examples/store.rules.json", "items": "$examples/store.items.json" } }
JSON
run() { "$lane" --plugin "$plugin" --config "$folder/xsell.json" --items "$examples/store.items.json" "$@"; }

run --script "$script"
rm -rf "$folder/data"
run --script "$script" --json >"$folder/json" || { cat "$folder/json" >&2; exit 1; }
grep -q '"event":"line_added".*"prompts":\[{.*"operator_text":"' "$folder/json"
grep -q '"event":"stats".*"on_event":{"count":' "$folder/json"
if grep -o '"status":"[a-z_]*"' "$folder/json" | grep -v '"ok"'; then
  echo "an event was refused" >&2
  exit 1
fi

if printf 'wait ready 10\nscan LAPTOP-1\nexpect prompt NOTHING\n' | run --script - >"$folder/out"; then
  echo "a failed expectation must be an exit code" >&2
  exit 1
fi
grep -q '^stdin:3: expected a prompt for NOTHING' "$folder/out"
