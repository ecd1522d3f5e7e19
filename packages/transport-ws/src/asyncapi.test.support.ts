import { readFileSync } from 'node:fs'
import { type Check, type DocumentSchema, schemaChecks } from '@muster/test-services/documents'
import { parse } from 'yaml'

/** The document that is checked in. */
export const asyncapiText: string = readFileSync(new URL('../asyncapi.yaml', import.meta.url), 'utf8')

const { components } = parse(asyncapiText) as { readonly components: { readonly schemas: object } }

/** Its schemas by name, as one schema of JSON Schema has them. */
const $defs: Readonly<Record<string, DocumentSchema>> = JSON.parse(
  JSON.stringify(components.schemas).replaceAll('#/components/schemas/', '#/$defs/'),
)

/** What the document says of values of this name, with all that it refers to in its place. */
export function requestSchema(name: string): DocumentSchema {
  return JSON.parse(JSON.stringify($defs[name]), (_key, value: { readonly $ref?: string } | null) =>
    typeof value?.$ref === 'string' ? requestSchema(value.$ref.slice('#/$defs/'.length)) : value,
  ) as DocumentSchema
}

const compile = schemaChecks({ document: { $id: 'document', $defs } })

/** Says what is wrong with a value of this name. */
export function schema(name: string): Check {
  return compile({ $ref: `document#/$defs/${name}` })
}

const oneOf = (names: readonly string[]): Check =>
  compile({ anyOf: names.map((name) => ({ $ref: `document#/$defs/${name}` })) })

const CHECKS: Readonly<Record<string, Check>> = {
  event: schema('ChannelEvent'),
  mark: schema('Mark'),
  reload: schema('Reload'),
  closed: schema('Closed'),
  'subscribe answer': schema('SubscribeAnswer'),
  'unsubscribe answer': schema('Answer'),
  'presence answer': schema('Answer'),
  'queue:updated': schema('QueueUpdated'),
  'task:step:progress': schema('StepProgress'),
  personal: oneOf(['Ready', 'Event', 'PlainMark', 'PlainReload', 'PresenceAck', 'Error']),
  queueUpdates: oneOf(['Ready', 'QueueUpdate', 'PlainMark', 'PlainReload', 'PresenceAck', 'Error']),
}

/** @throws where the frame is not what the document says of its kind */
export function checkFrame(kind: string, frame: unknown): void {
  const check = CHECKS[kind.replace(/:[0-9a-f-]{36}$/, '')]
  if (check === undefined) throw new Error(`asyncapi.yaml knows no ${kind}`)
  const fault = check(frame)
  if (fault !== undefined) failures.push(`${kind}: ${fault} in ${JSON.stringify(frame)}`)
}

/** What did not fit, kept because a listener cannot fail a test. */
export const failures: string[] = []
