#!/usr/bin/env bash
# Writes the list of simplifications, as the code states them, behind the heading "Abridged" of ARCHITECTURE.md.
# With --check it only says whether the list is current.
set -euo pipefail
cd "$(dirname "$0")/.."
list() {
  grep -rn 'Abridged:' src --include='*.ts' | LC_ALL=C sort -t: -k1,1 -k2,2n |
    sed -E 's/^(src\/[^:]+):[0-9]+:.*Abridged: *(.*)$/- `\1`: \2/; s/ *\*\/ *$//'
}
fresh=$(sed '/^## Abridged$/,$d' ARCHITECTURE.md; printf '## Abridged\nEach stands in the code as `Abridged:` where it is made (its first line here). `npm run abridged` writes this list.\n\n'; list)
if [ "${1:-}" = --check ]; then
  [ "$fresh" = "$(cat ARCHITECTURE.md)" ] || { echo 'ARCHITECTURE.md: the list of simplifications is old: npm run abridged'; exit 1; }
  [ -n "$(list)" ] || { echo 'no simplification found: is the script right?'; exit 1; }
else
  printf '%s\n' "$fresh" > ARCHITECTURE.md
fi
