import { beforeAll, describe, expect, it } from 'vitest'
import { manifest, Tree, type Files } from './tree.ts'

interface Bite {
  readonly breaks: string
  readonly changes: Files
  /** What the step has to say, besides failing. */
  readonly says: readonly (string | RegExp)[]
}

const doubled = (text: string): Files => ({ 'packages/core/src/double.ts': text })
const documented = '/** Twice as much. */\nexport function double(value: number): number {\n'

/** Each step is run once on a tree with all of these, once on a sound one. */
const BITES: Readonly<Record<string, readonly Bite[]>> = {
  format: [
    {
      breaks: 'an unformatted file',
      changes: { 'packages/core/src/loose.ts': 'export const loose  = "x";\n' },
      says: ['packages/core/src/loose.ts'],
    },
  ],
  text: [
    {
      breaks: 'a carriage return',
      changes: { 'docs/page.md': '# Page\r\n' },
      says: ['docs/page.md:1: carriage return'],
    },
    {
      breaks: 'a path of one machine',
      // In pieces, or this file would be a finding itself.
      changes: { 'docs/paths.md': `# Paths\n\nsee ${['', 'home', 'ada', 'ws'].join('/')}\n` },
      says: ['docs/paths.md:3: path of one machine'],
    },
    {
      breaks: 'a registry that is named',
      changes: { 'docs/hosts.md': `https:${'//registry.'}example.org/a.tgz\n` },
      says: ['docs/hosts.md:1: host of a registry'],
    },
  ],
  lint: [
    {
      breaks: 'an import cycle',
      changes: {
        'packages/core/src/hen.ts':
          "import { egg } from './egg.ts'\n\nexport const hen = (): string => egg()\n",
        'packages/core/src/egg.ts':
          "import { hen } from './hen.ts'\n\nexport const egg = (): string => hen()\n",
      },
      says: [/import\(no-cycle\)[^]*packages\/core\/src\/hen\.ts/],
    },
    {
      breaks: 'the time of day in core',
      changes: { 'packages/core/src/now.ts': 'export const now = (): number => Date.now()\n' },
      says: [/no-restricted-globals[^]*Time comes in through a Clock[^]*packages\/core\/src\/now\.ts/],
    },
    {
      breaks: 'chance in core',
      changes: { 'packages/core/src/dice.ts': 'export const dice = (): number => Math.random()\n' },
      says: [/no-restricted-properties[^]*'Math\.random' is restricted/],
    },
    {
      breaks: 'a file of 401 lines',
      changes: { 'packages/core/src/long.ts': `${'// one of many\n'.repeat(400)}export const long = true\n` },
      says: [/max-lines[^]*401/],
    },
    {
      breaks: 'a lost promise',
      changes: {
        'packages/core/src/lost.ts':
          'const find = async (): Promise<void> => {}\n\nexport const lose = (): void => {\n  find()\n}\n',
      },
      says: ['typescript(no-floating-promises)'],
    },
    {
      breaks: 'a default export',
      changes: { 'packages/core/src/nameless.ts': 'export default 1\n' },
      says: ['import(no-default-export)'],
    },
    {
      breaks: 'an any',
      changes: {
        'packages/core/src/vague.ts': 'export const vague = (value: any): string => String(value)\n',
      },
      says: ['typescript(no-explicit-any)'],
    },
  ],
  architecture: [
    {
      breaks: 'an import that points up',
      changes: { 'packages/core/src/up.ts': "export { quadruple } from '@ws/git'\n" },
      says: ['packages/core/src/up.ts:1 @ws/core → @ws/git points up'],
    },
    {
      breaks: 'a sibling that is imported by its path',
      changes: { 'packages/git/src/inside.ts': "export { double } from '../../core/src/double.ts'\n" },
      says: ['packages/git/src/inside.ts:1 imports a file of another package'],
    },
    {
      breaks: 'Node in core',
      changes: { 'packages/core/src/disk.ts': "export const disk = () => import('node:fs')\n" },
      says: ['packages/core/src/disk.ts:1 imports node:fs: @ws/core runs without Node'],
    },
    {
      breaks: 'a package without a row',
      changes: { 'packages/new/package.json': '{ "name": "@ws/new" }\n' },
      says: ['@ws/new has no row'],
    },
    {
      breaks: 'an export of everything',
      changes: { 'packages/git/src/all.ts': "export * from './quadruple.ts'\n" },
      says: ['packages/git/src/all.ts:1 export *'],
    },
    {
      breaks: 'a name that says nothing',
      changes: { 'packages/git/src/utils.ts': 'export const one = 1\n' },
      says: ['packages/git/src/utils.ts: "utils" says nothing'],
    },
  ],
  types: [
    {
      breaks: 'a type error',
      changes: { 'packages/core/src/wrong.ts': "export const wrong: number = 'one'\n" },
      says: ['packages/core/src/wrong.ts(1,14): error TS2322'],
    },
    {
      breaks: 'an enum, which Node cannot strip',
      changes: { 'packages/core/src/enum.ts': 'export enum Color {\n  Red,\n}\n' },
      says: ['packages/core/src/enum.ts(1,13): error TS1294'],
    },
    {
      breaks: 'a file in no project',
      changes: { 'packages/core/other/lonely.ts': 'export const lonely = 1\n' },
      says: ['packages/core/other/lonely.ts: in no project'],
    },
  ],
  unused: [
    {
      breaks: 'an export that nobody uses',
      changes: doubled(`export const unwanted = 1\n\n${documented}  return value + value\n}\n`),
      says: [/Unused exports[^]*unwanted/],
    },
    {
      breaks: 'a file that nobody uses',
      changes: { 'packages/core/src/forgotten.ts': 'export const forgotten = 1\n' },
      says: [/Unused files[^]*packages\/core\/src\/forgotten\.ts/],
    },
  ],
  api: [
    {
      breaks: 'an export without a comment',
      changes: {
        'packages/core/dist/index.d.ts': 'export declare function double(value: number): number;\n',
      },
      says: [/core: double \(packages.core.dist.index\.d\.ts:1\) has no documentation comment/],
    },
    {
      breaks: 'a report that is older than the exports',
      changes: {
        'packages/git/dist/index.d.ts':
          '/** Four times as much. */\nexport declare function quadruple(): number;\n',
      },
      says: [/packages.git.etc.git\.api\.md is not what the sources export; .*`npm run api`/],
    },
  ],
  build: [
    {
      breaks: 'a source that does not compile',
      changes: { 'packages/core/src/double.ts': `${documented}  return String(value)\n}\n` },
      says: ["src/double.ts(3,3): error TS2322: Type 'string' is not assignable to type 'number'"],
    },
  ],
  packages: [
    {
      breaks: 'an entry that the tarball lacks',
      changes: { 'packages/core/package.json': manifest('@ws/core', { files: ['dist/*.d.ts'] }) },
      says: [/@ws\/core:\n[^]*default is \.\/dist\/index\.js but the file does not exist/],
    },
    {
      breaks: 'declarations that no resolver finds',
      changes: {
        'packages/git/dist/index.d.ts': "export { quadruple } from './gone.js'\n",
      },
      says: [/@ws\/git:\n[^]*Internal resolution error/],
    },
  ],
  size: [
    {
      breaks: 'a package that grew over its limit',
      changes: { 'scripts/gate/size-limits.json': '{ "@ws/core": 0.01 }\n' },
      says: ['@ws/core is 0.1 kB, its limit in scripts/gate/size-limits.json is 0.01 kB'],
    },
    { breaks: 'an entry point without a limit', changes: {}, says: ['@ws/git has no limit'] },
  ],
  examples: [
    {
      breaks: 'an example that fails',
      changes: { 'examples/fails.ts': "throw new Error('as it must')\n" },
      says: [/examples.fails\.ts:\n[^]*Error: as it must/],
    },
  ],
  readmes: [
    {
      breaks: 'a first example that fails',
      changes: { 'README.md': "# Tree\n\n```ts\nimport { triple } from '@ws/core'\n\ntriple(2)\n```\n" },
      says: [/README\.md:3:\n[^]*does not provide an export named 'triple'/],
    },
    {
      breaks: 'a package without an example',
      changes: { 'packages/git/README.md': '# @ws/git\n' },
      says: ['packages/git/README.md: no ```ts block'],
    },
  ],
}

describe.each(Object.entries(BITES))('the step "%s"', (step, bites) => {
  let said = ''
  let complained = ''

  beforeAll(async () => {
    using sound = new Tree()
    using broken = new Tree(Object.assign({}, ...bites.map(({ changes }) => changes)))
    ;[said, complained] = await Promise.all([sound.gate(step), broken.gate(step)])
  }, 60_000)

  it('passes a sound tree', () => {
    expect(said).toMatch(/\n1 passed, 0 failed\n$/)
  })

  it('counts as one failure, whatever it found', () => {
    expect(complained).toMatch(/\n0 passed, 1 failed\n$/)
  })

  it.each(bites)('notices $breaks', ({ says }) => {
    for (const text of says) expect(complained).toMatch(text)
  })
})
