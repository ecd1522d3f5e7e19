import { LONGEST_NAME, lengthOf } from '../input/parse.ts'
import { type Issue, type Json, pathOf, valueAt } from '../json/json.ts'
import { FORM_LIMITS, isCompare, type NewForm, type Render, type ShowCompare } from './form.ts'
import { partsOf } from './pointer.ts'
import { NO_SIDES } from './sides.ts'

/** The form as far as a task's payload is checked against it, and how it is named then. */
type Shown = Pick<NewForm, 'name' | 'show' | 'questions'> & { readonly version?: number | undefined }
type Refuse = (rule: string, message: string, at: readonly PropertyKey[]) => void
type Place = readonly PropertyKey[]

const MOST_MESSAGES = 500
const MOST_ROWS = 10_000
const MOST_INLINE_BYTES = 1024 * 1024
const INLINE = /^data:(image\/(png|jpeg|webp|gif)|audio\/(mpeg|ogg|wav))(;base64)?,/i

/** Everything that keeps a payload from being shown by the form: pointers that find nothing, wrong types, sides that cannot be told apart. */
export function checkPayload(form: Shown, payload: Json): Issue[] {
  const issues: Issue[] = []
  const called = form.version === undefined ? form.name : `${form.name} ${form.version}`
  for (const show of form.show) {
    const refuse: Refuse = (rule, message, at) =>
      void issues.push({
        path: pathOf(['payload', ...at]),
        message: `${message}, for \`${show.name}\` of the form ${called}`,
        rule,
      })
    if (isCompare(show)) {
      const compared = form.questions.some((one) => one.type === 'pairwise' && one.of === show.name)
      checkCompare(show, payload, compared, refuse)
      continue
    }
    const place = partsOf(payload, show.at)
    const value = valueAt(payload, show.at)
    if (value !== undefined) checkShown(show, value, place, payload, refuse)
    else if (show.optional !== true) refuse('required', `must be ${NEEDS[show.as]}`, place)
  }
  return issues
}

const NEEDS: Readonly<Record<Render['as'], string>> = {
  text: 'text',
  markdown: 'text',
  chat: `a list of 1 to ${MOST_MESSAGES} messages`,
  code: 'text',
  diff: 'a diff',
  json: 'there',
  table: `a list of at most ${MOST_ROWS} rows`,
  image: 'an address that begins with https: or data:',
  audio: 'an address that begins with https: or data:',
}

function checkShown(render: Render, value: Json, at: Place, payload: Json, refuse: Refuse): void {
  const need = (): void => refuse('type', `must be ${NEEDS[render.as]}`, at)
  const { languageAt } = render
  if (languageAt !== undefined && typeof valueAt(payload, languageAt) !== 'string')
    refuse('type', 'must be text, the language', partsOf(payload, languageAt))
  switch (render.as) {
    case 'text':
    case 'markdown':
    case 'code':
      if (typeof value !== 'string') need()
      break
    case 'chat':
      checkChat(render, value, at, need, refuse)
      break
    case 'diff':
      checkDiff(render, value, at, need, refuse)
      break
    case 'table':
      if (!isList(value) || value.length > MOST_ROWS) need()
      else {
        value.forEach((row, place) => {
          if (typeof row !== 'object' || row === null)
            refuse('type', 'must be an object or a list', [...at, place])
        })
      }
      break
    case 'image':
    case 'audio':
      checkMedia(render.as, value, at, need, refuse)
      break
    case 'json':
  }
}

const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value)

function checkDiff(
  { beforeAt, afterAt }: Render,
  value: Json,
  at: Place,
  need: () => void,
  refuse: Refuse,
): void {
  if (beforeAt === undefined || afterAt === undefined) {
    if (typeof value !== 'string') need()
    return
  }
  for (const pointer of [beforeAt, afterAt]) {
    if (typeof valueAt(value, pointer) !== 'string')
      refuse('type', 'must be text', [...at, ...partsOf(value, pointer)])
  }
}

function checkMedia(as: 'image' | 'audio', value: Json, at: Place, need: () => void, refuse: Refuse): void {
  if (typeof value !== 'string') {
    need()
    return
  }
  const inline = INLINE.exec(value)
  if (inline !== null) {
    if (value.length > MOST_INLINE_BYTES) refuse('tooLong', 'must be at most 1 MiB', at)
    else if (!inline[1]?.toLowerCase().startsWith(as)) refuse('type', `must be of type ${as}`, at)
  } else if (value.toLowerCase().startsWith('data:')) {
    refuse('type', 'must be data of png, jpeg, webp, gif, mpeg, ogg or wav', at)
  } else if (!(value.startsWith('https:') && URL.canParse(value))) {
    need()
  }
}

function checkChat(
  { roleAt = '/role', contentAt = '/content' }: Render,
  value: Json,
  at: Place,
  need: () => void,
  refuse: Refuse,
): void {
  if (!isList(value) || value.length < 1 || value.length > MOST_MESSAGES) {
    need()
    return
  }
  value.forEach((message, place) => {
    const here = [...at, place]
    if (typeof message !== 'object' || message === null || isList(message)) {
      refuse('type', 'must be a message, an object', here)
      return
    }
    if (typeof valueAt(message, roleAt) !== 'string')
      refuse('type', 'must be text, the role', [...here, ...partsOf(message, roleAt)])
    checkContent(valueAt(message, contentAt), message, [...here, ...partsOf(message, contentAt)], refuse)
  })
}

function checkContent(content: Json | undefined, message: Json, at: Place, refuse: Refuse): void {
  if (content === undefined) {
    const calls = valueAt(message, '/toolCalls') ?? valueAt(message, '/tool_calls')
    if (!isList(calls)) refuse('required', 'must be text, null or a list of parts', at)
    return
  }
  if (content === null || typeof content === 'string') return
  if (!isList(content)) {
    refuse('type', 'must be text, null or a list of parts', at)
    return
  }
  content.forEach((part, place) => {
    if (!isPart(part))
      refuse('type', 'must be a part { type: text, text } or { type: image, url }', [...at, place])
  })
}

function isPart(part: Json): boolean {
  const type = valueAt(part, '/type')
  if (type === 'text') return typeof valueAt(part, '/text') === 'string'
  if (type !== 'image' && type !== 'image_url') return false
  const addresses = ['/url', '/image_url', '/image_url/url'].map((pointer) => valueAt(part, pointer))
  return addresses.some((address) => typeof address === 'string')
}

function checkCompare(show: ShowCompare, payload: Json, ofTwo: boolean, refuse: Refuse): void {
  if (show.sides !== undefined) {
    for (const { at } of show.sides) checkSide(show.render, payload, at, [], payload, refuse)
    return
  }
  const elements = valueAt(payload, show.each ?? '')
  const at = partsOf(payload, show.each ?? '')
  const most = ofTwo ? 2 : FORM_LIMITS.sides
  if (!isList(elements) || elements.length < 2 || elements.length > most) {
    refuse('type', ofTwo ? 'must be a list of exactly 2' : `must be a list of 2 to ${most}`, at)
    return
  }
  const seen = new Set<Json>()
  elements.forEach((element, place) => {
    checkSide(show.render, element, show.valueAt ?? '', [...at, place], payload, refuse)
    if (show.idAt === undefined) return
    const id = valueAt(element, show.idAt)
    const where = [...at, place, ...partsOf(element, show.idAt)]
    if (typeof id !== 'string' || id === '' || lengthOf(id) > LONGEST_NAME)
      refuse('type', `must be text of 1 to ${LONGEST_NAME} characters, the id of the side`, where)
    else if (NO_SIDES.includes(id)) refuse('option', `must be neither ${NO_SIDES.join(' nor ')}`, where)
    else if (seen.has(id)) refuse('repeated', `must be unique: ${id} is there before`, where)
    if (id !== undefined) seen.add(id)
  })
}

/** The text that one side shows, at a pointer into `from`, which stands at `above` in the payload. */
function checkSide(
  render: Render,
  from: Json,
  pointer: string,
  above: Place,
  payload: Json,
  refuse: Refuse,
): void {
  const at = [...above, ...partsOf(from, pointer)]
  const value = valueAt(from, pointer)
  if (value === undefined) refuse('required', `must be ${NEEDS[render.as]}`, at)
  else checkShown(render, value, at, payload, refuse)
}
