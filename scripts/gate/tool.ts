import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** This repository: where the gate's own programs and tools live, whatever tree it looks at. */
export const HOME = join(import.meta.dirname, '../..')

/** The file that Node runs for a tool, not `node_modules/.bin/…`, which on Windows is a shell script. */
export function toolScript(packageName: string, bin: string): string {
  const folder = join(HOME, 'node_modules', packageName)
  const manifest: { bin: string | Record<string, string> } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  )
  const file = typeof manifest.bin === 'string' ? manifest.bin : manifest.bin[bin]
  if (file === undefined) throw new Error(`${packageName} has no program "${bin}"`)
  return join(folder, file)
}
