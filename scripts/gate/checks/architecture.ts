// ARCHITECTURE.md says which packages there are and which may import which; this reads its table and holds the sources to it.
import { existsSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join, posix } from 'node:path'
import { sourceShape, type Import } from '../architecture/imports.ts'
import { arrowTable, levels, tableProblems, type Row } from '../architecture/table.ts'
import { printFindings } from '../findings.ts'
import { packageFolders, trackedFiles } from '../tracked-files.ts'

interface Manifest {
  readonly name: string
  readonly exports?: Readonly<Record<string, string | { readonly '@ws/source'?: string }>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

/** Run anywhere, so no `node:*` in them. */
const WITHOUT_NODE = ['@ws/core']

/** Test-only code, which no source of another package may need; this package is all test code, and a simulator stands on it. */
const TEST_SUBPATH = '/testing'
const TEST_PACKAGE = '@ws/testing'
const SIMULATOR = /^packages\/[^/]+\/src\/simulate\//

const root = process.cwd()
const rows = existsSync('ARCHITECTURE.md') ? arrowTable(readFileSync('ARCHITECTURE.md', 'utf8')) : []
const heights = levels(rows)
const folders = packageFolders(root)
const manifests = new Map(folders.map((folder) => [folder, readManifest(folder)]))
const files = trackedFiles(root).filter((file) => file.endsWith('.ts'))
const findings = [
  ...tableProblems(rows),
  ...missingRows(),
  ...folders.flatMap(manifestProblems),
  ...files.flatMap(sourceProblems),
  ...files.flatMap(nameProblems),
]
printFindings(findings, `${rows.length} packages, ${files.length} files`)

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join('packages', folder, 'package.json'), 'utf8'))
}

function missingRows(): readonly string[] {
  const names = [...manifests.values()].map(({ name }) => name)
  return [
    ...names
      .filter((name) => !rows.some((row) => row.name === name))
      .map((name) => `ARCHITECTURE.md: ${name} has no row in the table of arrows`),
    ...rows
      .filter((row) => !names.includes(row.name))
      .map(({ name }) => `ARCHITECTURE.md: ${name} has a row, but there is no such package`),
  ]
}

/** What a package declares is what its users install, so it follows the arrows too; what only its tests need does not. */
function manifestProblems(folder: string): readonly string[] {
  const { name, dependencies, peerDependencies } = manifestOf(folder)
  const row = rows.find((each) => each.name === name)
  return Object.keys({ ...dependencies, ...peerDependencies })
    .filter((target) => isOurs(target) && row !== undefined && !row.imports.includes(target))
    .map((target) => `packages/${folder}/package.json: ${noArrow(name, target)}`)
}

function sourceProblems(file: string): readonly string[] {
  const [, folder = '', part = ''] = /^packages\/([^/]+)\/([^/]+)\//.exec(file) ?? []
  const { imports, stars, logic } = sourceShape(file, readFileSync(file, 'utf8'))
  const leaving = imports.filter(({ specifier }) => leavesItsPackage(file, specifier))
  const problems = leaving.map(
    (each) => `${at(file, each)} imports a file of another package; import the package`,
  )
  const manifest = manifests.get(folder)
  const row = rows.find(({ name }) => name === manifest?.name)
  if (part !== 'src' || manifest === undefined || row === undefined) return problems
  problems.push(
    ...imports.flatMap((each) => importProblem(row, each, file).map((text) => `${at(file, each)} ${text}`)),
    ...stars.map((line) => `${file}:${line} export *: name what is exported`),
  )
  if (isEntry(folder, file))
    problems.push(...logic.map((line) => `${file}:${line} logic in an entry point: it only re-exports`))
  return problems
}

function importProblem({ name, imports }: Row, { specifier }: Import, file: string): readonly string[] {
  if (WITHOUT_NODE.includes(name) && (specifier.startsWith('node:') || builtinModules.includes(specifier)))
    return [`imports ${specifier}: ${name} runs without Node`]
  if (!isOurs(specifier)) return []
  const target = specifier.split('/').slice(0, 2).join('/')
  if (target === name) return [`imports its own package by name; import the file`]
  if (!imports.includes(target)) return [noArrow(name, target)]
  const isForTests = specifier.endsWith(TEST_SUBPATH) && specifier !== target
  if (isForTests && name !== TEST_PACKAGE && !SIMULATOR.test(file))
    return [`imports ${specifier}, which is for tests`]
  return []
}

function noArrow(name: string, target: string): string {
  const isUp = (heights.get(target) ?? -1) > (heights.get(name) ?? Infinity)
  return `${name} → ${target} ${isUp ? 'points up' : 'is not in the table of arrows'} (ARCHITECTURE.md)`
}

/**
 * Over the edge of packages/x, or into packages/x from outside. A folder that is no package (soak/, scripts/) has nothing to find
 * packages by name with: it may take entry points, and what a package's tests are made of.
 */
function leavesItsPackage(file: string, specifier: string): boolean {
  if (!specifier.startsWith('.')) return false
  const target = posix.join(posix.dirname(file), specifier)
  const home = (path: string) => /^packages\/[^/]+\//.exec(path)?.[0]
  if (home(file) === undefined && !existsSync(join(file.split('/')[0] ?? '', 'package.json')))
    return home(target) !== undefined && !isOpen(target)
  return home(target) !== home(file)
}

function isOpen(file: string): boolean {
  const [, folder = ''] = file.split('/')
  return /^packages\/[^/]+\/test\//.test(file) || isEntry(folder, file)
}

function nameProblems(file: string): readonly string[] {
  if (!/^packages\/[^/]+\/src\//.test(file)) return []
  const parts = file
    .replace(/(\.d)?\.ts$/, '')
    .split('/')
    .slice(3)
  return [
    ...parts
      .filter((part) => /^(utils?|helpers?|common|misc|types?)$/.test(part))
      .map((part) => `${file}: "${part}" says nothing; name it for the one thing it holds`),
    ...parts
      .filter((part) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(part))
      .map((part) => `${file}: "${part}" is not kebab-case`),
  ]
}

function isEntry(folder: string, file: string): boolean {
  const entries = Object.values(manifestOf(folder).exports ?? {})
  return entries.some(
    (entry) =>
      typeof entry === 'object' &&
      entry['@ws/source'] !== undefined &&
      posix.join('packages', folder, entry['@ws/source']) === file,
  )
}

function manifestOf(folder: string): Manifest {
  return manifests.get(folder) ?? { name: folder }
}

function isOurs(specifier: string): boolean {
  return specifier.startsWith('@ws/')
}

function at(file: string, { line }: Import): string {
  return `${file}:${line}`
}
