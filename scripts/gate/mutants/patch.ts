import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { runCommand } from '../../command.ts'
import type { Mutant } from './parse.ts'
import type { Scratch } from './scratch.ts'

/** Applies a mutant to a copy of the tree; says what git says where it cannot. */
export function applyMutant(root: string, scratch: Scratch, { file }: Mutant): string | undefined {
  // Were the folder for temporary files inside a repository, git would take that one's root for the root of the patch.
  const { ok, output } = runCommand('git', ['apply', '--whitespace=nowarn', join(root, file)], {
    cwd: scratch.folder,
    env: { GIT_CEILING_DIRECTORIES: dirname(scratch.folder), GIT_DIR: undefined },
  })
  return ok ? undefined : `does not apply:\n${output.trimEnd()}`
}

/** Makes the files that mutants change what they are in the tree. */
export function undoMutants(root: string, scratch: Scratch, mutants: readonly Mutant[]): void {
  for (const file of new Set(mutants.flatMap((mutant) => patchedFiles(root, mutant)))) scratch.restore(file)
}

function patchedFiles(root: string, { file }: Mutant): readonly string[] {
  const text = readFileSync(join(root, file), 'utf8')
  return [...text.matchAll(/^\+\+\+ b\/(\S+)/gm)]
    .map(([, path = '']) => path)
    .filter((path) => existsSync(join(root, path)))
}
