import { type ReadonlySignal, signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { type Channel, connection, follow, type Hearing, type WireEvent } from './follow.ts'
import { countHeld, held } from './hold.ts'
import { type Postponed, postponed } from './later.ts'
import { Pace } from './pace.ts'

/** What a page follows, and what it makes of it. */
interface Live {
  /** Channels that are heard; undefined ones are left out. */
  readonly channels: readonly (Channel | undefined)[]
  /** Reads what is shown, at the beginning and whenever something may have been missed. */
  readonly read: () => unknown
  /** Takes what happened since the last time, in order. What has the same key was put in place of what came before. */
  readonly apply?: (batch: readonly WireEvent[]) => void
  /** Facts and signals of which only the latest matters, by what they are of. Facts without a key are all applied. */
  readonly keyOf?: (event: WireEvent) => string | undefined
  readonly queueUpdated?: Hearing['queueUpdated']
  readonly stepProgressed?: Hearing['stepProgressed']
}

type Queue = Parameters<NonNullable<Hearing['queueUpdated']>>[0]
type Step = Parameters<NonNullable<Hearing['stepProgressed']>>[0]
/** What is put aside for the next batch. */
interface Aside {
  readonly event?: WireEvent
  readonly queue?: Queue
  readonly step?: Step
}

/** A batch of more is what was missed, and is being caught up with. */
const MANY = 200
/** A page that hears soon reads once, after that; one that is not connected yet reads at once, and again when it hears. */
const DEAF_MS = 100

const isCatchingUp = signal(false)

/** Whether much that was missed is being applied. */
export const catchingUp: ReadonlySignal<boolean> = isCatchingUp

/**
 * Follows channels for as long as a component is there. What comes is applied in batches, at most one each 100 ms, and none while the
 * tab is hidden or what is shown is held. `of` says what the page is of: another begins anew.
 */
export function useLive(of: string, live: Live): void {
  const latest = useRef(live)
  latest.current = live
  useEffect(() => {
    const { channels, keyOf } = latest.current
    let isOver = false
    let isHeard = 0
    let hasRead = false
    let isReading = false
    let isDue = false
    const readInTurn = async (): Promise<void> => {
      isDue = isReading
      if (isReading) return
      isReading = true
      try {
        do {
          isDue = false
          await latest.current.read()
        } while (isDue && !isOver)
      } finally {
        isReading = false
      }
    }
    // What was asked for first is shown first, also if it must be read once more.
    const read = (): void => {
      hasRead = true
      if (!isOver) void readInTurn()
    }
    const pace = new Pace<Aside>({
      apply: (batch) => {
        isCatchingUp.value = batch.length > MANY
        const events = batch.flatMap(({ event }) => event ?? [])
        if (events.length > 0) latest.current.apply?.(events)
        for (const { queue, step } of batch) {
          if (queue) latest.current.queueUpdated?.(queue)
          if (step) latest.current.stepProgressed?.(step)
        }
      },
      tooMany: read,
    })
    const put = (event: WireEvent): void => {
      if (held.peek() !== undefined) countHeld(1)
      const key = keyOf?.(event)
      pace.put({ event }, key && `event ${key}`)
    }
    const heardAll = channels.filter((channel) => channel !== undefined)
    const stops = heardAll.map((channel) =>
      follow(channel, {
        event: put,
        begun: () => {
          isHeard += 1
          if (isHeard === heardAll.length) read()
        },
        anew: read,
        queueUpdated: (queue) => pace.put({ queue }, `queue ${queue.projectId}`),
        stepProgressed: (step) => pace.put({ step }, `step ${step.itemId}`),
        // What may not be heard is read all the same: the answer says why.
        closed: () => {
          isHeard += 1
          if (isHeard === heardAll.length && !hasRead) read()
        },
      }),
    )
    if (heardAll.length === 0) read()
    const deaf = setTimeout(
      () => {
        if (!hasRead) read()
      },
      connection.peek().kind === 'live' ? DEAF_MS : 0,
    )
    const still = (): void =>
      pace.standStill(document.visibilityState === 'hidden' || held.peek() !== undefined)
    document.addEventListener('visibilitychange', still)
    const stopHeld = held.subscribe(still)
    return () => {
      isOver = true
      clearTimeout(deaf)
      for (const stop of stops) stop()
      document.removeEventListener('visibilitychange', still)
      stopHeld()
      pace.stop()
    }
  }, [of])
}

/**
 * Reads again soon after facts that say that figures have moved: at most once in that many ms, and not while what is shown is held,
 * unless it is about a deed of this person's.
 */
export function useLater(act: () => unknown, ms = 1_000, whileHeld = false): () => void {
  const latest = useRef(act)
  latest.current = act
  const put = useRef<Postponed>(undefined)
  put.current ??= postponed(() => latest.current(), ms, whileHeld ? NEVER : held)
  useEffect(() => put.current?.stop, [])
  return put.current.ask
}

const NEVER = signal(undefined)
