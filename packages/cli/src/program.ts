import { Command, CommanderError } from 'commander'
import { calibrate, calibration } from './calibrate.ts'
import { CommandError, EXIT } from './command-error.ts'
import { compare } from './compare.ts'
import { gate } from './gate.ts'
import type {
  CalibrateOptions,
  CalibrationOptions,
  CompareOptions,
  ExportOptions,
  GateOptions,
  ImportOptions,
} from './options.ts'
import { Server } from './server.ts'

/** Where a command runs. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Takes results. */
  readonly out: (text: string) => void
  /** Takes words. */
  readonly err: (text: string) => void
}

/** Runs one command. @returns its exit code */
export async function main(args: readonly string[], around: Surroundings): Promise<number> {
  let exitCode = 0
  const say = (words: string): void => around.err(`${words}\n`)
  const tell = (result: object): void => around.out(`${JSON.stringify(result)}\n`)
  const serverAt = ({ server }: { readonly server?: string }): Server =>
    new Server(server ?? around.env['MUSTER_URL'], around.env['MUSTER_TOKEN'])
  try {
    await programOf({
      around,
      compare: async (baseline, candidate, options) => {
        tell(await compare(serverAt(options), baseline, candidate, options, say))
      },
      calibrate: async (file, options) => {
        tell(await calibrate(serverAt(options), file, options, say))
      },
      calibration: async (id, options) => {
        tell(await calibration(serverAt(options), id, options, say))
      },
      gate: async (policy, options) => {
        const decided = await gate(serverAt(options), policy, options, say)
        tell(decided.told)
        exitCode = decided.exitCode
      },
      importFile: async (file, options) => {
        // Loaded with what reads every format only if there is something to read.
        const { importFile } = await import('./import.ts')
        const imported = await importFile(() => serverAt(options), file, options, say)
        tell(imported.told)
        exitCode = imported.exitCode
      },
      exportFiles: async (what, id, options) => {
        const { exportFiles } = await import('./export.ts')
        tell(await exportFiles(serverAt(options), what, id, options, say))
      },
    }).parseAsync(args, { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommandError) {
      say(error.message)
      return error.exitCode
    }
    // Commander has said what is wrong, or shown what was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT.usage
    throw error
  }
}

function programOf(does: {
  readonly around: Surroundings
  readonly compare: (baseline: string, candidate: string, options: CompareOptions) => Promise<void>
  readonly gate: (policy: string, options: GateOptions) => Promise<void>
  readonly calibrate: (file: string, options: CalibrateOptions) => Promise<void>
  readonly calibration: (id: string, options: CalibrationOptions) => Promise<void>
  readonly exportFiles: (what: string, id: string, options: ExportOptions) => Promise<void>
  readonly importFile: (file: string, options: ImportOptions) => Promise<void>
}): Command {
  const { around } = does
  const program = new Command('muster')
    .description('People and machines on one work queue')
    .exitOverride()
    .configureOutput({ writeOut: around.out, writeErr: around.err })
    .addHelpText('after', '\nEnvironment: MUSTER_URL, the server; MUSTER_TOKEN, the token to call it with.')
  const common = (command: Command): Command =>
    command
      .option('--server <url>', 'the server, in place of MUSTER_URL')
      .option('--json', 'one JSON object on standard output, as it is anyway')
      .exitOverride()
      .configureOutput({ writeOut: around.out, writeErr: around.err })
  common(program.command('compare'))
    .description('Compare two models of runs on what both did')
    .argument('<baseline>', 'RUN/MODEL')
    .argument('<candidate>', 'RUN/MODEL')
    .requiredOption('--metrics <file>', 'JSON: a list of metrics, or an object that has one as `metrics`')
    .option('--cluster-by <pointer>', 'scenarios with one value there belong together')
    .option('--slice <pointer...>', 'look at each value there apart')
    .option('--seed <number>', 'repeats every draw')
    .option('--allow-partial', 'compare runs that have not completed')
    .option('--report <file>', 'write it as one self-contained page too')
    .action(does.compare)
  common(program.command('gate'))
    .description('Decide by a policy: exits with 0 for GO, 1 for NO-GO, 2 for INCONCLUSIVE')
    .argument('<policy>', 'JSON')
    .option('--baseline <run/model>', 'in place of the policy’s')
    .option('--candidate <run/model>', 'in place of the policy’s')
    .option('--wait', 'wait until both runs have ended')
    .action(does.gate)
  common(program.command('calibrate'))
    .description('Draw units of a run for people to label, so that a judge can be checked')
    .argument('<file>', 'JSON: judge, range, truth, budget and what else is asked for')
    .option('--run <run>', 'in place of the file’s `runId`')
    .option('--dry-run', 'say what would be drawn, and draw nothing')
    .action(does.calibrate)
  common(program.command('calibration'))
    .description('What people would say of each model, by the labels so far')
    .argument('<id>', 'of the calibration')
    .option('--report <file>', 'write it as one self-contained page too')
    .action(does.calibration)
  common(program.command('import'))
    .description(
      'Make tasks, a definition or a form of a file of another tool; exits with 1 if it is refused',
    )
    .argument('<file>', 'whatever @muster/formats reads')
    .option('--project <id>', 'the project of tasks and definitions')
    .option('--format <name>', 'the file’s format', 'auto')
    .option('--as <target>', 'tasks, definition or form; by default what the file holds')
    .option('--name <name>', 'of the definition or the form; by default the file’s')
    .option('--job-type <name>', 'of the definition')
    .option('--dry-run', 'read and check it, and send nothing')
    .option('--skip-refused', 'send what is right of a file of which parts are refused')
    .option('--on-conflict <what>', 'refuse or skip tasks that are there with another payload', 'refuse')
    .option('--report <file>', 'write what is said of the file there, a JSON object a line')
    .option('--set <name=value...>', 'options of the format, such as encoding=windows-1252')
    .action(does.importFile)
  common(program.command('export'))
    .description('Write results of a run, or answers to a project’s tasks, as files of other tools')
    .argument('<what>', 'run or tasks')
    .argument('<id>', 'of the run, or of the tasks’ project')
    .requiredOption(
      '--format <name>',
      'run: ndjson, csv, promptfoo, inspect; tasks: ndjson, csv, label-studio, preference-pairs',
    )
    .option('--out <folder>', 'where files go', '.')
    .option('--people <how>', 'none, number (the same person the same number) or id', 'number')
    .option('--form <id>', 'of label-studio and preference-pairs: the form that the tasks were answered by')
    .option('--question <id>', 'of preference-pairs: its pairwise question')
    .option('--prompt-at <pointer>', 'of preference-pairs: where the prompt stands in a payload')
    .option('--field <pointer...>', 'of csv: more columns, such as /payload/text')
    .option('--delimiter <sign>', 'of csv')
    .option('--csv-safe', 'of csv: put a quote before cells that a spreadsheet would run')
    .action(does.exportFiles)
  return program
}
