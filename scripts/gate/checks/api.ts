// npm run api, or in the gate without --update: the public names of every entry point as text, packages/x/etc/x.api.md. A change of
// what users can see is then a change that a reader of the diff sees as well.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import {
  Extractor,
  ExtractorConfig,
  ExtractorLogLevel,
  type IExtractorConfigPrepareOptions,
} from '@microsoft/api-extractor'
import { publicPackages } from '../../release/public-packages.ts'
import { printFindings } from '../findings.ts'

interface EntryPoint {
  readonly folder: string
  /** Its declarations, absolute. */
  readonly types: string
  readonly name: string
}

interface Message {
  readonly messageId: string
  readonly text: string
  readonly place: string
}

const root = process.cwd()
const isUpdate = process.argv.includes('--update')
const temporary = mkdtempSync(join(tmpdir(), 'ws-api-'))
// It complains rather than make it.
mkdirSync(join(temporary, 'etc'))
const findings: string[] = []
let count = 0
try {
  for (const { folder, manifest } of publicPackages(root)) {
    for (const [path, entry] of Object.entries(manifest.exports ?? {})) {
      const types = target(entry)
      if (types === undefined) continue
      count++
      // `@ws/core` and its `./testing` are core and core-testing.
      const name = manifest.name.replace(/^@[^/]+\//, '') + path.slice(1).replaceAll('/', '-')
      look({ folder, types: join(folder, types), name })
    }
  }
} finally {
  rmSync(temporary, { recursive: true, force: true })
}
printFindings(findings, `${count} entry points`)

function look({ folder, types, name }: EntryPoint): void {
  if (!existsSync(types))
    return void findings.push(`${relative(root, types)}: not built; run \`npm run build\``)
  const messages: Message[] = []
  Extractor.invoke(ExtractorConfig.prepare(configuration({ folder, types, name })), {
    // It writes where it is told, and what is written is compared here: a missing file is a difference like any other.
    localBuild: true,
    messageCallback(message) {
      message.handled = true
      const { messageId, text, sourceFilePath, sourceFileLine } = message
      messages.push({ messageId, text, place: `${sourceFilePath}:${sourceFileLine}` })
    },
  })
  findings.push(...undocumented(messages).map((text) => `${name}: ${text} has no documentation comment`))

  const fresh = readFileSync(join(temporary, 'etc', `${name}.api.md`), 'utf8')
  const kept = join(folder, 'etc', `${name}.api.md`)
  if (existsSync(kept) && readFileSync(kept, 'utf8') === fresh) return
  if (isUpdate) {
    mkdirSync(join(folder, 'etc'), { recursive: true })
    writeFileSync(kept, fresh)
    console.log(`wrote ${relative(root, kept)}`)
  } else {
    findings.push(
      `${relative(root, kept)} is not what the sources export; look at the difference after \`npm run api\``,
    )
  }
}

/** The exports, not their members, that no comment explains. Only for exports it is said that they lack a release tag, which none has. */
function undocumented(messages: readonly Message[]): readonly string[] {
  const exported = new Set(
    messages
      .filter(({ messageId }) => messageId === 'ae-missing-release-tag')
      .map(({ text, place }) => `${place} ${/"([^"]+)"/.exec(text)?.[1]}`),
  )
  return messages
    .filter(({ messageId }) => messageId === 'ae-undocumented')
    .map(({ text, place }) => ({ name: /"([^"]+)"/.exec(text)?.[1] ?? '', place }))
    .filter(({ name, place }) => exported.has(`${place} ${name}`))
    .map(({ name, place }) => `${name} (${relative(root, place)})`)
}

function configuration({ folder, types, name }: EntryPoint): IExtractorConfigPrepareOptions {
  return {
    configObject: {
      projectFolder: folder,
      mainEntryPointFilePath: types,
      newlineKind: 'lf',
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            target: 'es2023',
            lib: ['es2024', 'esnext.disposable'],
            module: 'nodenext',
            moduleResolution: 'nodenext',
            strict: true,
            skipLibCheck: true,
            types: ['node'],
          },
          files: [types],
        },
      },
      apiReport: {
        enabled: true,
        reportFileName: `${name}.api.md`,
        reportFolder: join(temporary, 'etc'),
        reportTempFolder: join(temporary, 'temp'),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: { extractorMessageReporting: { default: { logLevel: ExtractorLogLevel.None } } },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(folder, 'package.json'),
  }
}

function target(entry: unknown): string | undefined {
  if (typeof entry !== 'object' || entry === null || !('types' in entry)) return undefined
  return typeof entry.types === 'string' ? entry.types : undefined
}
