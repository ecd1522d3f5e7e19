import type { ProjectId } from '../ids.ts'
import type { Json } from '../json/json.ts'

/** Where what concerns the whole system is broadcast, such as a pause of all queues. */
export const SYSTEM_TOPIC = 'muster.system'

/** Where a project's signals are broadcast: latest states, as { signals: [{ type, data }] }, droppable. */
export function signalTopic(projectId: ProjectId): string {
  return `muster.signals.${projectId}`
}

/** A message of a {@link hintTopic}: where to look, never what is there. */
export type Hint = 'facts' | 'presence' | 'queue'

/** The message of a {@link hintTopic} that says how many places on tasks came to be free, by type of step. A process that knows no such message looks for facts. */
export function openedHint(counts: Readonly<Record<string, number>>): Json {
  return { opened: { ...counts } }
}

/** How many came to be free, by type of step, if the message says so. */
export function openedIn(message: Json): ReadonlyMap<string, number> | undefined {
  if (!isRecord(message)) return undefined
  const opened = message['opened']
  if (opened === undefined || !isRecord(opened)) return undefined
  return new Map(Object.entries(opened).flatMap(([type, n]) => (typeof n === 'number' ? [[type, n]] : [])))
}

/** Where is said that there is something new to be read of a project. */
export function hintTopic(projectId: ProjectId): string {
  return `muster.hints.${projectId}`
}

/** Kinds of states of which only the latest counts. */
export const SIGNAL_TYPES = [
  'queue_count_changed',
  'position_updated',
  'run_progress',
  'run_escalation',
  'step_progress',
  'job_started',
  'job_completed',
  'job_retried',
  'presence_update',
  'queue_paused',
  'queue_resumed',
  'agreement_updated',
  'operation_progress',
  'calibration_progress',
  'import_progress',
  'export_progress',
  'task_opened',
  'process_reported',
  'limit_changed',
] as const
/** Signals by name. */
export type SignalType = (typeof SIGNAL_TYPES)[number]

/** A state that was true a moment ago. */
export interface Signal {
  readonly type: SignalType
  /** null: of the whole system. */
  readonly projectId: ProjectId | null
  readonly data: { readonly [field: string]: Json }
}

/** The key of the state that the signal has: one key keeps one signal. */
export function signalKey({ type, projectId, data }: Signal): string {
  switch (type) {
    case 'job_started':
    case 'job_completed':
    case 'job_retried':
      return `job ${data['itemId'] as string}`
    case 'step_progress':
      return `step ${data['itemId'] as string}`
    case 'run_progress':
      return `run ${data['runId'] as string}`
    case 'run_escalation':
      return `escalation ${data['runId'] as string}`
    case 'presence_update':
      return `presence ${projectId} ${data['userId'] as string}`
    case 'queue_paused':
    case 'queue_resumed':
      return 'system'
    case 'agreement_updated':
      return `agreement ${projectId} ${data['stepId'] as string} ${data['question'] as string}`
    case 'operation_progress':
      return `operation ${data['operationId'] as string}`
    case 'calibration_progress':
      return `calibration ${data['calibrationId'] as string}`
    case 'import_progress':
      return `import ${data['importId'] as string}`
    case 'export_progress':
      return `export ${data['exportId'] as string}`
    case 'task_opened':
      return `opened ${projectId} ${data['stepType'] as string}`
    case 'process_reported':
      return `process ${data['processId'] as string}`
    case 'limit_changed':
      return `limit ${projectId} ${data['key'] as string}`
    case 'queue_count_changed':
    case 'position_updated':
      return `${type} ${projectId}`
  }
}

/** The signals of a broadcast message that are signals; a message of another version may hold what this one does not know. */
export function signalsIn(message: Json, projectId: ProjectId | null): Signal[] {
  const list = isRecord(message) && Array.isArray(message['signals']) ? message['signals'] : [message]
  return list.flatMap((one: Json) => {
    if (!isRecord(one) || !isRecord(one['data'] ?? null)) return []
    const type = SIGNAL_TYPES.find((known) => known === one['type'])
    return type === undefined ? [] : [{ type, projectId, data: one['data'] as Signal['data'] }]
  })
}

function isRecord(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
