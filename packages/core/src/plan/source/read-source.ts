import { readJson } from './json-source.ts'
import type { Source, SourceFormat } from './source.ts'
import { readYaml } from './yaml-source.ts'

/** Which format a text is in, by the name of its file and else by how it begins. */
export async function readSource(
  text: string,
  { file, format }: { file?: string | undefined; format?: SourceFormat | undefined },
): Promise<Source> {
  const known = format ?? formatOfFile(file)
  if (known !== undefined) return known === 'json' ? readJson(text) : readYaml(text)
  if (!/^[\s\ufeff]*([{[]|\/[/*])/.test(text)) return readYaml(text)
  const json = readJson(text)
  if (json.value !== undefined) return json
  // A map in braces may be YAML as well; where it is neither, it was more likely meant for JSON.
  const yaml = await readYaml(text)
  return yaml.value === undefined ? json : yaml
}

function formatOfFile(file: string | undefined): SourceFormat | undefined {
  const extension = /\.([a-z]+)$/i.exec(file ?? '')?.[1]?.toLowerCase()
  if (extension === 'yaml' || extension === 'yml') return 'yaml'
  return extension === 'json' || extension === 'jsonc' ? 'json' : undefined
}
