import { escalationUseCases } from './escalation/escalation-use-cases.ts'
import { linkUseCases } from './links/link-use-cases.ts'
import { runControls } from './run-controls.ts'
import type { RunDeps } from './run-deps.ts'
import { runReading } from './run-reading.ts'
import { runStarts } from './run-starts.ts'
import type { RunUseCases } from './runs.ts'

/** Starting, steering and reading runs. */
export function runUseCases(deps: RunDeps): RunUseCases {
  const reading = runReading(deps)
  return {
    ...reading,
    ...escalationUseCases({ ...deps, get: reading.get }),
    ...runStarts(deps),
    ...runControls(deps),
    ...linkUseCases({ ...deps, get: reading.get }),
  }
}
