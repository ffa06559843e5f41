// What no tracked file may hold, whatever it is written in: carriage returns, paths that exist on one machine only, hosts of
// package registries (a lockfile that names one ties every clone to it).
import { readFileSync } from 'node:fs'
import { printFindings } from '../findings.ts'
import { trackedFiles } from '../tracked-files.ts'

const RULES: readonly { readonly pattern: RegExp; readonly says: string }[] = [
  { pattern: /\r/, says: 'carriage return: lines end with a line feed' },
  {
    // Homes of people (`me` is nobody), and the usual places of build machines.
    pattern:
      /(?<![\w.~)}\]*/-])\/((home|Users)\/(?!me\b)|(root|work|opt|workspace|builds)\/)[\w.-]+|\b[A-Z]:\\+Users\\/,
    says: 'path of one machine',
  },
  {
    pattern: /https?:\/\/[\w.-]*(registry|npmjs\.org|artifactory|nexus|verdaccio|mirror)[\w.-]*/i,
    says: 'host of a registry',
  },
]

// Windows starts only these with carriage returns; .gitattributes says so.
const WITH_CARRIAGE_RETURNS = /\.cmd$/

const root = process.cwd()
const files = trackedFiles(root)
printFindings(files.flatMap(findIn), `${files.length} files`)

function findIn(file: string): readonly string[] {
  const bytes = readFileSync(file)
  if (bytes.includes(0)) return []
  const lines = bytes.toString('utf8').split('\n')
  return RULES.flatMap(({ pattern, says }, rule) => {
    if (rule === 0 && WITH_CARRIAGE_RETURNS.test(file)) return []
    const at = lines.findIndex((line) => pattern.test(line) || (rule === 1 && line.includes(root)))
    return at === -1 ? [] : [`${file}:${at + 1}: ${says}`]
  })
}
