/** What is heard of the story from the process that tells it. */
export class ToldStory {
  readonly #echo: (line: string) => void
  readonly #waiting = new Set<{ readonly words: RegExp; readonly said: () => void }>()
  #origin = ''
  #token = ''

  constructor(echo: (line: string) => void) {
    this.#echo = echo
  }

  readonly hear = (line: string): void => {
    this.#origin = /^Muster is up at (http\S+):/.exec(line)?.[1] ?? this.#origin
    this.#token = /^token \(admin\): (\S+)/.exec(line)?.[1] ?? this.#token
    this.#echo(line)
    for (const one of this.#waiting) {
      if (!one.words.test(line)) continue
      this.#waiting.delete(one)
      one.said()
    }
  }

  /** Once a line like this was said. */
  said(words: RegExp): Promise<void> {
    return new Promise((said) => {
      this.#waiting.add({ words, said })
    })
  }

  /** Once the machines have done their part: the runs are complete. */
  get settled(): Promise<void> {
    return this.said(/^The models split on/)
  }

  /** Once the story is told to its end. */
  get told(): Promise<void> {
    return this.said(/^The story is told/)
  }

  /** The bytes of `results.ndjson` of each of the story's runs, by the name of what they evaluate. */
  async results(): Promise<ReadonlyMap<string, string>> {
    const bytes = new Map<string, string>()
    const projects = await this.#get<Page<{ projectId: string }>>('/projects')
    for (const { projectId } of projects.items) {
      const runs = await this.#get<Page<StoryRun>>(`/projects/${projectId}/runs`)
      for (const { runId, config } of runs.items) {
        bytes.set(config.definitionSnapshot.name, await this.#text(`/runs/${runId}/results.ndjson`))
      }
    }
    return bytes
  }

  async #get<Body>(path: string): Promise<Body> {
    return JSON.parse(await this.#text(path)) as Body
  }

  async #text(path: string): Promise<string> {
    const headers = { authorization: `Bearer ${this.#token}` }
    const response = await fetch(`${this.#origin}/api/v1${path}`, { headers })
    const body = await response.text()
    if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${body}`)
    return body
  }
}

interface Page<Item> {
  readonly items: readonly Item[]
}

interface StoryRun {
  readonly runId: string
  readonly config: { readonly definitionSnapshot: { readonly name: string } }
}
