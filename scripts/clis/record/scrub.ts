// Takes out of transcripts what differs from one recording to the next, or tells of the machine: paths, ports, ids, times.
import type { TranscriptLine } from './recorded-process.ts'

/** What tells of the machine that something was recorded on. */
export interface Places {
  readonly cwd: string
  readonly home: string
  readonly repository: string
  /** Around all of these. */
  readonly folder: string
  readonly binFolder: string
  readonly url: string
}

/** One for all transcripts of a scenario: what is the same there stays the same. */
export class Scrubber {
  readonly #names = new Map<string, string>()
  readonly #places: readonly (readonly [string, string])[]

  constructor({ cwd, home, repository, folder, binFolder, url }: Places) {
    const places: [string, string][] = [
      [cwd, '<cwd>'],
      [home, '<home>'],
      [repository, '<repository>'],
      [folder, '<folder>'],
      [binFolder, '<bin>'],
      [binFolder.replace(/\/bin$/, ''), '<cli>'],
      [process.execPath, '<node>'],
      [url, '<model>'],
      [url.replace('http://', ''), '<model-host>'],
    ]
    // Some make a name of a path.
    const flat = places.flatMap(([path, name]): [string, string][] =>
      path.startsWith('/') ? [[path.replaceAll(/[^a-zA-Z0-9]/g, '-'), name.replace('>', '-flat>')]] : [],
    )
    this.#places = [...places, ...flat]
  }

  line(line: TranscriptLine): TranscriptLine {
    return 'dir' in line ? { ...line, text: this.text(line.text) } : line
  }

  text(text: string): string {
    let clean = text
    for (const [path, name] of this.#places) clean = clean.replaceAll(path, name)
    for (const [pattern, value] of [...MACHINE, ...PROSE, ...TIMES]) clean = clean.replaceAll(pattern, value)
    return clean.replaceAll(IDS, (id) => this.#nameOf(id))
  }

  #nameOf(id: string): string {
    const known = this.#names.get(id)
    if (known !== undefined) return known
    const name = `<id-${this.#names.size + 1}>`
    this.#names.set(id, name)
    return name
  }
}

const IDS = new RegExp(
  [
    // UUIDs of any version, also behind a word.
    '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}',
    // opencode: ses_…, msg_…, prt_…
    '\\b(?:ses|msg|prt|per|evt)_[0-9a-f]{12}[0-9A-Za-z]{14}\\b',
    // The mock model's own.
    '\\b(?:(?:msg|toolu|resp|call|item)_|chatcmpl-)?[0-9a-f]{16}\\b',
    // Commits.
    '\\b[0-9a-f]{40}\\b',
    // Times that are a part of a name.
    '\\b1[5-9]\\d{11}(?=_\\d)|(?<=_)1[5-9]\\d{11}\\b|(?<=_)1[5-9]\\d{11}(?=_)',
  ].join('|'),
  'g',
)

/** The field stays, so that a parser meets the same shape. */
const TIMES: readonly (readonly [RegExp, string])[] = [
  // In a sentence, one time is as good as another.
  [/(?<=wait time: )\d+(\.\d+)?(?= seconds)/g, '59.28'],
  [/\b20\d\d-\d\d-\d\dT\d\d-\d\d-\d\d(-\d+Z)?/g, '2000-01-01T00-00-00'],
  [/\/20\d\d\/\d\d\/\d\d\//g, '/2000/01/01/'],
  [/\b\w{3}, \d\d \w{3} 20\d\d \d\d:\d\d:\d\d GMT/g, 'Sat, 01 Jan 2000 00:00:00 GMT'],
  [/\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/g, '2000-01-01T00:00:00.000Z'],
  [/(?<=":\s*)1[5-9]\d{11}(\.\d+)?(?=[,}\]\s])/g, '946684800000'],
  [/(?<=":\s*)1[5-9]\d{8}(\.\d+)?(?=[,}\]\s])/g, '946684800'],
  [/(?<="\w*(?:[dD]uration|[eE]lapsed|[lL]atency|[tT]ime|ttft|_ms)\w*":\s*)\d+(\.\d+)?(?=[,}\]\s])/g, '0'],
]

const MACHINE: readonly (readonly [RegExp, string])[] = [
  [/(?<="serverName":")[^"]*/g, '<host>'],
  [/(?<="userAgent":"[^"(]*)\([^)]*\) \w+/g, '(<system>)'],
  [/(?<="pid":\s*)\d+/g, '1'],
  [/\d+(?=\.sock\b)/g, '1'],
  // Some show the end of a long path.
  [/\.\.\.[^"\s]*\/site-\w{6}\//g, '.../'],
]

/** What a tool says at length about its own commands is no part of a protocol, and somebody else's writing. */
const PROSE: readonly (readonly [RegExp, string])[] = [
  [/(?<="description":")(?:[^"\\]|\\.){40,}(?=")/g, '<description>'],
  [/"(?:[^"\\]|\\.){1000,}"/g, '"<long>"'],
]
