import { readFileSync } from 'node:fs'
import { Ajv, type ValidateFunction } from 'ajv'
import { parse } from 'yaml'

/** The document that is checked in. */
export const asyncapiText: string = readFileSync(new URL('../asyncapi.yaml', import.meta.url), 'utf8')

const ajv = new Ajv({ strict: false, allErrors: false, validateFormats: false })
ajv.addSchema(parse(asyncapiText) as object, 'document')

function schema(name: string): ValidateFunction {
  return ajv.compile({ $ref: `document#/components/schemas/${name}` })
}

const oneOf = (names: readonly string[]): ValidateFunction =>
  ajv.compile({ anyOf: names.map((name) => ({ $ref: `document#/components/schemas/${name}` })) })

const CHECKS: Readonly<Record<string, ValidateFunction>> = {
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
  if (!check(frame)) {
    failures.push(`${kind}: ${JSON.stringify(check.errors?.[0])} in ${JSON.stringify(frame)}`)
  }
}

/** What did not fit, kept because a listener cannot fail a test. */
export const failures: string[] = []
