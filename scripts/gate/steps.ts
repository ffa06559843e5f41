// The steps of the gate, in the order in which they are started. Each is one program that Node runs in the root of the tree; it
// passes when it ends with 0. Our own are in checks/ and can be run alone: `node scripts/gate/checks/text.ts`.
import { join } from 'node:path'
import { HOME, toolScript } from './tool.ts'

export interface Step {
  readonly name: string
  readonly proves: string
  /** A script and its arguments. */
  readonly command: readonly [script: string, ...args: string[]]
  /** Steps that have to pass first, where they are run at all. */
  readonly needs?: readonly string[]
  /** Steps that have to be over first, however they ended. */
  readonly after?: readonly string[]
  /** Where vitest leaves its report: each test then counts by itself. */
  readonly report?: string
  /** The step ends by saying what it found in one line, which is shown when it passes. */
  readonly saysMore?: true
}

const SOURCE = '--conditions=@ws/source'

/** Where vitest leaves its report, below the root. */
export const TEST_REPORT = '.cache/gate/tests.json'

export const STEPS: readonly Step[] = [
  {
    // First, being the longest: the rest runs beside it.
    name: 'unit',
    proves: 'tests pass',
    command: [
      ...tool('vitest'),
      'run',
      '--coverage',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${TEST_REPORT}`,
    ],
    report: TEST_REPORT,
  },
  {
    name: 'format',
    proves: 'prettier would change nothing',
    command: [
      ...tool('prettier'),
      ...['--check', '.', '--log-level=warn'],
      ...['--cache', '--cache-strategy=content', '--cache-location=.cache/gate/prettier'],
    ],
  },
  {
    name: 'text',
    proves: 'line feeds only; no path of a machine, no host of a registry',
    command: [check('text')],
  },
  {
    name: 'lint',
    proves: 'no cycles, lost promises, default exports, long files; no time or chance outside a clock',
    command: tool('oxlint'),
  },
  {
    name: 'architecture',
    proves: 'imports follow the arrows of ARCHITECTURE.md',
    command: [check('architecture')],
    saysMore: true,
  },
  {
    name: 'types',
    proves: 'every TypeScript file compiles',
    command: [check('types')],
    saysMore: true,
  },
  {
    name: 'unused',
    proves: 'no file, export or dependency without a user',
    command: [...tool('knip'), '--no-progress', '--no-config-hints'],
  },
  {
    name: 'build',
    proves: 'every package builds',
    command: [...tool('turbo'), 'run', 'build', '--output-logs=errors-only'],
  },
  {
    name: 'api',
    proves: 'public exports are documented, and are what etc/*.api.md says',
    command: [check('api')],
    needs: ['build'],
    saysMore: true,
  },
  {
    name: 'packages',
    proves: 'tarballs are sound for every resolver (publint, attw)',
    command: [check('packages')],
    needs: ['build'],
    saysMore: true,
  },
  {
    name: 'size',
    proves: 'entry points stay small',
    command: [check('size')],
    needs: ['build'],
    saysMore: true,
  },
  {
    name: 'examples',
    proves: 'examples/*.ts run',
    command: [check('examples')],
    saysMore: true,
  },
  {
    name: 'readmes',
    proves: 'examples of READMEs run',
    command: [check('readmes')],
    saysMore: true,
  },
  {
    name: 'release',
    proves: 'the tarballs install, load and type-check together in an empty project',
    command: [join(HOME, 'scripts/release.ts'), '--dry-run'],
    needs: ['build'],
    // They read `dist`, which this builds again.
    after: ['api', 'packages', 'size'],
    saysMore: true,
  },
  {
    name: 'mutants',
    proves: 'the tests notice each broken guarantee of test/mutants',
    command: [join(HOME, 'scripts/gate/mutants/main.ts')],
    saysMore: true,
  },
  {
    name: 'coverage',
    proves: 'core: every branch; other packages: 85 % of lines',
    command: [check('coverage')],
    needs: ['unit'],
    saysMore: true,
  },
]

function tool(name: string): [string] {
  return [toolScript(name, name)]
}

function check(name: string): string {
  return join(HOME, `scripts/gate/checks/${name}.ts`)
}

/** What Node is given for a step: our sources are imported as sources. */
export function nodeArguments(step: Step): readonly string[] {
  return [SOURCE, '--disable-warning=ExperimentalWarning', ...step.command]
}
