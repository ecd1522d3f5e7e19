import { plant } from './plant.ts'

// The status of a run is that of one moment, and its counts are those of another.
plant({
  from: 'read: (work) => persistence.snapshot((stores) => work(readingFrom(stores, this.#deps))),',
  to: `read: (work) => {
        const { runs } = now
        const listLive = async (...asked) => {
          const live = await runs.listLive(...asked)
          await new Promise((resolve) => setTimeout(resolve, 30))
          const later = await runs.findMany(live.map(({ runId }) => runId))
          return live.map((run) => ({ ...run, tallies: later.find(({ runId }) => runId === run.runId)?.tallies ?? run.tallies }))
        }
        return work({ ...now, runs: { listLive, list: (...asked) => runs.list(...asked), findMany: (...asked) => runs.findMany(...asked) } })
      },`,
})
