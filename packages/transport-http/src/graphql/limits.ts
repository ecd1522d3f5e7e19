import { createComplexityRule } from '@pothos/plugin-complexity'
import { type ExecutionArgs, GraphQLError, type GraphQLSchema, parse, validate } from 'graphql'
import type { Plugin } from 'graphql-yoga'

/** How deep fields may be nested. */
const DEPTH = 10
/** How many fields a document may name, fragments written out. */
const FIELDS = 1_000
/** How many things its answer may hold, lists counted as long as they may be. */
const COST = 5_000
/** How long a document may be, in tokens. */
const TOKENS = 5_000

/** Refuses, before anything runs, what would cost too much to read, to check or to answer. */
export function limitDocuments(): Plugin {
  return {
    onParse({ setParseFn }) {
      setParseFn((source, options) => parse(source, { ...options, maxTokens: TOKENS }))
    },
    onExecute({ args, setResultAndStopExecution }) {
      const errors = tooMuch(args)
      if (errors.length > 0) setResultAndStopExecution({ errors })
    },
    onSubscribe({ args, setResultAndStopExecution }) {
      const errors = tooMuch(args)
      if (errors.length > 0) setResultAndStopExecution({ errors })
    },
  }
}

// Not among the rules of validation, whose verdict is remembered by document: what a list may hold depends on the variables.
function tooMuch(args: {
  readonly schema: GraphQLSchema
  readonly document: ExecutionArgs['document']
  readonly variableValues?: unknown
  readonly operationName?: string | null | undefined
  readonly contextValue?: unknown
}): readonly GraphQLError[] {
  const rule = createComplexityRule({
    context: args.contextValue as object,
    variableValues: (args.variableValues ?? {}) as Record<string, unknown>,
    operationName: args.operationName ?? null,
    validate({ depth, breadth, complexity }, report) {
      refuse(depth, DEPTH, 'levels deep', report)
      refuse(breadth, FIELDS, 'fields long', report)
      refuse(complexity, COST, 'things big, with lists as long as they may be', report)
    },
  })
  const errors = validate(args.schema, args.document, [rule])
  // To count them, the variables are read first: those that do not fit end here, not where they would be executed.
  for (const { extensions } of errors) Object.assign(extensions, REFUSED)
  return errors
}

const REFUSED = { code: 'validation_failed', http: { spec: true, status: 400 } }

function refuse(actual: number, most: number, what: string, report: (error: GraphQLError) => void): void {
  if (actual <= most) return
  report(new GraphQLError(`The document is ${actual} ${what}; it may be ${most}`))
}
