import { pgModule } from '@muster/adapters-pg'
import type { NewCalibration } from '@muster/core/evaluation'
import { createMuster, silentLogger } from '@muster/host'
import { twoRuns } from './compare.ts'
import { openServer } from './databases.ts'
import { keep, machine, printSeries, roundsWished, seriesOf } from './rounds.ts'

const UNITS = (process.env['UNITS'] ?? '10000,100000').split(',').map(Number)
const BUDGET = Number(process.env['BUDGET'] ?? 500)
const DRAWN_BAR_MS = 5_000
const READ_BAR_MS = 300

const RIGHT = {
  name: 'right',
  title: 'Is it right?',
  show: [{ name: 'text', as: 'text' as const, at: '/result/text' }],
  questions: [{ id: 'right', type: 'yesNo' as const, title: 'Right' }],
}

interface Round {
  readonly drawnMs: number
  readonly readMs: number
  readonly cpuMs: number
}

/** A sample drawn from all units of a run with its tasks made, and an estimate read, on Postgres. */
export async function calibrate(): Promise<void> {
  const server = await openServer()
  try {
    const figures: { readonly units: number; readonly rounds: Round[] }[] = []
    for (const units of UNITS) {
      const connectionString = await server.database()
      const muster = await createMuster({ modules: [pgModule({ connectionString })], logger: silentLogger })
      const { projectId, runs } = await twoRuns(muster, connectionString, units)
      const { workflowId } = await muster.workflows.add({
        name: 'right',
        steps: [{ stepId: 'label', stepType: 'annotation', form: RIGHT }],
      })
      const people = await muster.projects.add({ name: 'People', workflowId })
      const asked: NewCalibration = {
        runId: runs[0],
        models: ['model-1'],
        judge: { type: 'value', at: '/score' },
        range: [0, 1],
        truth: { projectId: people.projectId, question: 'right' },
        budget: BUDGET,
      }
      const rounds: Round[] = []
      for (let seed = 0; seed < roundsWished(); seed++) {
        const [startedAt, cpu] = [performance.now(), process.cpuUsage()]
        const { calibrationId, waiting } = await muster.calibrations.start(projectId, { ...asked, seed })
        const drawnMs = performance.now() - startedAt
        const { user, system } = process.cpuUsage(cpu)
        if (waiting !== BUDGET) throw new Error(`${waiting} tasks were made, not ${BUDGET}`)
        const readAt = performance.now()
        await muster.calibrations.get(calibrationId)
        rounds.push({ drawnMs, readMs: performance.now() - readAt, cpuMs: (user + system) / 1_000 })
      }
      figures.push({ units, rounds })
      await muster.close()
    }
    const series = (of: (round: Round) => number) =>
      figures.map(({ units, rounds }) => seriesOf(`${units} units, ${BUDGET} drawn`, rounds.map(of)))
    printSeries(
      `drawn, and tasks made: bar ${DRAWN_BAR_MS} ms`,
      'ms',
      series(({ drawnMs }) => drawnMs),
    )
    printSeries(
      'of this process’s CPU',
      'ms',
      series(({ cpuMs }) => cpuMs),
    )
    printSeries(
      `an estimate read: bar ${READ_BAR_MS} ms`,
      'ms',
      series(({ readMs }) => readMs),
    )
    keep('calibrate', { machine: machine(server.version), figures })
  } finally {
    await server.stop()
  }
}
