import type { DetectedProject } from './detect-project.ts'

/** Where the schema of `ws.yaml` lies for editors: a file that can be made again. */
export const schemaFile = '.ws/config.schema.json'

/** A short `ws.yaml` with a comment for each setting that people look for first. */
export function configText({ base, checks, setup, tools, ecosystems, include }: DetectedProject): string {
  const found = ecosystems.map(({ manager, because, folder }) => {
    const file = folder === '' ? because : `${folder}/${because}`
    return `${manager} (${file})`
  })
  const [tool] = tools
  return [
    `# yaml-language-server: $schema=${schemaFile}`,
    `# Settings of ws for this repository. ${found.length === 0 ? 'No kind of project was recognised.' : `Found: ${found.join(', ')}.`}`,
    'version: 1',
    `base: ${yaml(base ?? 'main')} # where work starts, and lands`,
    'concurrency: 3 # tasks at once',
    '# budget: { usd: 20 } # what one run may cost',
    '',
    ...(tool === undefined
      ? [
          '# No coding tool was found on the PATH. Tasks name theirs, or this one:',
          '# defaults: { tool: claude }',
        ]
      : [
          `defaults: { tool: ${tool} } # ${tools.length === 1 ? 'the tool that is' : `installed: ${tools.join(', ')}`}`,
        ]),
    '',
    ...(setup.length === 0
      ? []
      : [
          '# In every new worktree, before the first task.',
          'setup:',
          ...setup.map((command) => `  - ${yaml(command)}`),
          '',
        ]),
    ...(checks.length === 0
      ? [
          '# What a branch has to pass before it lands. Without a check everything lands that merges.',
          '# checks:',
          '#   tests: { run: make test, timeout: 10m }',
          '# merge: { checks: [tests] }',
        ]
      : [
          '# What a branch has to pass before it lands, run on the would-be result in a clean checkout.',
          'checks:',
          ...checks.map(({ name, run }) => `  ${name}: { run: ${yaml(run)}, timeout: 15m }`),
          `merge: { checks: [${checks.map(({ name }) => name).join(', ')}] }`,
        ]),
    ...(include.length === 0
      ? []
      : ['', '# .worktreeinclude lists ignored files that every worktree gets a copy of.']),
    '',
  ].join('\n')
}

/** A list of ignored files that worktrees get, one pattern a line. */
export function includeText(include: readonly string[]): string {
  return [
    '# Files that git ignores and that every worktree of ws gets a copy of: tools can read them.',
    ...include,
    '',
  ].join('\n')
}

/** A text as YAML takes it on one line. JSON is YAML. */
function yaml(text: string): string {
  return /^[A-Za-z][\w./-]*$/.test(text) ? text : JSON.stringify(text)
}
