import { createOpenAI } from '@ai-sdk/openai'
import Anthropic from '@anthropic-ai/sdk'
import { BedrockRuntimeClient, ConverseCommand } from '@aws-sdk/client-bedrock-runtime'
import { GoogleGenAI } from '@google/genai'
import { Mistral } from '@mistralai/mistralai'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { generateText, streamText } from 'ai'
import axios from 'axios'
import { CohereClientV2 } from 'cohere-ai'
import got from 'got'
import Groq from 'groq-sdk'
import { Ollama } from 'ollama'
import OpenAI from 'openai'
import { request } from 'undici'
import type { Dialect } from './provider.ts'

/** A client as a handler uses it: with its own retries off and a short time-out. */
export interface Client {
  readonly dialect: Dialect
  /** Asks once and gives what the client gave. */
  readonly ask: (url: string, timeoutMs: number) => Promise<unknown>
  /** Asks and reads a stream to its end. */
  readonly stream?: (url: string, timeoutMs: number) => Promise<unknown>
}

const messages = [{ role: 'user' as const, content: 'Hello' }]
const apiKey = 'none'

async function drain(stream: AsyncIterable<unknown>): Promise<unknown[]> {
  const parts: unknown[] = []
  for await (const part of stream) parts.push(part)
  return parts
}

const openai = (baseURL: string, timeout: number) => new OpenAI({ apiKey, baseURL, maxRetries: 0, timeout })
const anthropic = (baseURL: string, timeout: number) =>
  new Anthropic({ apiKey, baseURL, maxRetries: 0, timeout })
const groq = (baseURL: string, timeout: number) => new Groq({ apiKey, baseURL, maxRetries: 0, timeout })
const aiModel = (baseURL: string) => createOpenAI({ apiKey, baseURL }).chat('m')
const google = (baseUrl: string, timeout: number) =>
  new GoogleGenAI({ apiKey, httpOptions: { baseUrl, timeout } })
const mistral = (serverURL: string, timeoutMs: number) =>
  new Mistral({ apiKey, serverURL, timeoutMs, retryConfig: { strategy: 'none' } })
const cohere = (environment: string, timeoutMs: number) =>
  new CohereClientV2({
    token: apiKey,
    environment,
    timeoutInSeconds: timeoutMs / 1_000,
    maxRetries: 0,
  } as ConstructorParameters<typeof CohereClientV2>[0])
const bedrock = (endpoint: string, requestTimeout: number) =>
  new BedrockRuntimeClient({
    region: 'eu-central-1',
    endpoint,
    maxAttempts: 1,
    credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
    requestHandler: new NodeHttpHandler({ requestTimeout, throwOnRequestTimeout: true }),
  })
const ollama = (host: string, timeoutMs: number) =>
  new Ollama({ host, fetch: (url, init) => fetch(url, { ...init, signal: AbortSignal.timeout(timeoutMs) }) })

type Name =
  | 'openai'
  | 'anthropic'
  | 'groq'
  | 'ai'
  | 'google'
  | 'mistral'
  | 'cohere'
  | 'bedrock'
  | 'ollama'
  | 'fetch'
  | 'axios'
  | 'got'
  | 'undici'

export const CLIENTS: Readonly<Record<Name, Client>> = {
  openai: {
    dialect: 'openai',
    ask: (url, ms) => openai(url, ms).chat.completions.create({ model: 'm', messages }),
    stream: async (url, ms) =>
      drain(await openai(url, ms).chat.completions.create({ model: 'm', messages, stream: true })),
  },
  anthropic: {
    dialect: 'anthropic',
    ask: (url, ms) => anthropic(url, ms).messages.create({ model: 'm', max_tokens: 9, messages }),
    stream: async (url, ms) =>
      drain(await anthropic(url, ms).messages.create({ model: 'm', max_tokens: 9, messages, stream: true })),
  },
  groq: {
    dialect: 'openai',
    ask: (url, ms) => groq(url, ms).chat.completions.create({ model: 'm', messages }),
    stream: async (url, ms) =>
      drain(await groq(url, ms).chat.completions.create({ model: 'm', messages, stream: true })),
  },
  ai: {
    dialect: 'openai',
    ask: (url, ms) =>
      generateText({
        model: aiModel(url),
        prompt: 'Hello',
        maxRetries: 0,
        abortSignal: AbortSignal.timeout(ms),
      }),
    stream: async (url, ms) => {
      const result = streamText({
        model: aiModel(url),
        prompt: 'Hello',
        maxRetries: 0,
        abortSignal: AbortSignal.timeout(ms),
        onError: () => undefined,
      })
      for await (const part of result.fullStream) if (part.type === 'error') throw part.error
      return result.text
    },
  },
  google: {
    dialect: 'google',
    ask: (url, ms) => google(url, ms).models.generateContent({ model: 'm', contents: 'Hello' }),
    stream: async (url, ms) =>
      drain(await google(url, ms).models.generateContentStream({ model: 'm', contents: 'Hello' })),
  },
  mistral: {
    dialect: 'mistral',
    ask: (url, ms) => mistral(url, ms).chat.complete({ model: 'm', messages }),
    stream: async (url, ms) => drain(await mistral(url, ms).chat.stream({ model: 'm', messages })),
  },
  cohere: {
    dialect: 'cohere',
    ask: (url, ms) => cohere(url, ms).chat({ model: 'm', messages }),
    stream: async (url, ms) => drain(await cohere(url, ms).chatStream({ model: 'm', messages })),
  },
  bedrock: {
    dialect: 'bedrock',
    ask: (url, ms) =>
      bedrock(url, ms).send(
        new ConverseCommand({ modelId: 'm', messages: [{ role: 'user', content: [{ text: 'Hello' }] }] }),
      ),
  },
  ollama: {
    dialect: 'ollama',
    ask: (url, ms) => ollama(url, ms).chat({ model: 'm', messages }),
    stream: async (url, ms) => drain(await ollama(url, ms).chat({ model: 'm', messages, stream: true })),
  },
  fetch: {
    dialect: 'openai',
    ask: async (url, ms) => {
      const response = await fetch(url, { method: 'POST', signal: AbortSignal.timeout(ms) })
      if (!response.ok) throw Object.assign(new Error(`answered ${response.status}`), { response })
      return response.json()
    },
  },
  axios: { dialect: 'openai', ask: async (url, timeout) => (await axios.post(url, {}, { timeout })).data },
  got: {
    dialect: 'openai',
    ask: (url, ms) => got.post(url, { json: {}, retry: { limit: 0 }, timeout: { request: ms } }).json(),
  },
  undici: {
    dialect: 'openai',
    ask: async (url, ms) => {
      const { statusCode, headers, body } = await request(url, {
        method: 'POST',
        headersTimeout: ms,
        bodyTimeout: ms,
      })
      if (statusCode >= 400) throw Object.assign(new Error(`answered ${statusCode}`), { statusCode, headers })
      return body.json()
    },
  },
}
