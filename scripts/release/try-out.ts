import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import type { Check } from '../check.ts'
import { type CommandResult, runCommand, tail } from '../command.ts'
import { installEmptyProject, type Manager } from './empty-project.ts'
import { firstExample } from './first-example.ts'
import type { PackedPackage } from './pack.ts'
import type { Manifest } from './public-packages.ts'
import { type Completion, TYPED_USES } from './typed-use.ts'

export interface Compiler {
  readonly version: string
  /** The script that Node runs. */
  readonly tsc: string
}

export interface TryOutOptions {
  readonly root: string
  /** Emptied and used. */
  readonly folder: string
  readonly manager: Manager
  readonly packed: readonly PackedPackage[]
  /** The Node that imports, requires and runs the examples. */
  readonly node: { readonly version: string; readonly program: string }
  readonly compilers: readonly Compiler[]
}

/** Uses the packed packages as a stranger would: install, import, require, types, the first example of each README, the command's demo. */
export function tryOut(options: TryOutOptions): readonly Check[] {
  const { root, folder, manager, packed, node, compilers } = options
  const installed = installEmptyProject(folder, manager, packed)
  const install: Check = { what: 'all tarballs installed together', ...installed }
  if (installed.outcome !== 'passed') return [install]
  const repository = makeRepository(folder)
  if (!repository.ok) return [install, { what: 'its repository', ...verdict(false, repository.output) }]
  const names = packed.flatMap(({ manifest }) => entryPoints(manifest))
  const readmes = [root, ...packed.map((each) => each.folder)].map((each) => join(each, 'README.md'))
  return [
    install,
    ...names.flatMap((name) => loads(folder, name, node)),
    ...compilers.map((compiler) => typesResolve(folder, names, compiler)),
    ...compilers.flatMap((compiler) => typedUses(folder, names, compiler)),
    ...readmes.map((readme) => exampleRuns(folder, readme, options)),
    ...packed.flatMap(({ manifest }) => commandsRun(folder, manifest, node)),
  ]
}

/** Examples work in the repository that they stand in, as their reader would. */
function makeRepository(cwd: string): CommandResult {
  const init = runCommand('git', ['init', '--quiet', '--initial-branch=main'], { cwd })
  if (!init.ok) return init
  for (const [name, value] of Object.entries({ 'user.name': 'newcomer', 'user.email': 'newcomer@localhost' }))
    runCommand('git', ['config', name, value], { cwd })
  return runCommand('git', ['commit', '--quiet', '--allow-empty', '-m', 'first'], { cwd })
}

/** The names by which the package is imported: `@ws/core`, `@ws/core/testing`. */
function entryPoints({ name, exports = {} }: Manifest): readonly string[] {
  return Object.entries(exports)
    .filter(([, target]) => typeof target === 'object')
    .map(([path]) => name + path.slice(1))
}

function loads(folder: string, name: string, node: TryOutOptions['node']): readonly Check[] {
  const quoted = JSON.stringify(name)
  const sources = { import: `await import(${quoted})`, require: `require(${quoted})` }
  return Object.entries(sources).map(([verb, source]) => {
    const type = verb === 'import' ? 'module' : 'commonjs'
    const { ok, output } = runCommand(node.program, [`--input-type=${type}`, '-e', source], {
      cwd: folder,
      env: BARE,
    })
    return { what: `${verb} of ${name} on Node ${node.version}`, ...verdict(ok, output) }
  })
}

// Nothing of this repository's own set-up may help the packages along.
const BARE = { NODE_OPTIONS: undefined, NODE_PATH: undefined }

function typesResolve(folder: string, names: readonly string[], compiler: Compiler): Check {
  const modules = names.map(
    (name, at) => `import * as m${at} from '${name}'\nexport type M${at} = keyof typeof m${at}\n`,
  )
  const commons = names.map(
    (name, at) => `import m${at} = require('${name}')\nexport type M${at} = keyof typeof m${at}\n`,
  )
  writeFileSync(join(folder, 'types.mts'), modules.join(''))
  writeFileSync(join(folder, 'types.cts'), commons.join(''))
  const nodenext = [...STRICT, '--module', 'nodenext', 'types.mts', 'types.cts']
  const bundler = [...STRICT, '--module', 'esnext', '--moduleResolution', 'bundler', 'types.mts']
  const results = [nodenext, bundler].map((args) =>
    runCommand(process.execPath, [compiler.tsc, ...args], { cwd: folder }),
  )
  const ok = results.every((result) => result.ok)
  return {
    what: `types under TypeScript ${compiler.version}`,
    ...verdict(ok, results.map(({ output }) => output).join('')),
  }
}

const STRICT = [
  '--noEmit',
  '--strict',
  '--target',
  'es2023',
  '--lib',
  'es2024,esnext.disposable',
  '--types',
  'node',
]

/** What is written by their types compiles as it should, and an editor offers what there is. */
function typedUses(folder: string, names: readonly string[], compiler: Compiler): readonly Check[] {
  return TYPED_USES.filter(({ name }) => names.includes(name)).flatMap(({ name, source, completions }) => {
    writeFileSync(join(folder, 'use.mts'), source)
    const args = [compiler.tsc, ...STRICT, '--module', 'nodenext', 'use.mts']
    const { ok, output } = runCommand(process.execPath, args, { cwd: folder })
    const compiles = { what: `use of ${name} under TypeScript ${compiler.version}`, ...verdict(ok, output) }
    const library = join(dirname(compiler.tsc), '../lib/typescript.js')
    // From version 7 on there is no library that an editor would ask.
    if (!existsSync(library)) return [compiles]
    const missing = completions.flatMap((completion) => notOffered(folder, library, completion))
    const what = `completion of ${name} under TypeScript ${compiler.version}`
    return [compiles, { what, ...verdict(missing.length === 0, missing.join('\n')) }]
  })
}

function notOffered(folder: string, library: string, { source, offers }: Completion): readonly string[] {
  writeFileSync(join(folder, 'complete.mts'), source)
  const script = join(import.meta.dirname, 'print-completions.ts')
  const { ok, stdout, output } = runCommand(process.execPath, [script, library, folder, 'complete.mts'], {
    cwd: folder,
    env: BARE,
  })
  if (!ok) return [tail(output)]
  const found: readonly string[] = JSON.parse(stdout)
  return offers
    .filter((offer) => !found.includes(offer))
    .map((offer) => `nobody offers ${offer} in: ${source}`)
}

function exampleRuns(folder: string, readme: string, { root, node }: TryOutOptions): Check {
  const what = `first example of ${relative(root, readme).replaceAll('\\', '/')} on Node ${node.version}`
  const source = existsSync(readme) ? firstExample(readFileSync(readme, 'utf8')) : undefined
  if (source === undefined) return { what, outcome: 'failed', detail: 'there is no ```ts block' }
  writeFileSync(join(folder, 'example.ts'), source)
  const { ok, output } = runCommand(node.program, ['example.ts'], { cwd: folder, env: BARE })
  return { what, ...verdict(ok, output) }
}

/** What a newcomer does first with the command: it shows what it can do, and the Node below it finds nothing to warn of. */
function commandsRun(
  folder: string,
  { name, bin = {} }: Manifest,
  node: TryOutOptions['node'],
): readonly Check[] {
  return Object.entries(bin).map(([command, script]) => {
    const program = join(folder, 'node_modules', name, script)
    const { ok, output } = runCommand(node.program, [program, 'demo'], { cwd: folder, env: BARE })
    const isQuiet = !/warning/i.test(output)
    return {
      what: `${command} demo on Node ${node.version}, without a warning`,
      ...verdict(ok && isQuiet, output),
    }
  })
}

function verdict(ok: boolean, output: string): Pick<Check, 'outcome' | 'detail'> {
  return ok ? { outcome: 'passed' } : { outcome: 'failed', detail: tail(output) }
}
