import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { CallError, call, type Problem } from '../api/call.ts'
import { Button } from '../design/button.tsx'
import { Confirm } from '../design/confirm.tsx'
import { Loading } from '../design/loading.tsx'
import { isNarrow } from '../design/narrow.ts'
import { PageHead } from '../design/page-head.tsx'
import { type Look, State } from '../design/state.tsx'
import { Trouble } from '../design/trouble.tsx'
import { useLater, useLive } from '../feed/live.ts'
import { useReading } from '../feed/reading.ts'
import { ratesAndCauses, type Setup, typeRows, unattendedWords } from './data.ts'
import { ProcessTable } from './process-table.tsx'
import { SetupPanel } from './setup-panel.tsx'
import './system.css'
import { TypeTable } from './type-table.tsx'
import { Users } from './users.tsx'
import { BACKENDS, WORDS } from './words.ts'

/** Figures move many times a second; they are read again this much later. */
const LATER_MS = 2_000

/** All of Muster for its admins: whether it runs, on what, which processes there are and what they do. */
export function Page(): VNode {
  const queue = useReading(() => call('GET /system/queue', {}))
  const processes = useReading(() => call('GET /system/processes', {}))
  const setup = useReading(() => call('GET /system', {}))
  const past = useReading(() => ratesAndCauses(Date.now()))
  const isAsking = useSignal(false)
  const refusal = useSignal<Problem | undefined>(undefined)
  const all = [queue, processes, setup, past]
  const again = async (): Promise<void> => {
    await Promise.all(all.map((reading) => reading.again()))
  }
  const later = useLater(again, LATER_MS)
  useLive('system', {
    channels: ['admin'],
    read: again,
    keyOf: ({ type }) => type,
    apply: (batch) => {
      const pausing = batch.some(({ type }) => type === 'queue_paused' || type === 'queue_resumed')
      if (pausing) void queue.again()
      later()
    },
    queueUpdated: later,
  })
  const setPaused = async (deed: 'pause' | 'resume'): Promise<void> => {
    queue.put(await call(`POST /system/queue/${deed}`, { body: {} }))
  }
  const resume = async (): Promise<void> => {
    refusal.value = undefined
    try {
      await setPaused('resume')
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      refusal.value = error.problem
    }
  }
  const problem = all.map((reading) => reading.problem.value).find((each) => each !== undefined)
  const stands = queue.value.value
  const known = processes.value.value
  const rows =
    stands && known && past.value.value
      ? typeRows({ queue: stands, processes: known, ...past.value.value })
      : undefined
  const isLoading = all.some(({ value }) => value.value === undefined) && problem === undefined
  return (
    <main class="page-panels system" tabIndex={-1}>
      <PageHead
        title={WORDS.title}
        state={
          <>
            {stands !== undefined && <State look={stands.paused ? PAUSED : RUNNING} isPill />}
            {setup.value.value !== undefined && <Health setup={setup.value.value} />}
          </>
        }
      >
        {stands !== undefined &&
          (stands.paused ? (
            <Button icon="runs" onClick={() => void resume()}>
              {WORDS.resume}
            </Button>
          ) : (
            <Button icon="pause" onClick={() => (isAsking.value = true)}>
              {WORDS.pause}
            </Button>
          ))}
      </PageHead>
      {refusal.value !== undefined && <Trouble problem={refusal.value} isInline />}
      {problem !== undefined && <Trouble problem={problem} onAgain={() => void again()} />}
      {isLoading && <Loading rows={8} />}
      {rows !== undefined && <Unattended sentences={unattendedWords(rows, known?.processes ?? [])} />}
      {!isNarrow.value && (
        <div class="system-panels">
          {known !== undefined && <ProcessTable processes={known.processes ?? []} />}
          {rows !== undefined && <TypeTable rows={rows} />}
          {setup.value.value !== undefined && <SetupPanel setup={setup.value.value} />}
          {!isLoading && <Users />}
        </div>
      )}
      {isAsking.value && (
        <Confirm
          title={WORDS.pauseTitle}
          deed={WORDS.pauseDeed}
          isDanger
          act={() => setPaused('pause')}
          onClose={() => (isAsking.value = false)}
        >
          <p>{WORDS.pauseSays}</p>
        </Confirm>
      )}
    </main>
  )
}

const RUNNING: Look = { shape: 'arc', word: WORDS.running, tone: 'active' }
const PAUSED: Look = { shape: 'bars', word: WORDS.paused, tone: 'wait' }

/** How each backend is, in a word beside its name. */
function Health({ setup: { checks } }: { readonly setup: Setup }): VNode {
  return (
    <ul class="health">
      {Object.entries(checks).map(([name, health]) => (
        <li key={name}>
          <State
            look={
              health === 'ok'
                ? { shape: 'check', word: `${BACKENDS[name] ?? name} ok`, tone: 'done' }
                : { shape: 'cross', word: `${BACKENDS[name] ?? name} away`, tone: 'failed' }
            }
          />
        </li>
      ))}
    </ul>
  )
}

function Unattended({ sentences }: { readonly sentences: readonly string[] }): VNode {
  return (
    <div role="status">
      <ul class="unattended">
        {sentences.map((sentence) => (
          <li key={sentence}>
            <State look={{ shape: 'mark', word: sentence, tone: 'failed' }} />
          </li>
        ))}
      </ul>
    </div>
  )
}
