#!/usr/bin/env bash
# The tests of clients with @kubernetes/client-node 2 on the newest LTS of Node, which it needs; package.json has version 1.
set -euo pipefail
cd "$(dirname "$0")/.."
client=@kubernetes/client-node@2.0.1

node=$(scripts/newest-node.sh)
[ -n "$node" ] || { echo "skipped: no Node 24 to fetch for $(uname -sm)"; exit; }
# Beside what the lockfile names, which stays as it is.
grep -qs "\"version\": \"${client##*@}\"" .cache/client-node-2/node_modules/@kubernetes/client-node/package.json ||
  npm install --prefix .cache/client-node-2 --no-save --no-package-lock --no-audit --no-fund --loglevel=error "$client"

export CLIENT_NODE=.cache/client-node-2/node_modules/@kubernetes/client-node
exec "$node" node_modules/vitest/vitest.mjs run \
  test/server/client-node.test.ts test/server/in-process
