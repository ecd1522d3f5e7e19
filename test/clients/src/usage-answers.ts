import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What a provider answers that has done its work: by the end of the path that its client asks. */
const BODIES: readonly (readonly [path: RegExp, body: object])[] = [
  [
    /chat\/completions$/,
    {
      id: 'c1',
      object: 'chat.completion',
      created: 1,
      model: 'm',
      choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
      usage: {
        prompt_tokens: 100,
        completion_tokens: 30,
        total_tokens: 130,
        prompt_tokens_details: { cached_tokens: 40, cache_write_tokens: 5 },
        completion_tokens_details: { reasoning_tokens: 20 },
      },
    },
  ],
  [
    /responses$/,
    {
      id: 'r1',
      object: 'response',
      created_at: 1,
      model: 'm',
      status: 'completed',
      output: [
        {
          id: 'o1',
          type: 'message',
          role: 'assistant',
          status: 'completed',
          content: [{ type: 'output_text', text: 'Hi', annotations: [] }],
        },
      ],
      usage: {
        input_tokens: 100,
        input_tokens_details: { cached_tokens: 40, cache_write_tokens: 5 },
        output_tokens: 30,
        output_tokens_details: { reasoning_tokens: 20 },
        total_tokens: 130,
      },
    },
  ],
  [
    /messages$/,
    {
      id: 'm1',
      type: 'message',
      role: 'assistant',
      model: 'm',
      content: [{ type: 'text', text: 'Hi' }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: {
        input_tokens: 55,
        cache_read_input_tokens: 40,
        cache_creation_input_tokens: 5,
        output_tokens: 30,
        output_tokens_details: { thinking_tokens: 20 },
      },
    },
  ],
  [
    /:generateContent$/,
    {
      candidates: [{ content: { role: 'model', parts: [{ text: 'Hi' }] }, finishReason: 'STOP', index: 0 }],
      usageMetadata: {
        promptTokenCount: 95,
        toolUsePromptTokenCount: 5,
        candidatesTokenCount: 10,
        thoughtsTokenCount: 20,
        cachedContentTokenCount: 40,
        totalTokenCount: 130,
      },
    },
  ],
  [
    /\/converse$/,
    {
      output: { message: { role: 'assistant', content: [{ text: 'Hi' }] } },
      stopReason: 'end_turn',
      usage: {
        inputTokens: 55,
        cacheReadInputTokens: 40,
        cacheWriteInputTokens: 5,
        outputTokens: 30,
        totalTokens: 130,
      },
      metrics: { latencyMs: 1 },
    },
  ],
]

/** A provider that answers every client, and says what that used. */
export async function startAnswering(): Promise<{
  readonly url: string
  readonly close: () => Promise<void>
}> {
  const server = createServer((request, response) => {
    request.resume()
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://provider').pathname)
    const found = BODIES.find(([known]) => known.test(path))
    response.writeHead(found ? 200 : 404, { 'content-type': 'application/json' })
    response.end(JSON.stringify(found?.[1] ?? { error: { message: `nothing at ${path}` } }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
