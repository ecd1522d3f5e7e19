import { SequentialIds, VirtualClock } from '@muster/testing'
import {
  askStoreContract,
  budgetStoreContract,
  calibrationStoreContract,
  comparisonStoreContract,
  definitionStoreContract,
  escalationStoreContract,
  flowStoreContract,
  inWorld,
  jobStoreContract,
  matrixStoreContract,
  rateStoreContract,
  remoteWorkerContract,
  runLinkStoreContract,
  runStoreContract,
  usageStoreContract,
} from '@muster/testing/suites'
import { expect, it } from 'vitest'
import { MemoryPersistence } from '../memory-persistence.ts'

async function open() {
  const clock = new VirtualClock()
  const persistence = new MemoryPersistence({ clock, ids: new SequentialIds() })
  return { persistence, clock, close: () => persistence.close() }
}

askStoreContract('MemoryAskStore', open)
calibrationStoreContract('MemoryCalibrationStore', open)
comparisonStoreContract('MemoryComparisonStore', open)
definitionStoreContract('MemoryDefinitionStore', open)
runStoreContract('MemoryRunStore', open)
runLinkStoreContract('MemoryRunLinkStore', open)
matrixStoreContract('MemoryMatrixStore', open)
rateStoreContract('MemoryRateStore', open)
remoteWorkerContract('MemoryRemoteWorkerStore', open)
usageStoreContract('MemoryUsageStore', open)
budgetStoreContract('MemoryBudgetStore', open)
escalationStoreContract('MemoryEscalationStore', open)
flowStoreContract('MemoryFlowStore', open)
jobStoreContract('MemoryJobStore', open, { worlds: 200 })

it('says of each cancelled job when it was, though nothing was tidied between two clears', async () => {
  await inWorld(open, async (world) => {
    const projectId = await world.project()
    const first = await world.looseOne(projectId)
    const at = world.clock.now()
    await world.clear(projectId)
    await world.clock.advance(1_000)
    const second = await world.looseOne(projectId)
    await world.clear(projectId)
    expect((await world.job(first)).finishedAt).toEqual(at)
    expect((await world.job(second)).finishedAt).toEqual(world.clock.now())
  })
})
