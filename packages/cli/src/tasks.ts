import type { MusterClient } from '@muster/client'
import { EXIT, UsageError } from './command-error.ts'
import { jsonIn, jsonOf } from './files.ts'
import type { TaskAddOptions } from './options.ts'

const WANTED =
  'must hold a JSON list of tasks, or an object with one as `tasks`; `muster import` reads other files'

/** `muster task add`: one task by its payload, or those of a file. Exits with 1 if one is there with another payload. @throws CommandError */
export async function addTasks(
  muster: MusterClient,
  projectId: string,
  options: TaskAddOptions,
  say: (words: string) => void,
): Promise<{ readonly told: object; readonly exitCode: number }> {
  const { file } = options
  if ((file === undefined) === (options.payload === undefined))
    throw new UsageError('Give the task as --payload, or tasks as --file')
  const tasks = file === undefined ? [oneOf(options)] : listIn(file, await jsonOf(file, WANTED))
  // The server says of each place whether it may be so.
  const told = await muster.tasks.add(projectId, { tasks: tasks as never, onConflict: 'skip' })
  const changed = told.existing.filter(({ differs }) => differs)
  say(`${told.items.length} made, ${told.existing.length - changed.length} there already`)
  for (const each of changed)
    say(
      `tasks[${each.index}]: ${each.externalId} is there with another payload or known answer, and stays as it is`,
    )
  return { told, exitCode: changed.length === 0 ? 0 : EXIT.no }
}

function oneOf({ payload, externalId, priority }: TaskAddOptions): object {
  let read: unknown
  try {
    read = jsonIn(payload ?? '')
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(`--payload ${error.message}`)
    throw new UsageError(`--payload must be JSON, not ${payload}`)
  }
  const rank = priority === undefined ? undefined : Number(priority)
  if (rank !== undefined && !Number.isInteger(rank))
    throw new UsageError(`--priority must be a whole number, not ${priority}`)
  return {
    payload: read,
    ...(externalId !== undefined && { externalId }),
    ...(rank !== undefined && { priority: rank }),
  }
}

/** A list of tasks, or an object that has one as `tasks`. */
function listIn(file: string, value: unknown): readonly unknown[] {
  const tasks: unknown = Array.isArray(value) ? value : Reflect.get(Object(value), 'tasks')
  if (Array.isArray(tasks)) return tasks
  throw new UsageError(`${file} ${WANTED}`)
}
