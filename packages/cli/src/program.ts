import { type MusterClient, MusterError } from '@muster/client'
import { type Command, CommanderError, Option } from 'commander'
import { calibrate, calibration } from './calibrate.ts'
import { CheckedCommand, commandOf } from './checked-command.ts'
import { CommandError, EXIT, UsageError } from './command-error.ts'
import { compare } from './compare.ts'
import { type Connection, connect, type Environment, exitCodeOf, NO_MUSTER, wordsOf } from './connection.ts'
import { doctor } from './doctor.ts'
import { gate } from './gate.ts'
import type {
  CalibrateOptions,
  CalibrationOptions,
  Common,
  CompareOptions,
  ExportOptions,
  GateOptions,
  ImportOptions,
  MigrateOptions,
  ReplayOptions,
  ResultsOptions,
  RunStartOptions,
  TaskAddOptions,
  TokenOptions,
  WebhookOptions,
} from './options.ts'
import { startRun, watchRun } from './run.ts'
import { schemaOf } from './schema.ts'
import { asFile, STANDARD_INPUT } from './standard-input.ts'
import { addTasks } from './tasks.ts'
import { signToken } from './token.ts'
import { addWebhook, listWebhooks, replayWebhook } from './webhooks.ts'

/** Where a command runs. */
export interface Surroundings {
  readonly env: Environment
  /** What is piped in. Default: nothing, so that `import -` is wrong use. */
  readonly input?: AsyncIterable<Uint8Array> | undefined
  /** Takes results. */
  readonly out: (text: string) => void
  /** Takes words. */
  readonly err: (text: string) => void
}

/** Runs one command. @returns its exit code */
export async function main(args: readonly string[], around: Surroundings): Promise<number> {
  const call = new Call(around)
  try {
    await programOf(call).parseAsync(args, { from: 'user' })
    return call.exitCode
  } catch (error) {
    if (error instanceof CommandError || error instanceof MusterError) {
      call.say(error instanceof CommandError ? error.message : wordsOf(error))
      return error instanceof CommandError ? error.exitCode : exitCodeOf(error)
    }
    // Commander has said what is wrong, or shown what was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT.usage
    // Whatever callers give is read where it is named: this was an answer.
    if (error instanceof SyntaxError) {
      call.say(NO_MUSTER)
      return EXIT.away
    }
    throw error
  }
}

/** One call of the command. */
class Call {
  readonly around: Surroundings
  exitCode = 0

  constructor(around: Surroundings) {
    this.around = around
  }

  connected(options: Common): Connection {
    return connect(this.around.env, options)
  }

  /** @throws UsageError if nothing is */
  get piped(): AsyncIterable<Uint8Array> {
    const { input } = this.around
    if (input === undefined) throw new UsageError('Nothing is piped in: name a file in place of -')
    return input
  }

  muster(options: Common): MusterClient {
    return this.connected(options).muster
  }

  readonly say = (words: string): void => this.around.err(`${words}\n`)

  readonly tell = (result: unknown): void => this.around.out(`${JSON.stringify(result)}\n`)

  ended({ told, exitCode }: { readonly told: object; readonly exitCode: number }): void {
    this.tell(told)
    this.exitCode = exitCode
  }

  async tellEach(lines: AsyncIterable<unknown>): Promise<void> {
    for await (const line of lines) this.tell(line)
  }
}

/** A command that does one thing with one id. */
type Move = readonly [
  verb: string,
  description: string,
  act: (muster: MusterClient, id: string) => Promise<unknown>,
]

function programOf(call: Call): Command {
  const { say, tell } = call
  const output = { writeOut: call.around.out, writeErr: call.around.err }
  const program = new CheckedCommand('muster')
    .description('People and machines on one work queue')
    .exitOverride()
    .configureOutput(output)
    .addHelpText('after', '\nEnvironment: MUSTER_URL, the server; MUSTER_TOKEN, the token to call it with.')
  const command = (name: string, description: string, within = program): Command =>
    within
      .command(name)
      .description(description)
      .option('--server <url>', 'the server, in place of MUSTER_URL')
      .option('--json', 'JSON on standard output, as it is anyway')
      .exitOverride()
      .configureOutput(output)
  const group = (name: string, description: string): Command =>
    program.command(name).description(description).exitOverride().configureOutput(output)

  group('help', 'Every option of a command, such as `muster help task add`')
    .argument('[command...]', 'its name')
    .action((names: readonly string[]) => commandOf(program, names).outputHelp())

  const run = group('run', 'Start, follow and change runs')
  command('start', 'Start a run', run)
    .argument('<project>', 'its id')
    .option('--definition <id>', 'the scenarios to run')
    .option('--after <run>', 'or the run whose scenarios to run, once it is time')
    .option('--when <when>', 'with --after: completed, ended or peopleDone; by default completed')
    .option('--model <name...>', 'the models to run them with')
    .option('--file <file>', 'JSON: all that a run may say, such as `repeats` and `escalation`')
    .option('--dry-run', 'say what it would be, and start nothing')
    .option('--wait', 'wait until it has ended; exits with 1 unless every job completed')
    .action(async (project: string, options: RunStartOptions) =>
      call.ended(await startRun(call.muster(options), project, options, say)),
    )
  command('show', 'What a run is, and how far', run)
    .argument('<run>', 'its id')
    .action(async (id: string, options: Common) => tell(await call.muster(options).runs.get(id)))
  command('watch', 'Follow a run to its end: a line of JSON for each change', run)
    .argument('<run>', 'its id')
    .action(async (id: string, options: Common) => {
      call.exitCode = await watchRun(call.muster(options), id, tell, say)
    })
  const moves = (within: Command, table: readonly Move[]): void => {
    for (const [verb, description, act] of table)
      command(verb, description, within)
        .argument(`<${within.name()}>`, 'its id')
        .action(async (id: string, options: Common) => tell(await act(call.muster(options), id)))
  }
  moves(run, [
    ['pause', 'Let nothing more of a run begin', (muster, id) => muster.runs.pause(id)],
    ['resume', 'Let a paused run go on', (muster, id) => muster.runs.resume(id)],
    ['cancel', 'End a run, with all that has not ended', (muster, id) => muster.runs.cancel(id)],
    ['retry', 'Run the failed jobs of a run again', (muster, id) => muster.runs.retryFailed(id)],
  ])
  command('results', 'Results of a run, one a line')
    .argument('<run>', 'its id')
    .option('--people', 'with what people decided of each scenario; not with --usage')
    .addOption(
      new Option('--usage', 'with the tokens and the cost of each job; not with --people').conflicts(
        'people',
      ),
    )
    .action(async (id: string, options: ResultsOptions) => {
      const { people, usage } = options
      const query = { ...(people && { people: 'true' as const }), ...(usage && { usage: 'true' as const }) }
      await call.tellEach(call.muster(options).runs.results(id, query))
    })

  command('compare', 'Compare two models of runs on what both did')
    .argument('<baseline>', 'RUN/MODEL')
    .argument('<candidate>', 'RUN/MODEL')
    .requiredOption('--metrics <file>', 'JSON: a list of metrics, or an object that has one as `metrics`')
    .option('--cluster-by <pointer>', 'scenarios with one value there belong together')
    .option('--slice <pointer...>', 'look at each value there apart')
    .option('--seed <number>', 'repeats every draw')
    .option('--allow-partial', 'compare runs that have not completed')
    .option('--report <file>', 'write it as one self-contained page too')
    .action(async (baseline: string, candidate: string, options: CompareOptions) =>
      tell(await compare(call.muster(options), baseline, candidate, options, say)),
    )
  command('gate', 'Decide by a policy: exits with 0 for GO, 1 for NO-GO, 2 for INCONCLUSIVE')
    .argument('<policy>', 'JSON')
    .option('--baseline <run/model>', 'in place of the policy’s')
    .option('--candidate <run/model>', 'in place of the policy’s')
    .option('--wait', 'wait until both runs have ended')
    .action(async (policy: string, options: GateOptions) =>
      call.ended(await gate(call.muster(options), policy, options, say)),
    )
  command('calibrate', 'Draw units of a run for people to label, so that a judge can be checked')
    .argument('<file>', 'JSON: judge, range, truth, budget and what else is asked for')
    .option('--run <run>', 'in place of the file’s `runId`')
    .option('--dry-run', 'say what would be drawn, and draw nothing')
    .action(async (file: string, options: CalibrateOptions) =>
      tell(await calibrate(call.muster(options), file, options, say)),
    )
  command('calibration', 'What people would say of each model, by the labels so far')
    .argument('<id>', 'of the calibration')
    .option('--report <file>', 'write it as one self-contained page too')
    .action(async (id: string, options: CalibrationOptions) =>
      tell(await calibration(call.muster(options), id, options, say)),
    )

  command(
    'import',
    'Make tasks, a definition, a run or a form of a file of another tool; exits with 1 if it is refused',
  )
    .argument('<file>', 'whatever @muster/formats reads; - is standard input')
    .option('--project <id>', 'the project of tasks and definitions')
    .option('--format <name>', 'the file’s format', 'auto')
    .option('--as <target>', 'tasks, definition, form or run; by default what the file holds, never a run')
    .option('--name <name>', 'of the definition or the form; by default the file’s')
    .option('--job-type <name>', 'of the definition')
    .option('--dry-run', 'read and check it, and send nothing')
    .option('--skip-refused', 'send what is right of a file of which parts are refused')
    .option('--on-conflict <what>', 'refuse or skip tasks that are there with another payload', 'refuse')
    .option('--submissions', 'of tasks, an admin’s: with the submissions that follow them in the file')
    .option('--report <file>', 'write what is said of the file there, a JSON object a line')
    .option('--set <name=value...>', 'options of the format, such as encoding=windows-1252')
    .action(async (file: string, options: ImportOptions) => {
      // Loaded with what reads every format only if there is something to read.
      const { importFile } = await import('./import.ts')
      const more = { submissions: options.submissions === true }
      const bring = (from: string) => importFile(() => call.muster(options), from, options, say, more)
      call.ended(await (file === STANDARD_INPUT ? asFile(call.piped, bring) : bring(file)))
    })
  command('migrate', 'Make a project of what another tool exports; exits with 1 if it is refused')
    .argument('<tool>', 'label-studio, promptfoo, inspect, openai-evals or lm-eval')
    .argument('<file>', 'its export')
    .option('--config <file>', 'of label-studio: the labelling configuration')
    .option('--name <name>', 'of the project; by default the file’s')
    .option('--unanswered', 'of label-studio: only tasks that nobody has annotated')
    .option(
      '--without-annotations',
      'of label-studio: tasks and known answers, not the annotations of people',
    )
    .option('--report <file>', 'write what is said of the file there, a JSON object a line')
    .option('--set <name=value...>', 'options of the format, such as idFrom=/id')
    .action(async (tool: string, file: string, options: MigrateOptions) => {
      const { migrate } = await import('./migrate.ts')
      call.ended(await migrate(call.muster(options), tool, file, options, say))
    })
  command(
    'export',
    'Write results of a run, answers to a project’s tasks, or scenarios, as files of other tools',
  )
    .argument('<what>', 'run, tasks or definition')
    .argument('<id>', 'of the run, of the tasks’ project, or of the definition')
    .requiredOption(
      '--format <name>',
      'run: ndjson, csv, promptfoo, inspect; tasks: ndjson, csv, label-studio, preference-pairs; definition: ndjson, csv',
    )
    .option('--out <folder>', 'where files go', '.')
    .option(
      '--people <how>',
      'none, number (the same in one file), pseudonym (the same in every file of a project by MUSTER_PSEUDONYM_KEY) or id',
      'number',
    )
    .option('--form <id>', 'of label-studio and preference-pairs: the form that the tasks were answered by')
    .option('--question <id>', 'of preference-pairs: its pairwise question')
    .option('--prompt-at <pointer>', 'of preference-pairs: where the prompt stands in a payload')
    .option('--field <pointer...>', 'of csv: more columns, such as /payload/text')
    .option('--delimiter <sign>', 'of csv: one character; \\t is a tab')
    .option('--csv-safe', 'of csv: put a quote before cells that a spreadsheet would run')
    .option('--gzip', 'pack each file, whose name then ends with .gz')
    .action(async (what: string, id: string, options: ExportOptions) => {
      const { exportFiles, pseudonymKeyIn } = await import('./export.ts')
      const key = options.people === 'pseudonym' ? { pseudonymKey: pseudonymKeyIn(call.around.env) } : {}
      tell(await exportFiles(call.muster(options), what, id, { ...options, ...key }, say))
    })

  const task = group('task', 'Add tasks, and see why one waits')
  command('add', 'Add tasks; one whose id is there already is not made again', task)
    .argument('<project>', 'its id')
    .option('--payload <json>', 'of one task')
    .option('--external-id <id>', 'of one task: by which it is known to you')
    .option('--priority <number>', 'of one task')
    .option('--file <file>', 'JSON: a list of tasks, or an object that has one as `tasks`')
    .action(async (project: string, options: TaskAddOptions) =>
      call.ended(await addTasks(call.muster(options), project, options, say)),
    )
  command('show', 'What a task is, its steps and its assignments', task)
    .argument('<task>', 'its id')
    .action(async (id: string, options: Common) => tell(await call.muster(options).tasks.get(id)))
  command('candidates', 'Who could have a task, and why others cannot', task)
    .argument('<task>', 'its id')
    .action(async (id: string, options: Common) => tell(await call.muster(options).tasks.candidates(id)))

  const webhook = group('webhook', 'Addresses that are told what happens')
  command('add', 'Tell an address; gives the secret, this once', webhook)
    .argument('<url>', 'where to send')
    .option('--project <id>', 'what happens in this project; by default in all')
    .option('--type <name...>', 'what to tell of; by default everything')
    .option('--description <text>', 'what it is for')
    .action(async (url: string, options: WebhookOptions) =>
      tell(await addWebhook(call.muster(options), url, options)),
    )
  command('list', 'Webhooks, one a line', webhook)
    .option('--project <id>', 'of this project; by default those of all projects')
    .action((options: WebhookOptions) => call.tellEach(listWebhooks(call.muster(options), options)))
  command('deliveries', 'What was sent and what came back, one a line, the latest first', webhook)
    .argument('<webhook>', 'its id')
    .action((id: string, options: Common) => call.tellEach(call.muster(options).webhooks.deliveries(id)))
  command('replay', 'Send again from a time or from a fact', webhook)
    .argument('<webhook>', 'its id')
    .option('--after <time>', 'what happened after it (ISO 8601)')
    .option('--seq <number>', 'the facts from this one on')
    .action(async (id: string, options: ReplayOptions) =>
      tell(await replayWebhook(call.muster(options), id, options)),
    )
  command('test', 'Send a test; exits with 1 if it is not taken', webhook)
    .argument('<webhook>', 'its id')
    .action(async (id: string, options: Common) => {
      const told = await call.muster(options).webhooks.test(id)
      call.ended({ told, exitCode: told.outcome === 'delivered' ? 0 : EXIT.no })
    })
  moves(webhook, [
    ['show', 'What a webhook is, and whether it is disabled', (muster, id) => muster.webhooks.get(id)],
    ['enable', 'Send to it again', (muster, id) => muster.webhooks.enable(id)],
    ['disable', 'Send nothing to it for now', (muster, id) => muster.webhooks.disable(id)],
    ['rotate', 'Give it another secret, told this once', (muster, id) => muster.webhooks.rotate(id)],
  ])
  command('remove', 'Send to it no more, and forget it', webhook)
    .argument('<webhook>', 'its id')
    .action(async (id: string, options: Common) => {
      await call.muster(options).webhooks.remove(id)
      tell({ webhookId: id, removed: true })
    })

  group('token', 'Sign a token with MUSTER_JWT_SECRET, the secret of the server; it is all that is given')
    .requiredOption('--role <role>', 'admin, manager, annotator or worker')
    .requiredOption('--user <id>', 'a person’s id or externalId; of a worker, whose workers they are')
    .option('--type <name...>', 'of a worker: the job types that it may do')
    .option('--project <id...>', 'of a worker: the projects whose jobs it may do')
    .option('--expires <time>', 'how long it holds, such as 30m or 7d', '1h')
    .option('--json', 'JSON: the token, its user, its role and its end')
    .action((options: TokenOptions) => {
      const signed = signToken(call.around.env, options, new Date())
      if (options.json) tell(signed)
      else call.around.out(`${signed.token}\n`)
    })
  command(
    'doctor',
    'Look for what is amiss between here and the server; exits with 1 if something is',
  ).action(async (options: Common) => call.ended(await doctor(call.connected(options), say)))
  command('schema', 'The document of the API, or the JSON Schema of the answers to a form')
    .argument('[form]', 'its id')
    .action(async (form: string | undefined, options: Common) =>
      tell(await schemaOf(call.connected(options), form)),
    )
  return program
}
