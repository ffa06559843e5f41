// node print-completions.ts <typescript's library> <folder> <module with /*here*/>: what an editor would offer there, as JSON.
// A process of its own, since each compiler is another library.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

interface CompilerHost {
  readonly getCompilationSettings: () => object
  readonly getScriptFileNames: () => readonly string[]
  readonly getScriptVersion: () => string
  readonly getScriptSnapshot: (file: string) => object | undefined
  readonly getCurrentDirectory: () => string
  readonly useCaseSensitiveFileNames: () => boolean
  readonly getDefaultLibFileName: (options: object) => string
  readonly fileExists: (file: string) => boolean
  readonly readFile: (file: string) => string | undefined
  readonly readDirectory: (folder: string) => readonly string[]
  readonly directoryExists: (folder: string) => boolean
  readonly getDirectories: (folder: string) => readonly string[]
  readonly realpath: (path: string) => string
}

/** What is used of the compiler's own interface. */
interface CompilerLibrary {
  readonly sys: Pick<
    CompilerHost,
    'fileExists' | 'readFile' | 'readDirectory' | 'directoryExists' | 'getDirectories' | 'realpath'
  > & { readonly useCaseSensitiveFileNames: boolean }
  readonly ScriptSnapshot: { fromString(text: string): object }
  readonly ScriptTarget: { readonly ES2023: number }
  readonly ModuleKind: { readonly NodeNext: number }
  readonly ModuleResolutionKind: { readonly NodeNext: number }
  getDefaultLibFilePath(options: object): string
  createLanguageService(host: CompilerHost): {
    getCompletionsAtPosition(
      file: string,
      position: number,
      options: object,
    ): { readonly entries: readonly { readonly name: string }[] } | undefined
  }
}

const [library = '', folder = '', name = ''] = process.argv.slice(2)
const ts: CompilerLibrary = createRequire(import.meta.url)(library)
const file = join(folder, name)
const options = {
  strict: true,
  noEmit: true,
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  types: ['node'],
}
const service = ts.createLanguageService({
  ...ts.sys,
  getCompilationSettings: () => options,
  getScriptFileNames: () => [file],
  getScriptVersion: () => '1',
  getScriptSnapshot: (path) => {
    const text = ts.sys.readFile(path)
    return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text)
  },
  getCurrentDirectory: () => folder,
  useCaseSensitiveFileNames: () => ts.sys.useCaseSensitiveFileNames,
  getDefaultLibFileName: (settings) => ts.getDefaultLibFilePath(settings),
})
const source = readFileSync(file, 'utf8')
const found = service.getCompletionsAtPosition(file, source.indexOf('/*here*/'), {})
console.log(JSON.stringify(found?.entries.map((entry) => entry.name) ?? []))
