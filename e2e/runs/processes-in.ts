import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'

/** Processes of this machine that name a folder in their arguments or work in it. */
export function processesIn(folder: string): readonly string[] {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const line = readFileSync(join('/proc', pid, 'cmdline'), 'utf8').replaceAll('\0', ' ')
        const isHere = line.includes(folder) || readlinkSync(join('/proc', pid, 'cwd')).startsWith(folder)
        return isHere ? [`${pid} ${line}`] : []
      } catch {
        return []
      }
    })
}
