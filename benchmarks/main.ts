import { claim } from './claim.ts'
import { drain } from './drain.ts'
import { progress } from './progress.ts'
import { startRun } from './start-run.ts'
import { strategies } from './strategies/main.ts'

const BENCHMARKS: Readonly<Record<string, () => Promise<void>>> = {
  'start-run': startRun,
  drain,
  progress,
  claim,
  strategies,
}

const [name = ''] = process.argv.slice(2)
const benchmark = BENCHMARKS[name]
if (!benchmark) {
  console.error(`There is no benchmark "${name}". There are: ${Object.keys(BENCHMARKS).join(', ')}`)
  process.exit(2)
}
await benchmark()
