import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from '../command.ts'

/** What git keeps or would keep, as paths from the root with `/`. */
export function trackedFiles(root: string): readonly string[] {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard']
  const { ok, output, stdout } = runCommand('git', args, { cwd: root })
  if (!ok) throw new Error(`git ls-files failed:\n${output}`)
  // A file that is deleted but not yet committed is still listed.
  return [...new Set(stdout.split('\0'))].filter((file) => file !== '' && existsSync(join(root, file))).sort()
}

/** The folders of packages/ that hold a package. */
export function packageFolders(root: string): readonly string[] {
  return readdirSync(join(root, 'packages'))
    .filter((name) => existsSync(join(root, 'packages', name, 'package.json')))
    .sort()
}
