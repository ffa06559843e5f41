// The repository of the demo: a small shop that works and whose tests pass, a plan, and a tool that follows a script.

/** The plan that the demo runs. */
export const demoPlan = `name: a small shop
base: main
concurrency: 3
defaults: { tool: scripted } # ws.yaml says what it is
checks:
  tests: { run: node --test }
merge: { checks: [tests] }

workstreams:
  - id: guide # named first, but "prices" takes longer and claims README.md, too
    claims: [docs/**, README.md]
    tasks:
      - id: write-guide
        estimate: { minutes: 2 }
        prompt: |
          write docs/guide.md How to use the shop.
          append README.md See docs/guide.md.

  - id: prices
    claims: [src/prices.js, README.md]
    tasks:
      - id: add-tax
        estimate: { minutes: 9 }
        prompt: |
          wait 900
          write src/prices.js export const price = (net) => net * 1.2
          append README.md Prices are with tax.

  - id: texts
    claims: [src/texts.js]
    tasks:
      - id: greet-by-name
        estimate: { minutes: 8 }
        prompt: |
          wait 900
          write src/texts.js export const greeting = (name) => 'Hello ' + name

  - id: cleanup # does more than it claims
    claims: [test/**]
    tasks:
      - id: tidy-tests
        estimate: { minutes: 1 }
        prompt: |
          append test/shop.test.js // tidied
          write src/texts.js export const greeting = () => ''
`

/** The settings of the demo's repository: a tool that stands in for claude, codex or aider. */
export function demoSettings(program: string, script: string): string {
  return `tools:
  # It gets the prompt on its standard input and follows it.
  scripted: { command: ${JSON.stringify(program)}, args: [${JSON.stringify(script)}] }
`
}

/** The tool of the demo. */
export const demoTool = `// A tool that follows its prompt: wait <ms>, write <file> <text>, append <file> <text>.
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
for (const line of readFileSync(0, 'utf8').split('\\n')) {
  const [, verb, first, text] = /^(wait|write|append) (\\S+) ?(.*)$/.exec(line) ?? []
  if (verb === 'wait') await new Promise((resolve) => setTimeout(resolve, Number(first)))
  else if (verb !== undefined) {
    mkdirSync(dirname(first), { recursive: true })
    if (verb === 'write') writeFileSync(first, text + '\\n')
    else appendFileSync(first, text + '\\n')
    console.log(verb, first)
  }
}
`

/** What the repository holds before anything runs. */
export const demoFiles: Readonly<Record<string, string>> = {
  'README.md': '# A small shop\n',
  'package.json': '{ "name": "shop", "type": "module", "scripts": { "test": "node --test" } }\n',
  'src/prices.js': 'export const price = (net) => net\n',
  'src/texts.js': "export const greeting = () => 'Hello'\n",
  'test/shop.test.js': `import assert from 'node:assert'
import { test } from 'node:test'
import { price } from '../src/prices.js'
import { greeting } from '../src/texts.js'

test('prices are never below net', () => assert(price(10) >= 10))
test('somebody is greeted', () => assert(greeting('Ada').startsWith('Hello')))
`,
}
