import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { msOf } from '../pool/measure.ts'

const bin = join(import.meta.dirname, '../../node_modules/.bin')
const ownBin = join(import.meta.dirname, '../node_modules/.bin')

/** turbo over so many packages with a script that does nothing. */
export function benchTurbo(count: number, atOnce: number): Promise<number> {
  return withPackages(count, (folder) => {
    writeFileSync(
      join(folder, 'turbo.json'),
      JSON.stringify({ tasks: { nothing: { cache: false, outputs: [] } } }),
    )
    const args = ['run', 'nothing', `--concurrency=${atOnce}`, '--force', '--output-logs=none']
    return run(join(bin, 'turbo'), args, folder)
  })
}

/** lage over the same. */
export function benchLage(count: number, atOnce: number): Promise<number> {
  return withPackages(count, (folder) => {
    const config = { pipeline: { nothing: [] }, npmClient: 'npm', cache: false, concurrency: atOnce }
    writeFileSync(join(folder, 'lage.config.cjs'), `module.exports = ${JSON.stringify(config)}\n`)
    const args = ['run', 'nothing', '--no-cache', `--concurrency=${atOnce}`, '--reporter', 'json']
    return run(join(ownBin, 'lage'), args, folder)
  })
}

function run(program: string, args: readonly string[], cwd: string): Promise<number> {
  const quiet = { TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1', npm_config_update_notifier: 'false' }
  const env = { ...process.env, ...quiet }
  return msOf(async () => void execFileSync(program, args, { cwd, env, stdio: 'ignore' }))
}

/** A monorepo as either of them finds it: workspaces, a lock file, a commit. */
async function withPackages(count: number, body: (folder: string) => Promise<number>): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'ws-bench-'))
  try {
    const write = (path: string, value: unknown) =>
      writeFileSync(join(folder, path), `${JSON.stringify(value, null, 2)}\n`)
    const name = (at: number) => `p${at}`
    write('package.json', {
      name: 'packages',
      version: '1.0.0',
      private: true,
      packageManager: 'npm@11.0.0',
      workspaces: ['packages/*'],
    })
    const packages: Record<string, unknown> = {
      '': { name: 'packages', version: '1.0.0', workspaces: ['packages/*'] },
    }
    for (let at = 0; at < count; at++) {
      mkdirSync(join(folder, 'packages', name(at)), { recursive: true })
      write(join('packages', name(at), 'package.json'), {
        name: name(at),
        version: '1.0.0',
        scripts: { nothing: 'true' },
      })
      packages[`packages/${name(at)}`] = { name: name(at), version: '1.0.0' }
      packages[`node_modules/${name(at)}`] = { resolved: `packages/${name(at)}`, link: true }
    }
    write('package-lock.json', { name: 'packages', version: '1.0.0', lockfileVersion: 3, packages })
    const git = (...args: readonly string[]) =>
      void execFileSync('git', args, { cwd: folder, stdio: 'ignore' })
    git('init', '--quiet', '--initial-branch=main')
    git('add', '--all')
    git('-c', 'user.name=B', '-c', 'user.email=b@localhost', 'commit', '--quiet', '--message', 'packages')
    return await body(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
