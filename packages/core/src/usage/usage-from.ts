import { type CallUsage, MOST_UNITS } from './usage.ts'

type Counts = Omit<CallUsage, 'model' | 'costMicros'>

/**
 * The usage that a provider's answer tells, as `usage` of a handler's tools takes it; `undefined` if it says nothing that is known here, which is not zero: a
 * stream, for one, says it in its last part or not at all. Reads answers of OpenAI (chat and responses), Anthropic, the AI SDK (results and
 * its providers' answers), Gemini and Bedrock Converse, or their usage alone. Never throws.
 */
export function usageFrom(answer: unknown): CallUsage | undefined {
  try {
    return [answer, ...PLACES.map((place) => member(answer, place))]
      .map((usage) => read(usage))
      .find((counts) => counts !== undefined && isSound(counts))
  } catch {
    // Getters of foreign code may throw wherever they are touched.
    return undefined
  }
}

/** Where an answer keeps its usage, first the sum over all steps. */
const PLACES = ['totalUsage', 'usage', 'usageMetadata'] as const

/** Each shape by the member that no other has; parts that lie beside each other are put together. */
function read(usage: unknown): Counts | undefined {
  if (typeof usage !== 'object' || usage === null) return undefined
  const number = (name: string): number | undefined => count(member(usage, name))
  const inside = (group: string, name: string): number => count(member(member(usage, group), name)) ?? 0

  // OpenAI chat.
  if (number('prompt_tokens') !== undefined) {
    return {
      input: number('prompt_tokens') ?? 0,
      output: number('completion_tokens') ?? 0,
      cached: inside('prompt_tokens_details', 'cached_tokens'),
      cacheWrite: inside('prompt_tokens_details', 'cache_write_tokens'),
      reasoning: inside('completion_tokens_details', 'reasoning_tokens'),
    }
  }
  // OpenAI responses: as Anthropic's, but its input has all parts in it.
  if (number('input_tokens') !== undefined && isObject(member(usage, 'input_tokens_details'))) {
    return {
      input: number('input_tokens') ?? 0,
      output: number('output_tokens') ?? 0,
      cached: inside('input_tokens_details', 'cached_tokens'),
      cacheWrite: inside('input_tokens_details', 'cache_write_tokens'),
      reasoning: inside('output_tokens_details', 'reasoning_tokens'),
    }
  }
  // Anthropic.
  if (number('input_tokens') !== undefined) {
    const cached = number('cache_read_input_tokens') ?? 0
    const cacheWrite = number('cache_creation_input_tokens') ?? 0
    return {
      input: (number('input_tokens') ?? 0) + cached + cacheWrite,
      output: number('output_tokens') ?? 0,
      cached,
      cacheWrite,
      reasoning: inside('output_tokens_details', 'thinking_tokens'),
    }
  }
  // A provider of the AI SDK.
  if (count(member(member(usage, 'inputTokens'), 'total')) !== undefined) {
    return {
      input: inside('inputTokens', 'total'),
      output: inside('outputTokens', 'total'),
      cached: inside('inputTokens', 'cacheRead'),
      cacheWrite: inside('inputTokens', 'cacheWrite'),
      reasoning: inside('outputTokens', 'reasoning'),
    }
  }
  // The AI SDK itself.
  if (number('inputTokens') !== undefined && isObject(member(usage, 'inputTokenDetails'))) {
    return {
      input: number('inputTokens') ?? 0,
      output: number('outputTokens') ?? 0,
      cached: inside('inputTokenDetails', 'cacheReadTokens'),
      cacheWrite: inside('inputTokenDetails', 'cacheWriteTokens'),
      reasoning: inside('outputTokenDetails', 'reasoningTokens'),
    }
  }
  // Bedrock Converse.
  if (number('inputTokens') !== undefined) {
    const cached = number('cacheReadInputTokens') ?? 0
    const cacheWrite = number('cacheWriteInputTokens') ?? 0
    return {
      input: (number('inputTokens') ?? 0) + cached + cacheWrite,
      output: number('outputTokens') ?? 0,
      cached,
      cacheWrite,
      reasoning: 0,
    }
  }
  // Gemini.
  if (number('promptTokenCount') !== undefined) {
    const reasoning = number('thoughtsTokenCount') ?? 0
    return {
      input: (number('promptTokenCount') ?? 0) + (number('toolUsePromptTokenCount') ?? 0),
      output: (number('candidatesTokenCount') ?? 0) + reasoning,
      cached: number('cachedContentTokenCount') ?? 0,
      cacheWrite: 0,
      reasoning,
    }
  }
  return undefined
}

function isSound({ input, output, cached = 0, cacheWrite = 0, reasoning = 0 }: Counts): boolean {
  return input <= MOST_UNITS && output <= MOST_UNITS && cached + cacheWrite <= input && reasoning <= output
}

function member(of: unknown, name: string): unknown {
  return isObject(of) ? (of as Readonly<Record<string, unknown>>)[name] : undefined
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** A whole number from 0, or nothing: null and the like say that it is not known. */
function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : undefined
}
