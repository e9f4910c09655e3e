#!/usr/bin/env bash
# The demonstration in two processes, and in a third on the newest LTS that npm offers: one digest.
set -euo pipefail
cd "$(dirname "$0")/.."

digest() { "$@" dist/cli/main.js run -f examples/shop --for 5m --fault 'crash node-2 at 2m for 1m' --fault 'kill etcd-leader at 3m' --control-plane 3 --nodes 5 --json | sed 's/.*"digest":"\([0-9a-f]*\)".*/\1/'; }

first=$(digest node || true)
second=$(digest node || true)
[ -n "$first" ] && [ "$first" = "$second" ] || { echo "two processes differ: $first $second"; exit 1; }

newest=$(scripts/newest-node.sh)
if [ -n "$newest" ]; then
  third=$(digest "$newest" || true)
  [ "$first" = "$third" ] || { echo "Node $(node --version) and 24 differ: $first $third"; exit 1; }
  echo "one digest on $(node --version) (twice) and on $("$newest" --version): $first"
else
  echo "one digest on $(node --version) (twice); no second Node for this platform: $first"
fi
