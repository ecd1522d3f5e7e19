import { isList, isObject, type Json, type JsonObject, wordOf } from '../record.ts'
import { codePoints, sliceCodePoints } from '../text/offsets.ts'
import { Omissions, type Rows, type Writing, type WrittenSubmission, type WrittenTask } from './written.ts'

/** A form that has no configuration of Label Studio, by the question, or the thing shown, that has no tag. */
export class NoTagError extends Error {
  override readonly name = 'NoTagError'
  /** The question's id, or the name of the thing shown. */
  readonly question: string

  constructor(question: string, why: string) {
    super(`${question} has no tag of Label Studio: ${why}`)
    this.question = question
  }
}

/** Tags of things that are shown. */
const SHOWN: Readonly<Record<string, string>> = {
  text: 'Text',
  chat: 'Paragraphs',
  image: 'Image',
  audio: 'Audio',
  json: 'Table',
}

/**
 * The configuration that asks what a form asks.
 * @throws NoTagError for the first question that has no tag
 */
export function toLabelStudio(form: JsonObject): string {
  return new Configuration(form).xml()
}

/**
 * Tasks with an annotation for each submission, as Label Studio's own JSON.
 * @throws NoTagError before anything is written
 */
export function writeLabelStudio(form: JsonObject, tasks: Rows<WrittenTask>): Writing {
  const left = new Omissions()
  const answers = new Answers(new Configuration(form).checked(), left)
  async function* text(): AsyncGenerator<string> {
    yield '['
    let id = 0
    const people = new Map<string, number>()
    for await (const { externalId, taskId, payload, submissions } of tasks) {
      id++
      if (!isObject(payload)) {
        left.add('tasks', 'their payload is no object')
        continue
      }
      const { _source: _, ...data } = payload
      const annotations = submissions.map((submission, index) => {
        if (submission.comment !== null) left.add('comments', 'an annotation has no place for one')
        return {
          id: id * 1000 + index + 1,
          ...answers.annotation(payload, submission, people),
          ground_truth: false,
        }
      })
      const task = { id, data, annotations, predictions: [], meta: { externalId, taskId } }
      yield `${id > 1 ? ',' : ''}\n${JSON.stringify(task)}`
    }
    yield '\n]\n'
  }
  return { text: text(), left: () => left.list() }
}

interface Asked {
  readonly id: string
  readonly type: string
  readonly question: JsonObject
  /** The name of the tag that it is about. */
  readonly toName: string
  /** The tags that it compares, the left one first. */
  readonly sides: readonly string[]
  /** The member of the payload that the tag shows. */
  readonly key: string | undefined
}

class Configuration {
  readonly #shown: readonly JsonObject[]
  readonly #questions: readonly JsonObject[]
  readonly #lines: string[] = []
  /** By the name of what is shown, the tags that show it. */
  readonly #tags = new Map<string, readonly string[]>()
  readonly #asked: Asked[] = []

  constructor(form: JsonObject) {
    this.#shown = isList(form['show']) ? form['show'].filter(isObject) : []
    this.#questions = isList(form['questions']) ? form['questions'].filter(isObject) : []
    if (typeof form['help'] === 'string') this.#lines.push(element('Header', { value: form['help'] }))
    for (const show of this.#shown) this.#show(show)
    for (const question of this.#questions) this.#ask(question)
  }

  xml(): string {
    return `<View>\n${this.#lines.map((line) => `  ${line}\n`).join('')}</View>\n`
  }

  checked(): readonly Asked[] {
    return this.#asked
  }

  #show(show: JsonObject): void {
    const name = wordOf(show['name'])
    if (show['as'] !== 'compare') {
      this.#object(name, name, wordOf(show['as']), wordOf(show['at']), show)
      return
    }
    const render = isObject(show['render']) ? show['render'] : {}
    if (isList(show['sides'])) {
      const sides = show['sides'].filter(isObject)
      if (sides.length !== 2) throw new NoTagError(name, 'it compares other than two things')
      for (const side of sides)
        this.#object(name, wordOf(side['id']), wordOf(render['as']), wordOf(side['at']), render)
      this.#tags.set(
        name,
        sides.map((side) => wordOf(side['id'])),
      )
      return
    }
    if (show['idAt'] !== '/id' || show['valueAt'] !== '/body')
      throw new NoTagError(name, 'the elements of a list must have id and body')
    this.#lines.push(element('List', { name, value: variable(name, wordOf(show['each'])) }))
    this.#tags.set(name, [name])
  }

  #object(of: string, name: string, as: string, at: string, show: JsonObject): void {
    const tag = SHOWN[as]
    if (tag === undefined) throw new NoTagError(of, `nothing shows ${as}`)
    const keys =
      as === 'chat'
        ? {
            nameKey: keyOf(of, show['roleAt'] ?? '/role'),
            textKey: keyOf(of, show['contentAt'] ?? '/content'),
          }
        : {}
    this.#lines.push(element(tag, { name, value: variable(of, at), ...keys }))
    this.#tags.set(of, [name])
  }

  #ask(question: JsonObject): void {
    const { id: given, type: kind, title } = question
    const [id, type] = [wordOf(given), wordOf(kind)]
    const about = typeof question['of'] === 'string' ? question['of'] : [...this.#tags.keys()][0]
    const toName = (about === undefined ? undefined : this.#tags.get(about)) ?? []
    const [first] = toName
    if (first === undefined) throw new NoTagError(id, 'nothing is shown')
    const required = question['required'] === false ? {} : { required: 'true' }
    const common = { name: id, toName: first, ...required, ...this.#condition(id, question['showIf']) }
    if (title !== undefined && title !== id) this.#lines.push(element('Header', { value: wordOf(title) }))
    this.#lines.push(this.#control(id, type, question, common, toName))
    const shown = this.#shown.find(({ name }) => name === about)
    const key = type === 'spans' ? keyOf(id, shown?.['at'] ?? '') : undefined
    this.#asked.push({ id, type, question, toName: first, sides: toName, key })
  }

  #control(
    id: string,
    type: string,
    question: JsonObject,
    common: Readonly<Record<string, string>>,
    toName: readonly string[],
  ): string {
    switch (type) {
      case 'choice':
      case 'multi':
        if (question['of'] !== undefined) throw new NoTagError(id, 'it chooses among sides')
        return element(
          'Choices',
          { ...common, choice: type === 'choice' ? 'single' : 'multiple' },
          optionsOf(question, 'Choice'),
        )
      case 'yesNo':
        return element('Choices', { ...common, choice: 'single' }, [
          element('Choice', { value: 'Yes', alias: 'true' }),
          element('Choice', { value: 'No', alias: 'false' }),
        ])
      case 'scale': {
        const { min, max, step: by = 1 } = question
        if (min === 1 && by === 1) return element('Rating', { ...common, maxRating: wordOf(max) })
        return element('Number', {
          ...common,
          min: wordOf(min),
          max: wordOf(max),
          step: wordOf(by),
          slider: 'true',
        })
      }
      case 'number':
        return element('Number', {
          ...common,
          ...(question['min'] !== undefined && { min: wordOf(question['min']) }),
          ...(question['max'] !== undefined && { max: wordOf(question['max']) }),
        })
      case 'text':
        return element('TextArea', { ...common, maxSubmissions: '1', rows: wordOf(question['lines'] ?? 3) })
      case 'spans':
        if (question['attributes'] !== undefined) throw new NoTagError(id, 'its marks have attributes')
        return element('Labels', common, optionsOf({ options: question['labels'] ?? [] }, 'Label'))
      case 'ranking':
        if (question['ties'] === true || question['top'] !== undefined)
          throw new NoTagError(id, 'it has ties or a top')
        return element('Ranker', common)
      case 'pairwise':
        if (question['criteria'] !== undefined) throw new NoTagError(id, 'it has criteria')
        if (question['tie'] === true || question['bothBad'] === true) throw new NoTagError(id, 'it has ties')
        return element('Pairwise', { ...common, toName: toName.join(',') })
      default:
        throw new NoTagError(id, `it is of the type ${type}`)
    }
  }

  /** Conditions on one choice, as Label Studio has them. */
  #condition(id: string, showIf: Json | undefined): Readonly<Record<string, string>> {
    if (showIf === undefined) return {}
    const isNot = isObject(showIf) && isObject(showIf['not'])
    const held = isObject(showIf) && isObject(showIf['not']) ? showIf['not'] : showIf
    const of = isObject(held) ? this.#questions.find((one) => one['id'] === held['question']) : undefined
    const value = isObject(held) ? (held['is'] ?? held['has']) : undefined
    if (
      !isObject(held) ||
      typeof value !== 'string' ||
      (of?.['type'] !== 'choice' && of?.['type'] !== 'multi')
    )
      throw new NoTagError(id, 'it is shown by a condition that is not on one choice')
    const options = isList(of['options']) ? of['options'].filter(isObject) : []
    const option = options.find((one) => one['value'] === value)
    return {
      visibleWhen: isNot ? 'choice-unselected' : 'choice-selected',
      whenTagName: wordOf(held['question']),
      whenChoiceValue: wordOf(option?.['title'] ?? value),
    }
  }
}

/** A choice or a label: its value there is its title here, and its alias there is its value. */
function optionsOf(question: JsonObject, tag: string): string[] {
  const options = isList(question['options']) ? question['options'].filter(isObject) : []
  return options.map(({ value, title, key, color, help }) =>
    element(tag, {
      value: wordOf(title ?? value),
      ...(title !== undefined && title !== value && { alias: wordOf(value) }),
      ...(key !== undefined && { hotkey: wordOf(key) }),
      ...(color !== undefined && { background: wordOf(color) }),
      ...(help !== undefined && { hint: wordOf(help) }),
    }),
  )
}

function keyOf(of: string, pointer: Json): string {
  const key = /^\/([\w-]+)$/.exec(wordOf(pointer))?.[1]
  if (key === undefined) throw new NoTagError(of, `${wordOf(pointer)} is no single name`)
  return key
}

function variable(of: string, pointer: string): string {
  return `$${keyOf(of, pointer)}`
}

function element(
  tag: string,
  attributes: Readonly<Record<string, string>>,
  children: readonly string[] = [],
): string {
  const given = Object.entries(attributes).map(([name, value]) => ` ${name}="${escaped(value)}"`)
  const open = `<${tag}${given.join('')}`
  return children.length === 0 ? `${open}/>` : `${open}>${children.join('')}</${tag}>`
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;')
    .replaceAll('\t', '&#9;')
    .replaceAll('\r', '&#13;')
}

class Answers {
  readonly #asked: readonly Asked[]
  readonly #left: Omissions

  constructor(asked: readonly Asked[], left: Omissions) {
    this.#asked = asked
    this.#left = left
  }

  annotation(
    payload: JsonObject,
    { person, result, assignmentId, startedAt, submittedAt }: WrittenSubmission,
    people: Map<string, number>,
  ): JsonObject {
    if (person !== null && !people.has(person)) people.set(person, people.size + 1)
    const answers = isObject(result) ? result : {}
    return {
      ...(assignmentId !== undefined && { unique_id: assignmentId }),
      ...(submittedAt && { created_at: submittedAt, updated_at: submittedAt }),
      ...(startedAt &&
        submittedAt && { lead_time: (Date.parse(submittedAt) - Date.parse(startedAt)) / 1_000 }),
      completed_by: person === null ? 0 : (people.get(person) ?? 0),
      was_cancelled: false,
      result: this.#asked.flatMap((asked) => {
        const answer = answers[asked.id]
        if (answer === undefined || answer === null) return []
        if (asked.type === 'pairwise' && !asked.sides.includes(wordOf(answer))) {
          this.#left.add(`answers to ${asked.id}`, `${wordOf(answer)} is neither of the two sides`)
          return []
        }
        return resultsOf(asked, answer, payload)
      }),
    }
  }
}

function resultsOf(
  { id, type, question, toName, key }: Asked,
  answer: Json,
  payload: JsonObject,
): JsonObject[] {
  const made = (kind: string, value: JsonObject, to = toName): JsonObject => ({
    id: `${id}-${kind}`,
    type: kind,
    from_name: id,
    to_name: to,
    origin: 'manual',
    value,
  })
  switch (type) {
    case 'choice':
      return [made('choices', { choices: [answer] })]
    case 'yesNo':
      return [made('choices', { choices: [wordOf(answer)] })]
    case 'multi':
      return [made('choices', { choices: answer })]
    case 'scale': {
      const isRating = question['min'] === 1 && (question['step'] ?? 1) === 1
      return [isRating ? made('rating', { rating: answer }) : made('number', { number: answer })]
    }
    case 'number':
      return [made('number', { number: answer })]
    case 'text':
      return [made('textarea', { text: [answer] })]
    case 'ranking':
      return [made('ranker', { ranker: { rank: answer } })]
    case 'pairwise':
      return [made('pairwise', { selected: answer === toName ? 'left' : 'right' }, id)]
    default:
      return spansOf(answer, key === undefined ? undefined : payload[key], toName, made)
  }
}

/** Marks in UTF-16 units, with the text that they mark. */
function spansOf(
  answer: Json,
  text: Json | undefined,
  toName: string,
  made: (kind: string, value: JsonObject) => JsonObject,
): JsonObject[] {
  const spans = isList(answer) ? answer.filter(isObject) : []
  return spans.map((span, index) => {
    const [start, end] = [Number(span['start']), Number(span['end'])]
    const whole = typeof text === 'string' ? text : undefined
    const value = {
      start: whole === undefined ? start : sliceCodePoints(whole, 0, start).length,
      end: whole === undefined ? end : sliceCodePoints(whole, 0, end).length,
      ...(whole !== undefined && end <= codePoints(whole) && { text: sliceCodePoints(whole, start, end) }),
      labels: [span['label'] ?? null],
    }
    return { ...made('labels', value), id: `${toName}-${index}` }
  })
}
