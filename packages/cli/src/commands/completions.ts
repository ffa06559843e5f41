import type { Command } from '../arguments/command.ts'
import { usageError } from '../arguments/usage-error.ts'
import { completionTable } from '../completions/completion-table.ts'
import { shells } from '../completions/shells.ts'
import { exitCodes } from '../exit-codes.ts'
import { didYouMean } from '../output/did-you-mean.ts'

/** `ws completions`: what a shell needs to complete commands and options; `all` gives every command. */
export function completionsCommand(all: () => readonly Command[]): Command {
  return {
    name: 'completions',
    says: 'Writes what a shell needs to complete commands and options: bash, zsh, fish or powershell.',
    takes: '<shell>',
    positionals: { least: 1, most: 1 },
    options: {},
    example: { line: 'ws completions bash', does: 'eval "$(ws completions bash)" in ~/.bashrc turns it on' },
    run({ positionals: [shell = ''] }, terminal) {
      const make = Object.hasOwn(shells, shell) ? shells[shell] : undefined
      if (make === undefined)
        throw usageError(
          `there is no completion for ${JSON.stringify(shell)}`,
          didYouMean(shell, Object.keys(shells)),
        )
      terminal.out(make(completionTable(all())))
      return Promise.resolve(exitCodes.completed)
    },
  }
}
