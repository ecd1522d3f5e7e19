import { type FitOptions, type LabelColumns, type OneCoinFit, oneCoin } from '@muster/statistics'
import { classOf, type FiniteQuestion } from '../forms/finite.ts'
import type { TaskId, UserId } from '../ids.ts'
import type { SettledTask } from './fit-store.ts'

/** Whole numbers in a row, which grow as they are added. */
class Column {
  #numbers = new Int32Array(1024)
  #length = 0

  push(number: number): void {
    if (this.#length === this.#numbers.length) {
      const larger = new Int32Array(this.#length * 2)
      larger.set(this.#numbers)
      this.#numbers = larger
    }
    this.#numbers[this.#length] = number
    this.#length += 1
  }

  get numbers(): Int32Array {
    return this.#numbers.subarray(0, this.#length)
  }
}

/** A task whose answers are among {@link AnswerLabels}. */
export interface LabelledTask {
  readonly taskId: TaskId
  readonly externalId: string | null
  /** The number of the class that is known to be right; −1: none is. */
  readonly gold: number
  readonly isControl: boolean
}

/** The answers to a question as numbers: tasks in the order of their ids, people in that of theirs. */
export interface AnswerLabels {
  readonly classes: number
  readonly tasks: readonly LabelledTask[]
  readonly people: readonly UserId[]
  /** Answers that are one of the classes. */
  readonly given: LabelColumns & { readonly items: Int32Array; readonly answers: Int32Array }
  /** Of each task, how many submissions have no such answer. */
  readonly missing: Int32Array
}

/** Gathers the answers to a question, task by task, in whatever order. */
export class LabelGatherer {
  readonly #part: FiniteQuestion
  readonly #tasks: LabelledTask[] = []
  readonly #people = new Map<UserId, number>()
  readonly #items = new Column()
  readonly #persons = new Column()
  readonly #answers = new Column()
  readonly #missing = new Column()

  constructor(part: FiniteQuestion) {
    this.#part = part
  }

  /** A control whose answer to the question is not known says nothing. */
  add({ taskId, externalId, gold: known, isControl, answers }: SettledTask): void {
    const item = this.#tasks.length
    const gold = classOf(this.#part, known)
    if (isControl && gold === -1) return
    this.#tasks.push({ taskId, externalId, gold, isControl })
    let missing = 0
    for (const { userId, answer } of answers) {
      const given = classOf(this.#part, answer)
      if (given === -1) {
        missing += 1
        continue
      }
      this.#items.push(item)
      this.#persons.push(this.#numberOf(userId))
      this.#answers.push(given)
    }
    this.#missing.push(missing)
  }

  /** Everything that was added, the same whatever the order. */
  labels(): AnswerLabels {
    const tasks = ordered(this.#tasks.map(({ taskId }) => taskId))
    const people = ordered([...this.#people.keys()])
    const names = [...this.#people.keys()]
    const missing = this.#missing.numbers
    return {
      classes: this.#part.classes.length,
      tasks: tasks.order.map((place) => this.#tasks[place] as LabelledTask),
      people: people.order.map((place) => names[place] as UserId),
      given: {
        items: this.#items.numbers.map((item) => tasks.placeOf[item] as number),
        people: this.#persons.numbers.map((person) => people.placeOf[person] as number),
        answers: this.#answers.numbers.slice(),
      },
      missing: Int32Array.from(tasks.order, (place) => missing[place] as number),
    }
  }

  #numberOf(userId: UserId): number {
    const known = this.#people.get(userId)
    if (known !== undefined) return known
    this.#people.set(userId, this.#people.size)
    return this.#people.size - 1
  }
}

/** How the methods of aggregation are asked: known answers are fixed. */
export function fitOptions({ classes, tasks }: AnswerLabels): FitOptions {
  const gold = tasks.flatMap((task, item) => (task.gold === -1 ? [] : [[item, task.gold] as const]))
  const controls = tasks.flatMap(({ isControl }, item) => (isControl ? [item] : []))
  return { classes, gold, controls }
}

/** The accuracy of each person and the share of each class. */
export function fitAccuracies(labels: AnswerLabels): OneCoinFit {
  return oneCoin(labels.given, fitOptions(labels))
}

/** The order of names, and the place of each in it. */
function ordered(names: readonly string[]): { readonly order: number[]; readonly placeOf: Int32Array } {
  const order = names.map((_, place) => place)
  const inOrder = names.every((name, place) => place === 0 || (names[place - 1] as string) < name)
  if (!inOrder) {
    order.sort((one, other) => ((names[one] as string) < (names[other] as string) ? -1 : 1))
  }
  const placeOf = new Int32Array(names.length)
  for (const [place, name] of order.entries()) placeOf[name] = place
  return { order, placeOf }
}
