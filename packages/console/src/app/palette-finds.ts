import { batch, type ReadonlySignal, useSignal, useSignalEffect } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { type AnswerOf, CallError, call, type Problem } from '../api/call.ts'
import type { IconName } from '../design/icon.tsx'
import { lookOf } from '../design/state.tsx'
import { membersOf } from '../feed/members.ts'
import { nameOfProject, projectInSight } from '../feed/projects.ts'
import type { To } from '../route/route.ts'
import { pagesOfMe } from './pages.ts'

/** Something of the server's that the palette leads to. */
export interface Find {
  readonly id: string
  /** What it is, and what tells it from others of that name. */
  readonly group: string
  readonly title: string
  readonly icon: IconName
  readonly to: To
}

/** What was found by the words so far. */
export interface Finds {
  readonly found: ReadonlySignal<readonly Find[]>
  /** Whether there may be more to come. */
  readonly isLooking: ReadonlySignal<boolean>
  /** Why something could not be looked through. */
  readonly problem: ReadonlySignal<Problem | undefined>
}

type Run = AnswerOf<'GET /runs'>['items'][number]

/** Shorter words are of too many things. */
const LEAST_TYPED = 2
/** While somebody types on, nothing is asked. */
const PAUSE_MS = 150
/** Most of each kind that are shown. */
const MOST_OF_KIND = 8
/** So many of the newest runs are looked through. */
const MOST_RUNS = 200

/**
 * Finds runs, people of the project in sight, and tasks by words, as far as whoever works here may see them. What is found comes behind
 * what was, so that nothing moves under a chosen line.
 */
export function useFinds(words: ReadonlySignal<string>): Finds {
  const found = useSignal<readonly Find[]>([])
  const isLooking = useSignal(false)
  const problem = useSignal<Problem | undefined>(undefined)
  const sources = useRef<readonly Source[]>(undefined)
  useSignalEffect(() => {
    const typed = words.value.trim()
    batch(() => {
      found.value = []
      problem.value = undefined
      isLooking.value = typed.length >= LEAST_TYPED
    })
    if (typed.length < LEAST_TYPED) return
    let isLatest = true
    const look = async (source: Source): Promise<void> => {
      try {
        const more = await source(typed)
        if (isLatest) found.value = [...found.peek(), ...more.slice(0, MOST_OF_KIND)]
      } catch (error) {
        if (!(error instanceof CallError)) throw error
        if (isLatest) problem.value = error.problem
      }
    }
    const timer = setTimeout(async () => {
      sources.current ??= sourcesOfMe()
      await Promise.all(sources.current.map(look))
      if (isLatest) isLooking.value = false
    }, PAUSE_MS)
    return () => {
      isLatest = false
      clearTimeout(timer)
    }
  })
  return { found, isLooking, problem }
}

type Source = (typed: string) => Promise<readonly Find[]>

/** A role is asked for nothing that it may not read. */
function sourcesOfMe(): readonly Source[] {
  const mine = pagesOfMe()
  return [
    ...(mine.includes('run') ? [runsSource()] : []),
    ...(mine.includes('people') ? [peopleSource()] : []),
    ...(mine.includes('tasks') ? [tasksSource] : []),
  ]
}

function runsSource(): Source {
  const runs = readOnce(async () => (await call('GET /runs', { query: { limit: MOST_RUNS } })).items)
  return async (typed) => {
    const isNamed = ({ runId, config }: Run): boolean =>
      runId === typed.toLowerCase() || isIn([nameOf({ config }), ...config.models].join(' '), typed)
    return (await runs()).filter(isNamed).map((run) => ({
      id: `run-${run.runId}`,
      group: ['run', lookOf('run', run.status).word, nameOfProject(run.projectId)]
        .filter(Boolean)
        .join(' · '),
      title: `${nameOf(run)}: ${run.config.models.join(', ')}`,
      icon: 'runs',
      to: { page: 'run', item: run.runId },
    }))
  }
}

const nameOf = ({ config: { definitionSnapshot } }: Pick<Run, 'config'>): string =>
  `${definitionSnapshot.name} v${definitionSnapshot.version}`

function peopleSource(): Source {
  const project = projectInSight.peek()
  if (project === undefined) return async () => []
  const members = readOnce(() => membersOf(project))
  return async (typed) =>
    (await members())
      .filter(({ userId, displayName }) => userId === typed.toLowerCase() || isIn(displayName, typed))
      .map(({ userId, displayName }) => ({
        id: `person-${userId}`,
        group: ['person', nameOfProject(project)].filter(Boolean).join(' · '),
        title: displayName,
        icon: 'people',
        to: { page: 'people', project, item: userId },
      }))
}

const tasksSource: Source = async (typed) => {
  const { items } = await call('GET /tasks', { query: { q: typed, limit: MOST_OF_KIND } })
  return items.map(({ taskId, externalId, status, projectId }) => ({
    id: `task-${taskId}`,
    group: ['task', status && lookOf('task', status).word, nameOfProject(projectId)]
      .filter(Boolean)
      .join(' · '),
    title: externalId ?? `…${taskId.slice(-8)}`,
    icon: 'tasks',
    to: { page: 'task', item: taskId },
  }))
}

/** Reads something when it is first needed, and again if that failed. */
function readOnce<Value>(read: () => Promise<Value>): () => Promise<Value> {
  let reading: Promise<Value> | undefined
  return () => {
    reading ??= read().catch((error: unknown) => {
      reading = undefined
      throw error
    })
    return reading
  }
}

const isIn = (text: string, typed: string): boolean => text.toLowerCase().includes(typed.toLowerCase())
