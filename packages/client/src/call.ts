import type { Listing } from './answers.ts'
import type { NAMES, OperationId } from './names.ts'
import type { OPERATIONS } from './operations.ts'
import type { operations } from './schema.ts'

/** What may be said of any call beside what it sends. */
export interface CallOptions {
  readonly signal?: AbortSignal
  /** Of calls that make something. Default: a new one for each call, the same for all of its tries. null: none, so that the server keeps no answer. */
  readonly idempotencyKey?: string | null
  /** The version that the change was decided by: where it is no longer the latest, `VersionConflictError`, and nothing changes. */
  readonly ifMatch?: number
}

/** The bytes of a file. What can be read again is also sent again, while the server is away; a stream is sent once. */
export type FileBody = Blob | ReadableStream<Uint8Array> | Uint8Array | string

/** Newline-delimited JSON, where a call takes it in place of one document: a stream is sent once. */
export type LinesBody = Blob | ReadableStream<Uint8Array>

/** A call with both a body and a query has the query here. */
interface WithQuery<Query> extends CallOptions {
  readonly query?: Query
}

type Parameters<Id extends OperationId> = operations[Id]['parameters']

type QueryOf<Id extends OperationId> = Exclude<Parameters<Id>['query'], undefined>

type BodyOf<Id extends OperationId> = operations[Id] extends {
  readonly requestBody?: { readonly content: infer Content extends { readonly 'application/json': unknown } }
}
  ? Content['application/json'] | ('application/x-ndjson' extends keyof Content ? LinesBody : never)
  : never

type OptionsOf<Id extends OperationId> = (typeof OPERATIONS)[Id]['input'] extends 'body' | 'file'
  ? [QueryOf<Id>] extends [never]
    ? CallOptions
    : WithQuery<QueryOf<Id>>
  : CallOptions

/** One text for each parameter of a path, in its order. */
type Ids<Path extends string> = Path extends `${string}{${string}}${infer Rest}`
  ? [id: string, ...Ids<Rest>]
  : []

type MayBeLeftOut<Input> = Partial<Input> extends Input ? true : false

/** The document says so, or nothing in the body is required. */
type BodyMayBeLeftOut<Id extends OperationId> = undefined extends operations[Id]['requestBody']
  ? true
  : MayBeLeftOut<BodyOf<Id>>

type InputOf<Id extends OperationId> = (typeof OPERATIONS)[Id]['input'] extends 'body'
  ? BodyMayBeLeftOut<Id> extends true
    ? [body?: BodyOf<Id>, options?: OptionsOf<Id>]
    : [body: BodyOf<Id>, options?: OptionsOf<Id>]
  : (typeof OPERATIONS)[Id]['input'] extends 'query'
    ? MayBeLeftOut<QueryOf<Id>> extends true
      ? [query?: QueryOf<Id>, options?: OptionsOf<Id>]
      : [query: QueryOf<Id>, options?: OptionsOf<Id>]
    : (typeof OPERATIONS)[Id]['input'] extends 'file'
      ? [file: FileBody, options?: OptionsOf<Id>]
      : [options?: OptionsOf<Id>]

/** The JSON of the answers with one of these statuses. */
type AnswerOf<Id extends OperationId, Statuses = 200 | 201 | 202> = {
  [Status in keyof operations[Id]['responses']]: Status extends Statuses
    ? operations[Id]['responses'][Status] extends { readonly content: infer Content }
      ? Content[keyof Content & ('application/json' | 'application/schema+json')]
      : never
    : never
}[keyof operations[Id]['responses']]

type ItemOf<Answer> = Answer extends { readonly items: readonly (infer Item)[] } ? Item : never

type ResultOf<Id extends OperationId> = (typeof OPERATIONS)[Id]['answer'] extends 'lines'
  ? AsyncIterable<unknown>
  : (typeof OPERATIONS)[Id]['answer'] extends 'page'
    ? Listing<ItemOf<AnswerOf<Id>>>
    : (typeof OPERATIONS)[Id]['answer'] extends 'text'
      ? Promise<string>
      : (typeof OPERATIONS)[Id]['answer'] extends 'bytes'
        ? AsyncIterable<Uint8Array>
        : (typeof OPERATIONS)[Id]['answer'] extends 'nothing'
          ? Promise<void>
          : Promise<AnswerOf<Id>>

/** A call that can say what it would do, where it is asked for a dry run, in place of doing it. */
interface Foreseeable<Id extends OperationId> {
  (
    ...args: [
      ...Ids<(typeof OPERATIONS)[Id]['path']>,
      body: BodyOf<Id>,
      options: CallOptions & { readonly query: QueryOf<Id> & { readonly dryRun: 'true' } },
    ]
  ): Promise<AnswerOf<Id, 200>>
  (
    ...args: [...Ids<(typeof OPERATIONS)[Id]['path']>, body: BodyOf<Id>, options?: CallOptions]
  ): Promise<AnswerOf<Id, 201 | 202>>
}

/** A call of an operation: the ids in its path, what it sends, and what may be said of any call. */
type Call<Id extends OperationId> = [QueryOf<Id>] extends [never]
  ? Plain<Id>
  : 'dryRun' extends keyof QueryOf<Id>
    ? (typeof OPERATIONS)[Id]['input'] extends 'body'
      ? Foreseeable<Id>
      : Plain<Id>
    : Plain<Id>

type Plain<Id extends OperationId> = (
  ...args: [...Ids<(typeof OPERATIONS)[Id]['path']>, ...InputOf<Id>]
) => ResultOf<Id>

/** Every call, by its subject and its verb. */
export type Calls = {
  readonly [Subject in keyof typeof NAMES]: {
    readonly [Verb in keyof (typeof NAMES)[Subject]]: (typeof NAMES)[Subject][Verb] extends infer Id extends
      OperationId
      ? Call<Id>
      : never
  }
}
