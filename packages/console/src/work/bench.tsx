import type { FormQuestion } from '@muster/core/forms'
import { useComputed, useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { Button } from '../design/button.tsx'
import { Dialog } from '../design/dialog.tsx'
import { laterOver } from '../design/later.tsx'
import { Markdown } from '../design/markdown.tsx'
import { STEP_WORDS } from '../design/words.ts'
import type { Answers } from '../forms/asked.ts'
import type { Around } from '../forms/key-deeds.ts'
import { Marking, spansIn } from '../forms/marking.ts'
import { Question } from '../forms/question.tsx'
import { isDrawnByHost, Renderer } from '../forms/renderer.tsx'
import { Shown } from '../forms/shown.tsx'
import { keyOf } from '../keys/bindings.ts'
import { type Over, useBenchKeys } from './bench-keys.ts'
import { instructionsSeen, sawInstructions } from './instructions.ts'
import type { Item } from './item.ts'
import { Judged } from './judged.tsx'
import { useJudgedForm } from './judged-form.ts'
import { Lease } from './lease.tsx'
import { refusalOf } from './refusal.ts'
import { focusOn, type Shift } from './shift.ts'
import { Undo } from './undo.tsx'
import { WORDS } from './words.ts'

// Seldom asked for, and never first.
const Flag = laterOver(() => import('./flag.tsx').then((part) => part.Flag))
const Skip = laterOver(() => import('./skip.tsx').then((part) => part.Skip))
const Past = laterOver(() => import('./past.tsx').then((part) => part.Past))

interface BenchProps {
  readonly item: Item
  readonly shift: Shift
}

/** An item and what is asked of it, all of it to be done by keys. */
export function Bench({ item, shift }: BenchProps): VNode {
  const { work } = item
  const heading = useRef<HTMLHeadingElement>(null)
  const focusCall = useSignal(0)
  const said = useSignal('')
  const over = useSignal<Over>(
    work.form?.help !== undefined && !instructionsSeen(work.form) ? 'instructions' : 'nothing',
  )
  const around: Around = useMemo(
    () => ({ shown: item.shown, orders: work.presentation?.options ?? {} }),
    [item],
  )
  const markings = useMarkings(item)
  const judged = useJudgedForm(item)
  const reviewed = item.stepType === 'review' ? judged : undefined
  const stop = useComputed(() => item.stops.value[Math.min(item.at.value, item.stops.value.length - 1)])
  const submit = (): void => {
    const outcome = shift.submit()
    said.value = outcome === 'untouched' ? WORDS.untouched : ''
    if (outcome !== 'sent') focusCall.value += 1
  }
  const closeInstructions = (): void => {
    if (work.form) sawInstructions(work.form)
    over.value = 'nothing'
    heading.current?.focus({ preventScroll: true })
  }
  useBenchKeys({ item, over, around, markings, stop, focusCall, submit, shift })
  useEffect(() => {
    if (over.peek() === 'nothing') heading.current?.focus({ preventScroll: true })
  }, [])

  const marking = markings.get(stop.value?.question.id ?? '')
  return (
    <main class="work">
      <header class="work-head">
        <h1 ref={heading} tabIndex={-1}>
          {work.form?.title ?? item.projectName}
        </h1>
        <p class="where">
          {work.form !== null && item.projectName !== '' && <span>{item.projectName}</span>}
          <span>{STEP_WORDS[item.stepType] ?? item.stepType}</span>
        </p>
        <p class="figures">
          {shift.done.value > 0 && <span>{shift.done.value} done</span>}
          <Lease expiresAt={item.expiresAt} />
        </p>
        {work.form?.help !== undefined && (
          <Button
            kind="quiet"
            icon="help"
            keyName={keyOf('instructions')}
            onClick={() => (over.value = 'instructions')}
          >
            {WORDS.instructions}
          </Button>
        )}
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard */}
      <article class="item" tabIndex={0} aria-label="Item">
        {work.assignment.returnComment !== null && (
          <aside class="returned">
            <strong>{WORDS.returned}</strong>
            <p dir="auto">{work.assignment.returnComment}</p>
          </aside>
        )}
        {item.isRendered ? (
          <Renderer
            name={work.form?.name ?? ''}
            title={work.form?.title ?? ''}
            show={work.show}
            answer={item.ofForm()}
            onAnswer={(answers) => item.answerAll(answers)}
          />
        ) : isDrawnByHost(reviewed) ? (
          <Renderer
            name={reviewed.name}
            title={reviewed.title}
            show={work.show}
            answer={(work.submissions.at(-1)?.result ?? {}) as Answers}
          />
        ) : (
          work.show.map((thing) => (
            <Shown
              key={thing.name}
              thing={thing}
              marking={marking?.question.of === thing.name ? marking : undefined}
              spans={spansOn(item, thing.name, marking)}
            />
          ))
        )}
        <Judged
          questions={judged?.questions}
          shown={item.shown}
          submissions={work.submissions}
          contested={work.contested}
          {...(item.stepType === 'adjudication' && {
            onTake: (question: string, answer: unknown) => {
              item.answer(question, answer)
              focusOn(item, question)
            },
          })}
        />
      </article>
      <form class="ask" aria-label="Questions" onSubmit={(event) => event.preventDefault()}>
        <div class="questions">
          {item.drawn.value.map((question, place) => (
            <Question
              key={question.id}
              question={question}
              place={place}
              answer={item.answers.value[question.id]}
              onAnswer={(answer) => item.answer(question.id, answer)}
              around={around}
              marking={markings.get(question.id)}
              faults={item.faults.value.filter((fault) => fault.question === question.id)}
              focused={stop.value?.question.id === question.id}
              criterion={stop.value?.question.id === question.id ? stop.value.criterion : undefined}
              focusCall={focusCall.value}
              onFocus={(criterion) => focusStop(item, question, criterion)}
              contested={work.contested.includes(question.id)}
            />
          ))}
        </div>
        <Send
          item={item}
          shift={shift}
          said={said.value}
          submit={submit}
          onSkip={() => (over.value = 'skip')}
          onFlag={() => (over.value = 'flag')}
          focusCall={focusCall}
        />
      </form>
      {over.value === 'skip' && (
        <Skip
          form={work.form}
          onClose={() => (over.value = 'nothing')}
          onSkip={(code, comment) => refusalOf(() => shift.skip(code, comment))}
        />
      )}
      {over.value === 'past' && <Past shift={shift} onClose={() => (over.value = 'nothing')} />}
      {over.value === 'flag' && <Flag item={item} onClose={() => (over.value = 'nothing')} />}
      {over.value === 'instructions' && work.form !== null && (
        <Dialog title={WORDS.instructions} onClose={closeInstructions}>
          <Markdown text={work.form.help ?? ''} images={false} />
          <div class="deeds">
            <Button kind="primary" onClick={closeInstructions}>
              To the item
            </Button>
          </div>
        </Dialog>
      )}
    </main>
  )
}

interface SendProps {
  readonly item: Item
  readonly shift: Shift
  readonly said: string
  readonly submit: () => void
  readonly onSkip: () => void
  readonly onFlag: () => void
  readonly focusCall: { value: number }
}

/** What sends the answers, and how far they are kept. On a phone also what goes from question to question. */
function Send({ item, shift, said, submit, onSkip, onFlag, focusCall }: SendProps): VNode {
  const last = item.stops.value.length - 1
  const at = Math.min(item.at.value, last)
  const isLastKey = at === last && !takesLines(item.stops.value[at]?.question)
  const keeping = item.keeping.value
  const apart = item.faults.value.flatMap(({ question, message }) => {
    if (item.drawn.value.some(({ id }) => id === question)) return []
    const title = item.questions.find(({ id }) => id === question)?.title
    return [title === undefined ? message : `${title}: ${message}`]
  })
  const go = (to: number): void => {
    item.at.value = to
    focusCall.value += 1
  }
  return (
    <div class="send">
      {said !== '' && (
        <p class="send-said" role="alert">
          {said}
        </p>
      )}
      {apart.length > 0 && (
        <ul class="faults" role="alert">
          {apart.map((fault) => (
            <li key={fault}>{fault}</li>
          ))}
        </ul>
      )}
      {keeping === 'elsewhere' && (
        <div class="conflict" role="alert">
          <p>Another tab or machine has saved other answers to this item.</p>
          <Button onClick={() => void shift.settleDraft(true)}>Keep these</Button>
          <Button onClick={() => void shift.settleDraft(false)}>Take those</Button>
        </div>
      )}
      <div class="send-row steps">
        <Button onClick={() => go(at - 1)} disabled={at <= 0}>
          Back
        </Button>
        {at < last ? (
          <Button kind="primary" onClick={() => go(at + 1)}>
            Next question
          </Button>
        ) : (
          <Button kind="primary" onClick={submit}>
            {WORDS.submit}
          </Button>
        )}
        {last >= 0 && (
          <span class="of">
            {at + 1} of {last + 1}
          </span>
        )}
      </div>
      <div class="send-row whole">
        <Button kind="primary" keyName={keyOf(isLastKey ? 'enter' : 'submit')} onClick={submit}>
          {WORDS.submit}
        </Button>
      </div>
      <Undo shift={shift} />
      <p class="keeping">
        {shift.outbox.cutOff.value
          ? `${shift.outbox.waiting.value} to send once the server is back`
          : `${WORDS[keeping]}${shift.held.value === undefined ? '' : ` · ${WORDS.nextHeld}`}`}
      </p>
      <div class="send-row minor">
        <Button kind="quiet" icon="skip" keyName={keyOf('skip')} onClick={onSkip}>
          {WORDS.skip}
        </Button>
        <Button kind="quiet" icon="back" keyName={keyOf('giveBack')} onClick={() => void shift.release()}>
          {WORDS.giveBack}
        </Button>
        <Button
          kind="quiet"
          icon="flag"
          keyName={keyOf('flag')}
          pressed={item.flag.value !== undefined}
          onClick={onFlag}
        >
          {item.flag.value === undefined ? WORDS.flag : WORDS.flagged}
        </Button>
      </div>
    </div>
  )
}

/** Whether `Enter` is a line break there. */
function takesLines(question: FormQuestion | undefined): boolean {
  return question?.type === 'json' || (question?.type === 'text' && (question.lines ?? 1) > 1)
}

/** A caret for each question that marks a text. */
function useMarkings(item: Item): ReadonlyMap<string, Marking> {
  return useMemo(
    () =>
      new Map(
        item.questions.flatMap((question) => {
          if (question.type !== 'spans') return []
          const text = item.shown.get(question.of)?.value
          return [[question.id, new Marking(question, typeof text === 'string' ? text : '')] as const]
        }),
      ),
    [item],
  )
}

function spansOn(item: Item, name: string, marking: Marking | undefined) {
  if (marking?.question.of === name) return spansIn(item.answers.value[marking.question.id])
  return item.asked.value.flatMap((question) =>
    question.type === 'spans' && question.of === name ? spansIn(item.answers.value[question.id]) : [],
  )
}

function focusStop(item: Item, question: FormQuestion, criterion: string | undefined): void {
  const now = item.stops.peek()[item.at.peek()]
  if (criterion === undefined && now?.question.id === question.id) return
  const place = item.stops
    .peek()
    .findIndex(
      (stop) => stop.question.id === question.id && (criterion === undefined || stop.criterion === criterion),
    )
  if (place >= 0) item.at.value = place
}
