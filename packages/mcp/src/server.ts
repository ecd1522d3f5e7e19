import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import {
  CallToolRequestSchema,
  type CallToolResult,
  ErrorCode,
  type Tool as ListedTool,
  ListToolsRequestSchema,
  McpError,
} from '@modelcontextprotocol/sdk/types.js'
import type { MusterClient } from '@muster/client'
import { z } from 'zod'
import { answerOf, NOTICE } from './answer.ts'
import { failureOf } from './failure.ts'
import { assertOptions } from './options.ts'
import { READING } from './reading.ts'
import { type Effect, type Tool, ToolRefusedError } from './tool.ts'
import { VERSION } from './version.ts'
import { WRITING } from './writing.ts'

/** Of {@link createMcpServer}. */
export interface McpServerOptions {
  /** Called by the tools, with the rights of its token. */
  readonly muster: MusterClient
  /** Whether there are tools that change something. Default: none. */
  readonly write?: boolean
  /** Takes faults of this program, of which the assistant is told no more than `internal`. */
  readonly log: (error: unknown) => void
}

const OPTIONS = ['muster', 'write', 'log'] as const satisfies readonly (keyof McpServerOptions)[]

const INSTRUCTIONS =
  'Muster is a work queue for people and machines. A run is scenarios × models as jobs; a task is work for people. Begin with list_projects.'

/** All tools, those that only read first. */
const TOOLS: readonly Tool[] = [...READING, ...WRITING]

/** A server of the Model Context Protocol whose tools call Muster. Connect it to a transport of the SDK. @throws TypeError for an unknown option */
export function createMcpServer(options: McpServerOptions): McpServer {
  assertOptions('createMcpServer', options, OPTIONS)
  const { muster, write = false, log } = options
  const mcp = new McpServer(
    { name: 'muster', title: 'Muster', version: VERSION },
    { instructions: INSTRUCTIONS },
  )
  const tools = TOOLS.filter(({ effect }) => write || effect === 'reads')
  // Below the SDK's own handlers, whose errors name no fields.
  mcp.server.registerCapabilities({ tools: {} })
  mcp.server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: tools.map(listed) }))
  mcp.server.setRequestHandler(CallToolRequestSchema, async ({ params }, { signal }) => {
    const tool = TOOLS.find(({ name }) => name === params.name)
    if (tool === undefined) throw new McpError(ErrorCode.InvalidParams, `There is no tool ${params.name}`)
    try {
      if (!tools.includes(tool)) throw readOnly(tool)
      return resultOf(answerOf(await tool.call(muster, params.arguments, { signal })))
    } catch (error) {
      // Nobody waits for the answer.
      if (signal.aborted) throw error
      const failure = failureOf(error)
      if (failure.code === 'internal') log(error)
      return { ...resultOf({ notice: NOTICE, error: failure }), isError: true }
    }
  })
  return mcp
}

function readOnly({ name }: Tool): ToolRefusedError {
  const message = `${name} changes something, and this server only reads: whoever runs it may start it with --write`
  return new ToolRefusedError('read_only', message, [])
}

/** As structured content, and as the same in text for clients that know no such. */
function resultOf(content: object): CallToolResult {
  return {
    structuredContent: { ...content },
    content: [{ type: 'text', text: JSON.stringify(content) }],
  }
}

const HINTS: Readonly<Record<Effect, NonNullable<ListedTool['annotations']>>> = {
  reads: { readOnlyHint: true, destructiveHint: false, idempotentHint: true },
  writes: { readOnlyHint: false, destructiveHint: false, idempotentHint: true },
  destroys: { readOnlyHint: false, destructiveHint: true, idempotentHint: true },
}

/** A tool as clients are told of it. */
function listed({ name, title, description, effect, input }: Tool): ListedTool {
  const { $schema: _schema, ...inputSchema } = z.toJSONSchema(input, {
    io: 'input',
    // The format says it.
    override: ({ jsonSchema }) => {
      if (jsonSchema.format === 'uuid') delete jsonSchema.pattern
    },
  })
  return {
    name,
    title,
    description,
    inputSchema: inputSchema as ListedTool['inputSchema'],
    annotations: HINTS[effect],
  }
}
