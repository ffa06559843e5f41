import { execFile } from 'node:child_process'

/** Runs a program of the platform; empty where it fails. */
export function outputOf(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const options = { maxBuffer: 67_108_864, windowsHide: true, encoding: 'utf8', timeout: 20_000 } as const
    execFile(program, args, options, (error, stdout) => resolve(error === null ? stdout : ''))
  })
}
