import { SaxesParser } from 'saxes'
import {
  type Entry,
  FormatError,
  finding,
  isList,
  isObject,
  type Json,
  type JsonObject,
  type QuestionHint,
  type ReadOptions,
  wordOf,
} from '../record.ts'
import type { Source } from '../source.ts'
import { decode } from '../text/decode.ts'
import { joined } from '../text/lines.ts'

const MAX_CONFIG = 1024 * 1024
const MAX_DEPTH = 64
const MAX_PLACES = 101

/** Something that only looks, and was dropped; or that is read otherwise than one may think. */
export interface Notice {
  readonly tag: string
  readonly attribute?: string
  readonly line: number
  readonly message: string
}

/** A tag, or an attribute, of a configuration that a form has no place for. */
export class UnsupportedTagError extends FormatError {
  readonly tag: string
  readonly attribute: string | undefined
  /** The control's name, if it has one. */
  readonly control: string | undefined

  constructor({ tag, line, attributes }: Element, why: string, attribute?: string) {
    const named = attributes['name'] === undefined ? '' : ` (${attributes['name']})`
    super('unknown_tag', `<${tag}>${named}${attribute ? ` ${attribute}` : ''}: ${why}`, { line, place: tag })
    this.tag = tag
    this.attribute = attribute
    this.control = attributes['name']
  }
}

interface Element {
  readonly tag: string
  readonly line: number
  readonly attributes: Readonly<Record<string, string>>
  readonly children: Element[]
}

type Mutable = Record<string, Json>

/** Attributes that only look. */
const LOOKS = new Set([
  'style',
  'className',
  'class',
  'showInline',
  'size',
  'layout',
  'zoom',
  'zoomControl',
  'idAttr',
  'underline',
  'saveTextResult',
  'granularity',
  'highlightColor',
  'placeholder',
  'showSubmitButton',
  'strokeWidth',
  'opacity',
  'allowNested',
  'defaultValue',
  'icon',
  'open',
  'bordered',
  'background',
  'selectionStyle',
  'leftClass',
  'rightClass',
  'showAudio',
  'savetextresult',
  'smart',
  'fillOpacity',
  'showFullPath',
  'showLabels',
  'elementTag',
  'color',
])
const CONTAINERS = new Set(['View', 'Collapse', 'Panel'])

/**
 * The form of a Label Studio configuration, whole, or refused by the first thing that it has no place for. Attributes that only look are dropped
 * with a notice.
 * @throws UnsupportedTagError; FormatError for what is no XML
 */
export function fromLabelStudio(
  xml: string,
  name = 'label-studio',
): { readonly form: JsonObject; readonly notices: readonly Notice[] } {
  return new Mapping(name).map(parseXml(xml))
}

/** As much of a form's questions as reading their answers takes. */
export function questionHints(form: JsonObject): Readonly<Record<string, QuestionHint>> {
  const shown = isList(form['show']) ? form['show'].filter(isObject) : []
  const questions = isList(form['questions']) ? form['questions'].filter(isObject) : []
  return Object.fromEntries(
    questions.map((question): [string, QuestionHint] => {
      const of = shown.find(({ name }) => name === question['of'])
      const member = /^\/(?<name>[^/]+)$/.exec(wordOf(of?.['at']))?.groups?.['name']
      const sides = isList(of?.['sides']) ? of['sides'].filter(isObject).map(({ id }) => wordOf(id)) : []
      const textAt = member?.replaceAll('~1', '/').replaceAll('~0', '~')
      return [
        wordOf(question['id']),
        {
          type: wordOf(question['type']),
          ...(textAt !== undefined && { textAt }),
          ...(sides.length > 0 && { sides }),
        },
      ]
    }),
  )
}

/** A configuration as one form, with a note for each notice. */
export async function* readLabelStudioConfig(source: Source, options: ReadOptions): AsyncGenerator<Entry> {
  const xml = await joined(decode(source, options.encoding), MAX_CONFIG)
  yield { is: 'head', format: 'label-studio-config', formatVersion: null }
  const { form, notices } = fromLabelStudio(xml, options.name)
  for (const { tag, line, message } of notices)
    yield finding('note', 'skipped', message, { line, place: tag })
  yield { is: 'record', kind: 'form', line: 1, place: '', externalId: null, value: form, left: [] }
}

function parseXml(xml: string): Element {
  if (xml.length > MAX_CONFIG) throw new FormatError('too_long', `must be at most ${MAX_CONFIG} characters`)
  const parser = new SaxesParser()
  const open: Element[] = []
  let root: Element | undefined
  let startLine = 1
  parser.on('doctype', () => {
    throw new FormatError('bad_xml', 'must have no document type', { line: parser.line })
  })
  parser.on('opentagstart', () => {
    startLine = parser.line
  })
  parser.on('opentag', ({ name: tag, attributes }) => {
    if (open.length >= MAX_DEPTH)
      throw new FormatError('too_deep', `nests deeper than ${MAX_DEPTH}`, { line: startLine, place: tag })
    const element: Element = { tag, line: startLine, attributes: { ...attributes }, children: [] }
    const parent = open.at(-1)
    if (parent) parent.children.push(element)
    else root ??= element
    open.push(element)
  })
  parser.on('closetag', () => void open.pop())
  parser.on('error', (error) => {
    throw new FormatError('bad_xml', error.message.replace(/^\d+:\d+: /, ''), { line: parser.line })
  })
  parser.write(xml).close()
  if (!root) throw new FormatError('empty', 'holds no tag')
  return root
}

interface Shown {
  readonly element: Element
  readonly at: string
  readonly show: Mutable
}

class Mapping {
  readonly #name: string
  readonly #notices: Notice[] = []
  readonly #shown = new Map<string, Shown>()
  readonly #questions: Mutable[] = []
  /** By the name there, its id here. */
  readonly #ids = new Map<string, string>()
  readonly #show: Mutable[] = []
  #titles: string[] = []
  readonly #help: string[] = []

  constructor(name: string) {
    this.#name = name
  }

  map(root: Element): { form: JsonObject; notices: Notice[] } {
    if (root.tag !== 'View') throw new UnsupportedTagError(root, 'must be <View>')
    this.#collect(root)
    this.#walk(root, [])
    this.#help.push(...this.#titles)
    if (this.#questions.length === 0) throw new UnsupportedTagError(root, 'asks nothing')
    const form: JsonObject = {
      name: this.#name,
      title: this.#name,
      ...(this.#help.length > 0 && { help: this.#help.join('\n\n') }),
      show: this.#show,
      questions: this.#questions,
    }
    return { form, notices: this.#notices }
  }

  /** Shown things come first: controls may stand before the text that they are about. */
  #collect(element: Element): void {
    for (const child of element.children) {
      const { tag, attributes } = child
      if (
        tag === 'Text' ||
        tag === 'Paragraphs' ||
        tag === 'Image' ||
        tag === 'Audio' ||
        tag === 'Table' ||
        tag === 'List' ||
        tag === 'Chat'
      )
        this.#object(child)
      else if (CONTAINERS.has(tag)) this.#collect(child)
      if (tag === 'HyperText') throw new UnsupportedTagError(child, 'has no place in a form')
      if (tag === 'Ranker' || tag === 'Pairwise') continue
      if (tag === 'Bucket') throw new UnsupportedTagError(child, 'has no place in a form')
      if (attributes['perRegion'] !== undefined)
        throw new UnsupportedTagError(child, 'asks of each region', 'perRegion')
      if (attributes['perItem'] !== undefined)
        throw new UnsupportedTagError(child, 'asks of each item', 'perItem')
    }
  }

  #object(element: Element): void {
    const { tag, attributes } = element
    const { name, value } = attributes
    if (tag === 'Text' && value !== undefined && !value.includes('$')) return
    if (name === undefined || value === undefined)
      throw new UnsupportedTagError(element, 'must have a name and a value')
    const key = /^\$([\w-]+)$/.exec(value)?.[1]
    if (key === undefined)
      throw new UnsupportedTagError(element, `must be $ and one name, not ${value}`, 'value')
    for (const attribute of [
      'valueType',
      'encoding',
      'audioUrl',
      'llm',
      'editable',
      'minMessages',
      'maxMessages',
    ])
      if (
        attributes[attribute] !== undefined &&
        attributes[attribute] !== 'text' &&
        attributes[attribute] !== 'none'
      )
        throw new UnsupportedTagError(element, 'has no place in a form', attribute)
    this.#looks(element, 'nameKey', 'textKey', 'valueType', 'encoding', 'title', 'hotkey', 'valueList')
    const id = questionId(name)
    if (id === undefined) throw new UnsupportedTagError(element, `the name ${name} is too long`, 'name')
    const shown: Mutable = { name: id, as: 'text', at: `/${key}` }
    if (tag === 'Paragraphs') {
      shown['as'] = 'chat'
      shown['roleAt'] = `/${attributes['nameKey'] ?? 'author'}`
      shown['contentAt'] = `/${attributes['textKey'] ?? 'text'}`
    } else if (tag === 'Chat') shown['as'] = 'chat'
    else if (tag === 'Image') shown['as'] = 'image'
    else if (tag === 'Audio') shown['as'] = 'audio'
    else if (tag === 'Table') shown['as'] = 'json'
    if ([...this.#shown.values()].some(({ show }) => show['name'] === id))
      throw new UnsupportedTagError(element, `repeats the name ${name}`, 'name')
    this.#shown.set(name, { element, at: `/${key}`, show: shown })
    if (tag !== 'List') this.#show.push(shown)
    else if (attributes['title'] !== undefined) this.#titles.push(attributes['title'])
  }

  #walk(element: Element, conditions: readonly JsonObject[]): void {
    for (const child of element.children) {
      const { tag, attributes } = child
      const own = this.#condition(child)
      const all = own ? [...conditions, own] : conditions
      switch (tag) {
        case 'View':
        case 'Collapse':
          this.#looks(child, 'visibleWhen', 'whenTagName', 'whenChoiceValue', 'whenLabelValue', 'accordion')
          this.#walk(child, all)
          break
        case 'Panel':
          if (attributes['value'] !== undefined) this.#titles.push(attributes['value'])
          this.#walk(child, all)
          break
        case 'Header':
        case 'Markdown':
          if (attributes['value'] === undefined) break
          if (attributes['value'].includes('$'))
            throw new UnsupportedTagError(child, 'must be plain words', 'value')
          this.#looks(child, 'value', 'name')
          this.#titles.push(attributes['value'])
          break
        case 'Text':
          if (attributes['value'] !== undefined && !attributes['value'].includes('$'))
            this.#titles.push(attributes['value'])
          break
        case 'Style':
          this.#notice(child, 'is how it looks: dropped')
          break
        case 'Paragraphs':
        case 'Image':
        case 'Audio':
        case 'Table':
        case 'List':
        case 'Chat':
          break
        case 'Choices':
        case 'Taxonomy':
        case 'Rating':
        case 'Number':
        case 'TextArea':
        case 'Labels':
        case 'Ranker':
        case 'Pairwise':
          this.#control(child, all)
          break
        default:
          throw new UnsupportedTagError(child, 'has no place in a form')
      }
    }
  }

  #condition(element: Element): JsonObject | undefined {
    const { visibleWhen, whenTagName, whenChoiceValue } = element.attributes
    if (visibleWhen === undefined) return undefined
    if (visibleWhen !== 'choice-selected' && visibleWhen !== 'choice-unselected')
      throw new UnsupportedTagError(element, `${visibleWhen} has no place in a form`, 'visibleWhen')
    const id = whenTagName === undefined ? undefined : this.#ids.get(whenTagName)
    if (id === undefined)
      throw new UnsupportedTagError(element, 'must name a control that stands before it', 'whenTagName')
    const question = this.#questions.find((one) => one['id'] === id)
    const options = Array.isArray(question?.['options']) ? (question['options'] as readonly JsonObject[]) : []
    const valued = (title: string): string =>
      wordOf(options.find((one) => one['value'] === title || one['title'] === title)?.['value'] ?? title)
    const values = whenChoiceValue?.split(',').map((value) => valued(value.trim()))
    const key = question?.['type'] === 'multi' ? 'has' : 'is'
    const each = values?.map((value): JsonObject => ({ question: id, [key]: value }))
    const [only] = each ?? []
    const held: JsonObject =
      each === undefined || only === undefined
        ? { question: id, answered: true }
        : each.length === 1
          ? only
          : { any: each }
    return visibleWhen === 'choice-selected' ? held : { not: held }
  }

  #control(element: Element, conditions: readonly JsonObject[]): void {
    const { attributes } = element
    const { name } = attributes
    if (name === undefined) throw new UnsupportedTagError(element, 'must have a name', 'name')
    const id = questionId(name)
    if (id === undefined || [...this.#ids.values()].includes(id))
      throw new UnsupportedTagError(element, `the name ${name} cannot be told from another's`, 'name')
    const title = this.#titles.pop() ?? name
    this.#help.push(...this.#titles)
    this.#titles = []
    const question: Mutable = { id, type: 'choice', title }
    this.#ids.set(name, id)
    this.#fill(element, question)
    const required = attributes['required'] === 'true'
    if (!required) question['required'] = false
    if (attributes['requiredMessage'] !== undefined)
      this.#notice(element, 'requiredMessage is dropped', 'requiredMessage')
    const [only] = conditions
    if (only) question['showIf'] = conditions.length === 1 ? only : { all: conditions }
    this.#questions.push(question)
  }

  #fill(element: Element, question: Mutable): void {
    const { tag, attributes } = element
    const known = [
      'name',
      'toName',
      'required',
      'requiredMessage',
      'visibleWhen',
      'whenTagName',
      'whenChoiceValue',
      'perRegion',
      'perItem',
      'title',
      'hint',
    ]
    if (attributes['hint'] !== undefined) question['help'] = attributes['hint']
    switch (tag) {
      case 'Choices': {
        this.#looks(element, ...known, 'choice', 'value', 'shuffle')
        if (attributes['value'] !== undefined)
          throw new UnsupportedTagError(element, 'choices must stand in the configuration', 'value')
        question['type'] = attributes['choice'] === 'multiple' ? 'multi' : 'choice'
        question['options'] = this.#options(element, 'Choice')
        if (question['options'].length < 2)
          throw new UnsupportedTagError(element, 'must hold at least two <Choice>')
        if (attributes['shuffle'] === 'true') question['shuffle'] = true
        break
      }
      case 'Taxonomy': {
        for (const attribute of ['apiUrl', 'maxUsages', 'value'])
          if (attributes[attribute] !== undefined)
            throw new UnsupportedTagError(element, 'has no place in a form', attribute)
        this.#looks(element, ...known, 'leafsOnly', 'showFullPath', 'pathSeparator', 'minWidth', 'maxWidth')
        question['type'] = 'multi'
        question['options'] = taxonomy(element, attributes['leafsOnly'] === 'true')
        break
      }
      case 'Rating': {
        this.#looks(element, ...known, 'maxRating')
        question['type'] = 'scale'
        question['min'] = 1
        question['max'] = Number(attributes['maxRating'] ?? 5)
        break
      }
      case 'Number': {
        this.#looks(element, ...known, 'min', 'max', 'step', 'slider')
        const [min, max] = [attributes['min'], attributes['max']].map((bound) =>
          bound === undefined ? undefined : Number(bound),
        )
        const increment = Number(attributes['step'] ?? 1)
        if (
          attributes['slider'] === 'true' &&
          min !== undefined &&
          max !== undefined &&
          (max - min) / increment < MAX_PLACES
        ) {
          question['type'] = 'scale'
          question['min'] = min
          question['max'] = max
          if (increment !== 1) question['step'] = increment
          break
        }
        question['type'] = 'number'
        if (min !== undefined) question['min'] = min
        if (max !== undefined) question['max'] = max
        if (attributes['step'] !== undefined) this.#notice(element, 'step is dropped', 'step')
        break
      }
      case 'TextArea': {
        this.#looks(element, ...known, 'rows', 'maxSubmissions', 'value', 'editable')
        question['type'] = 'text'
        if (attributes['rows'] !== undefined) question['lines'] = Number(attributes['rows'])
        if (attributes['maxSubmissions'] !== '1') this.#notice(element, 'holds one text, not a list of them')
        const key = /^\$([\w-]+)$/.exec(attributes['value'] ?? '')?.[1]
        if (key !== undefined) question['from'] = `/${key}`
        break
      }
      case 'Labels': {
        if (attributes['choice'] === 'multiple')
          throw new UnsupportedTagError(element, 'gives one label to a mark', 'choice')
        for (const attribute of ['maxUsages', 'value'])
          if (attributes[attribute] !== undefined)
            throw new UnsupportedTagError(element, 'has no place in a form', attribute)
        this.#looks(element, ...known, 'choice')
        const text = this.#shownOf(element, attributes['toName'] ?? '')
        if (text.show['as'] !== 'text')
          throw new UnsupportedTagError(element, 'must be about a <Text>', 'toName')
        question['type'] = 'spans'
        question['of'] = text.show['name'] ?? null
        question['overlap'] = true
        question['labels'] = this.#options(element, 'Label')
        break
      }
      case 'Ranker': {
        this.#looks(element, ...known)
        if (element.children.length > 0)
          throw new UnsupportedTagError(element.children[0] ?? element, 'has no place in a form')
        const list = this.#shownOf(element, attributes['toName'] ?? '')
        const compare = wordOf(list.show['name'])
        this.#show.push({
          name: compare,
          as: 'compare',
          each: list.at,
          idAt: '/id',
          valueAt: '/body',
          render: { as: 'text' },
        })
        question['type'] = 'ranking'
        question['of'] = compare
        break
      }
      case 'Pairwise': {
        this.#looks(element, ...known)
        const names = (attributes['toName'] ?? '').split(',').map((one) => one.trim())
        if (names.length !== 2) throw new UnsupportedTagError(element, 'must name two things', 'toName')
        const shown = names.map((one) => this.#shownOf(element, one))
        for (const { show } of shown) this.#show.splice(this.#show.indexOf(show), 1)
        const compare = `${wordOf(question['id'])}_sides`
        const { as = 'text', roleAt, contentAt } = shown[0]?.show ?? {}
        this.#show.push({
          name: compare,
          as: 'compare',
          render: {
            as,
            ...(roleAt !== undefined && { roleAt }),
            ...(contentAt !== undefined && { contentAt }),
          },
          sides: shown.map(({ at }, index) => ({ id: names[index] ?? '', at })),
        })
        question['type'] = 'pairwise'
        question['of'] = compare
        break
      }
      default:
        throw new UnsupportedTagError(element, 'has no place in a form')
    }
  }

  #shownOf(element: Element, name: string): Shown {
    const shown = this.#shown.get(name)
    if (!shown)
      throw new UnsupportedTagError(
        element,
        `must name something that is shown, not ${name || 'nothing'}`,
        'toName',
      )
    return shown
  }

  #options(element: Element, tag: string): JsonObject[] {
    const options = element.children.map((child): JsonObject => {
      if (child.tag !== tag) throw new UnsupportedTagError(child, 'has no place in a form')
      const { value, alias, hotkey, html, hint, background } = child.attributes
      for (const attribute of ['selected', 'maxUsages'])
        if (child.attributes[attribute] !== undefined && child.attributes[attribute] !== 'false')
          throw new UnsupportedTagError(child, 'has no place in a form', attribute)
      if (child.children.length > 0) throw new UnsupportedTagError(child, 'must not nest')
      if (value === undefined) throw new UnsupportedTagError(child, 'must have a value', 'value')
      if (value.startsWith('$'))
        throw new UnsupportedTagError(child, 'must stand in the configuration', 'value')
      this.#looks(child, 'value', 'alias', 'hotkey', 'html', 'hint', 'background', 'selected', 'aliasStyle')
      const key = hotkey !== undefined && /^[a-z0-9]$/.test(hotkey) ? hotkey : undefined
      if (hotkey !== undefined && key === undefined)
        this.#notice(child, `the key ${hotkey} is dropped`, 'hotkey')
      const color = tag === 'Label' && background !== undefined ? colorOf(background) : undefined
      if (background !== undefined && color === undefined)
        this.#notice(child, `the colour ${background} is dropped`, 'background')
      const help = hint ?? (html === undefined ? undefined : html.replace(/<[^>]*>/g, ' ').trim())
      if (html !== undefined) this.#notice(child, 'html becomes help, as plain words', 'html')
      return {
        value: alias ?? value,
        ...(alias !== undefined && { title: value }),
        ...(key !== undefined && { key }),
        ...(help !== undefined && help !== '' && { help }),
        ...(color !== undefined && { color }),
      }
    })
    if (options.length === 0) throw new UnsupportedTagError(element, `must hold <${tag}>`)
    return options
  }

  /** Attributes that are not known are refused, those that only look are told of. */
  #looks(element: Element, ...known: readonly string[]): void {
    for (const attribute of Object.keys(element.attributes)) {
      if (known.includes(attribute) || attribute === 'name' || attribute === 'value') continue
      if (!LOOKS.has(attribute)) throw new UnsupportedTagError(element, 'has no place in a form', attribute)
      this.#notice(element, `${attribute} is how it looks: dropped`, attribute)
    }
  }

  #notice({ tag, line, attributes }: Element, message: string, attribute?: string): void {
    const named = attributes['name'] === undefined ? '' : ` (${attributes['name']})`
    this.#notices.push({
      tag,
      line,
      message: `<${tag}>${named}: ${message}`,
      ...(attribute !== undefined && { attribute }),
    })
  }
}

/** A control's name as the id of its question here; undefined for one that cannot be. */
export function questionId(name: string): string | undefined {
  const cleaned = name.replace(/[^a-zA-Z0-9_]/g, '_').replace(/^[A-Z]/, (first) => first.toLowerCase())
  const id = /^[a-z]/.test(cleaned) ? cleaned : `q_${cleaned}`
  const own = id === 'verdict' || id === 'comment' ? `${id}_` : id
  return /^[a-z][a-zA-Z0-9_]{0,62}$/.test(own) ? own : undefined
}

/** Colours by name that configurations use. */
const COLORS: Readonly<Record<string, string>> = {
  aqua: '#00ffff',
  black: '#000000',
  blue: '#0000ff',
  brown: '#a52a2a',
  cyan: '#00ffff',
  darkblue: '#00008b',
  darkgreen: '#006400',
  darkorange: '#ff8c00',
  darkred: '#8b0000',
  fuchsia: '#ff00ff',
  gold: '#ffd700',
  gray: '#808080',
  green: '#008000',
  grey: '#808080',
  lightblue: '#add8e6',
  lightgreen: '#90ee90',
  lime: '#00ff00',
  magenta: '#ff00ff',
  maroon: '#800000',
  navy: '#000080',
  olive: '#808000',
  orange: '#ffa500',
  pink: '#ffc0cb',
  purple: '#800080',
  red: '#ff0000',
  silver: '#c0c0c0',
  teal: '#008080',
  violet: '#ee82ee',
  white: '#ffffff',
  yellow: '#ffff00',
}

/** A colour as `#rrggbb`, undefined for one that is not known. */
function colorOf(color: string): string | undefined {
  const lower = color.trim().toLowerCase()
  if (/^#[\da-f]{6}$/.test(lower)) return lower
  if (/^#[\da-f]{3}$/.test(lower)) return lower.replaceAll(/[\da-f]/g, '$&$&')
  return Object.hasOwn(COLORS, lower) ? COLORS[lower] : undefined
}

/** One option a node, or a leaf; its value is its path. */
function taxonomy(element: Element, leafsOnly: boolean): JsonObject[] {
  const options: JsonObject[] = []
  const walk = (parent: Element, path: readonly string[]): void => {
    for (const child of parent.children) {
      if (child.tag !== 'Choice') throw new UnsupportedTagError(child, 'has no place in a form')
      const { value, alias } = child.attributes
      if (value === undefined) throw new UnsupportedTagError(child, 'must have a value', 'value')
      const own = [...path, alias ?? value]
      if (!leafsOnly || child.children.length === 0) options.push({ value: own.join('/') })
      walk(child, own)
    }
  }
  walk(element, [])
  if (options.length === 0) throw new UnsupportedTagError(element, 'must hold <Choice>')
  return options
}
