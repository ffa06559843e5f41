import { readFileSync } from 'node:fs'
import * as z from 'zod'

const Manifest = z.looseObject({ version: z.string() })

/** The version of this package. Its manifest lies above the sources, and above what is built of them. */
export function ownVersion(): string {
  for (const above of ['..', '../..']) {
    try {
      const text = readFileSync(new URL(`${above}/package.json`, import.meta.url), 'utf8')
      return Manifest.parse(JSON.parse(text)).version
    } catch {
      // Built, it is one folder nearer.
    }
  }
  return 'unknown'
}
