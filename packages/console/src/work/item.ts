import type { Form, FormQuestion, ShownThing } from '@muster/core/forms'
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { AnswerOf, Issue } from '../api/call.ts'
import {
  type Answers,
  askedOf,
  COMMENT,
  ownQuestions,
  resultOf,
  type ShownByName,
  type Stop,
  stopsOf,
  WHOLE,
} from '../forms/asked.ts'
import { isDrawnByHost } from '../forms/renderer.tsx'

/** All that the server says of an item, with the form's own types. */
export type Work = Omit<AnswerOf<'GET /assignments/{id}/work'>, 'form' | 'show'> & {
  readonly form: Form | null
  readonly show: readonly ShownThing[]
}

/** How far the answers are kept. */
export type Keeping = 'kept' | 'keeping' | 'here' | 'elsewhere'

/** For so long the server keeps what is held ahead, after a sign of work; less than it says, for the way there. */
const AHEAD_MS = 40_000

/** One assignment in sight or held, with its answers so far. */
export class Item {
  readonly id: string
  readonly work: Work
  readonly projectName: string
  readonly questions: readonly FormQuestion[]
  readonly shown: ShownByName
  readonly answers: Signal<Answers>
  /** An answer was given since the item was painted: without one nothing is submitted. */
  readonly given: Signal<boolean> = signal(false)
  readonly faults: Signal<readonly Issue[]> = signal([])
  readonly keeping: Signal<Keeping> = signal('kept')
  /** Until when it is theirs; moves on with every sign of work. */
  readonly expiresAt: Signal<string | null>
  /** The mark for managers, where there is one. */
  readonly flag: Signal<string | undefined>
  readonly asked: ReadonlySignal<readonly FormQuestion[]>
  /** Those that the page draws: all, but for a form that the host draws itself. */
  readonly drawn: ReadonlySignal<readonly FormQuestion[]>
  readonly stops: ReadonlySignal<readonly Stop[]>
  /** The place among {@link stops} that has the focus of the keys. */
  readonly at: Signal<number> = signal(0)
  draftVersion: number | undefined
  /** The server knows that it is worked on. */
  isStarted: boolean
  /** It is held ahead, unseen, and goes back if it is never seen. */
  ahead: boolean
  /** When what is held ahead lapses, as `performance.now()` counts. */
  lapsesAt = 0
  /** Resolves once the server knows that it is worked on. */
  started: Promise<void> = Promise.resolve()

  constructor(work: Work, projectName: string, kept: Answers | undefined) {
    this.id = work.assignment.assignmentId
    this.work = work
    this.projectName = projectName
    this.questions = ownQuestions(work.form, work.assignment.stepType)
    this.shown = new Map(work.show.map((thing) => [thing.name, thing]))
    this.answers = signal(kept ?? answersIn(work, this.isWhole))
    this.flag = signal(work.assignment.flag?.comment)
    this.expiresAt = signal(work.assignment.expiresAt)
    this.draftVersion = work.draft?.draftVersion
    this.ahead = work.assignment.ahead
    this.holdOn()
    this.isStarted = work.assignment.status === 'in_progress'
    this.asked = computed(() => askedOf(this.questions, this.answers.value))
    this.drawn = computed(() =>
      this.isRendered ? this.asked.value.filter(({ id }) => id === COMMENT) : this.asked.value,
    )
    this.stops = computed(() => stopsOf(this.drawn.value))
  }

  /** Any JSON is a result of it: there is one question, whose answer is the whole result. */
  get isWhole(): boolean {
    return this.questions[0]?.id === WHOLE
  }

  /** The host draws the form itself. What a review asks is the page's own. */
  get isRendered(): boolean {
    return this.stepType !== 'review' && isDrawnByHost(this.work.form)
  }

  get stepType(): string {
    return this.work.assignment.stepType
  }

  get attempt(): number {
    return this.work.assignment.attempt
  }

  /** Its person works on something else: what is held ahead of that is held on. */
  holdOn(): void {
    this.lapsesAt = performance.now() + AHEAD_MS
  }

  /** Takes an answer of a person; undefined takes it away. */
  answer(question: string, answer: unknown): void {
    const { [question]: _before, ...others } = this.answers.value
    this.answers.value = answer === undefined ? others : { ...others, [question]: answer }
    this.given.value = true
    this.faults.value = this.faults.value.filter((fault) => fault.question !== question)
  }

  /** Takes the answers that a renderer gives, in place of all before. */
  answerAll(given: Answers): void {
    const strange = Object.keys(given).filter((id) => !this.questions.some((question) => question.id === id))
    if (strange.length > 0) {
      const message = `The renderer answers ${strange.join(', ')}, which the form does not ask`
      this.faults.value = [{ path: '', message }]
      return
    }
    const { [COMMENT]: words } = this.answers.value
    this.answers.value = { ...given, ...(words !== undefined && { [COMMENT]: words }) }
    this.given.value = true
    this.faults.value = []
  }

  /** The answers without the free words beside them. */
  ofForm(): Answers {
    const { [COMMENT]: _words, ...answers } = this.answers.value
    return answers
  }

  /** What would be submitted: without the free words beside it. */
  result(): unknown {
    if (this.isWhole) return this.answers.value[WHOLE]
    const { [COMMENT]: _words, ...result } = resultOf(this.questions, this.answers.value)
    return result
  }

  /** What is kept as a draft: answers of questions that are hidden at present too. */
  kept(): unknown {
    if (this.isWhole) return this.answers.value[WHOLE] ?? null
    return this.ofForm()
  }

  /** The free words beside the result. */
  comment(): string | undefined {
    const words = this.answers.value[COMMENT]
    return typeof words === 'string' && words.trim() !== '' ? words : undefined
  }

  /** The first question that must be answered and is not. */
  firstOpen(): FormQuestion | undefined {
    return this.asked.value.find(
      (question) => question.required !== false && isOpen(question, this.answers.value),
    )
  }
}

function isOpen(question: FormQuestion, answers: Answers): boolean {
  const answer = answers[question.id]
  if (question.type === 'spans') return (Array.isArray(answer) ? answer.length : 0) < (question.min ?? 0)
  if (answer === undefined || answer === '') return true
  if (question.type === 'pairwise' && question.criteria !== undefined)
    return question.criteria.some(({ id }) => (answer as Record<string, unknown>)[id] === undefined)
  return question.type === 'multi' && Array.isArray(answer) && answer.length === 0 && question.min !== 0
}

/** The answers to begin with: the draft, else what was submitted before the work was returned, else what is filled in. */
function answersIn({ draft, assignment, start }: Work, isWhole: boolean): Answers {
  const before = draft?.answers ?? assignment.result
  if (before === undefined || before === null) return start
  if (isWhole) return { [WHOLE]: before }
  const words = draft?.comment ?? assignment.comment
  return { ...(before as Answers), ...(words != null && { [COMMENT]: words }) }
}
