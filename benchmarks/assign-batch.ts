import { ClaimWorld } from './claim-world.ts'
import { openServer } from './databases.ts'
import { alternate, keep, machine, printSeries, roundsWished } from './rounds.ts'

const OPEN = Number(process.env['OPEN'] ?? 10_000)
const PEOPLE = 1_000
/** Of everybody: together as many as there are tasks. */
const LIMIT = 10
/** Pushes of a round; more would take minutes and say the same. */
const PUSHES = Number(process.env['PUSHES'] ?? 400)
const CLIENTS = 20

/** S6: a project's open work in one decision, with all rules ÷ pushes one by one, by one caller and by twenty; beside the bare insert of the assignments alone. */
export async function assignBatch(): Promise<void> {
  const server = await openServer()
  const world = await ClaimWorld.on(server, PEOPLE, LIMIT)
  try {
    const placed: number[] = []
    const perSecond = await alternate(
      [
        {
          name: 'assignBatch',
          once: async () => {
            await world.fill({ open: OPEN })
            const start = performance.now()
            const { assigned } = await world.engine().assignBatch({ projectId: world.projectId, limit: OPEN })
            const ms = performance.now() - start
            placed.push(assigned)
            await world.verify(assigned)
            return (1_000 * assigned) / ms
          },
        },
        { name: 'pushes one by one', once: () => pushes(world, 1) },
        { name: `pushes by ${CLIENTS} callers at once`, once: () => pushes(world, CLIENTS) },
        { name: 'bare insert of the assignments', once: () => bare(world) },
      ],
      roundsWished(),
    )
    printSeries(
      `assign-batch: ${OPEN.toLocaleString('en')} open tasks, ${PEOPLE.toLocaleString('en')} people`,
      'tasks/s',
      perSecond,
    )
    console.log(`  placed: ${placed.join(', ')} of ${OPEN}`)
    keep('assign-batch', {
      machine: machine(server.version),
      open: OPEN,
      people: PEOPLE,
      limit: LIMIT,
      placed,
      perSecond,
    })
  } finally {
    await world.close()
    await server.stop()
  }
}

async function pushes(world: ClaimWorld, callers: number): Promise<number> {
  await world.fill({ open: OPEN })
  const works = await world.persistence.stores.tasks.listOpenWork(world.projectId, PUSHES)
  const engine = world.engine()
  const start = performance.now()
  await Promise.all(
    Array.from({ length: callers }, async () => {
      for (let work = works.shift(); work; work = works.shift())
        await engine.assign({ taskId: work.task.taskId })
    }),
  )
  const perSecond = (1_000 * PUSHES) / (performance.now() - start)
  await world.verify(PUSHES)
  return perSecond
}

async function bare(world: ClaimWorld): Promise<number> {
  await world.fill({ open: OPEN })
  const start = performance.now()
  await world.pool.query(BARE, [world.people])
  return (1_000 * OPEN) / (performance.now() - start)
}

const BARE = `
  insert into assignment (assignment_id, task_id, project_id, step_id, step_type, user_id, slot_no, status, attempt, version, assigned_at, expires_at)
  select gen_random_uuid(), task_id, project_id, current_step_id, 'annotation', ($1::uuid[])[1 + row_number() over () % cardinality($1::uuid[])], 1,
    'assigned', 1, 1, now(), now() + interval '1 hour'
  from task where status = 'open'`
