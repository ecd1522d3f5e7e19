import { Command, type Option } from 'commander'
import { UsageError } from './command-error.ts'

/** A command that takes no empty text where one is asked for, and no second value where one is meant. */
export class CheckedCommand extends Command {
  constructor(name?: string) {
    super(name)
    this.hook('preAction', (_, { registeredArguments, args }) => {
      const empty = registeredArguments.find((_argument, place) => args[place] === '')
      if (empty) throw new UsageError(`<${empty.name()}> must not be empty`)
    })
  }

  override createCommand(name?: string): CheckedCommand {
    return new CheckedCommand(name)
  }

  override addOption(option: Option): this {
    super.addOption(option)
    if (!option.required) return this
    let isGiven = false
    return this.on(`option:${option.name()}`, (value: string) => {
      if (value === '') throw new UsageError(`${option.long} must not be empty`)
      if (isGiven && !option.variadic) throw new UsageError(`${option.long} may be given once`)
      isGiven = true
    })
  }
}

/** The command that names lead to from another. @throws UsageError naming the one that is none */
export function commandOf(from: Command, names: readonly string[]): Command {
  let found = from
  for (const name of names) {
    const next = found.commands.find((command) => command.name() === name)
    if (!next) throw new UsageError(`There is no command ${names.join(' ')}`)
    found = next
  }
  return found
}
