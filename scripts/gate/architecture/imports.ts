import { parseSync, Visitor } from 'oxc-parser'

export interface Import {
  readonly specifier: string
  readonly line: number
}

export interface SourceShape {
  /** Static, dynamic and type-only imports, and re-exports. */
  readonly imports: readonly Import[]
  /** Lines of `export * from`. */
  readonly stars: readonly number[]
  /** Lines at the top level that do anything but import and re-export by name. */
  readonly logic: readonly number[]
}

/** What an ES module takes from others, and what it passes on. */
export function sourceShape(file: string, source: string): SourceShape {
  const { program, module, errors } = parseSync(file, source)
  const [error] = errors
  if (error !== undefined) throw new Error(`${file}: ${error.message}`)
  const lineOf = (offset: number) => source.slice(0, offset).split('\n').length
  const imports: Import[] = []
  const add = (specifier: string, offset: number) => imports.push({ specifier, line: lineOf(offset) })

  for (const { moduleRequest, start } of module.staticImports) add(moduleRequest.value, start)
  for (const { entries } of module.staticExports)
    for (const { moduleRequest, start } of entries)
      if (moduleRequest !== null) add(moduleRequest.value, start)
  new Visitor({
    ImportExpression({ source: argument, start }) {
      if (argument.type === 'Literal' && typeof argument.value === 'string') add(argument.value, start)
    },
    TSImportType({ source: argument, start }) {
      add(argument.value, start)
    },
  }).visit(program)

  const passesOn = (type: string) => type === 'ExportNamedDeclaration' || type === 'ImportDeclaration'
  return {
    imports,
    stars: program.body
      .filter(({ type }) => type === 'ExportAllDeclaration')
      .map(({ start }) => lineOf(start)),
    logic: program.body
      .filter((node) => !passesOn(node.type) || ('declaration' in node && node.declaration !== null))
      .filter(({ type }) => type !== 'ExportAllDeclaration')
      .map(({ start }) => lineOf(start)),
  }
}
