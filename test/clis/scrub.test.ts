import { describe, expect, it } from 'vitest'
import { Scrubber } from '../../scripts/clis/record/scrub.ts'

const PLACES = {
  cwd: '/cache/work/site-1/worktree',
  home: '/cache/work/site-1/home',
  folder: '/cache/work/site-1',
  repository: '/cache/work/site-1/repository',
  binFolder: '/cache/tool@1/bin',
  url: 'http://127.0.0.1:4711',
}

describe('scrubbing a transcript', () => {
  it.each([
    ['"cwd":"/cache/work/site-1/worktree/a.txt"', '"cwd":"<cwd>/a.txt"'],
    ['/cache/work/site-1/home/.tool', '<home>/.tool'],
    ['-cache-work-site-1-repository/memory', '<repository-flat>/memory'],
    ['/cache/tool@1/node_modules/x.js', '<cli>/node_modules/x.js'],
    ['"base":"http://127.0.0.1:4711/v1"', '"base":"<model>/v1"'],
    ['"at":"2026-11-21T13:47:59.227Z"', '"at":"2000-01-01T00:00:00.000Z"'],
    ['"emittedAtMs":1795268720985}', '"emittedAtMs":946684800000}'],
    ['"duration_ms":65,"num_turns":2', '"duration_ms":0,"num_turns":2'],
    ['"ttft_stream_ms": 12}', '"ttft_stream_ms": 0}'],
    ['rollout-2026-11-21T14-27-10-x', 'rollout-2000-01-01T00-00-00-x'],
    ['/sessions/2026/11/21/x', '/sessions/2000/01/01/x'],
    ['"date":"Sat, 21 Nov 2026 13:59:12 GMT"', '"date":"Sat, 01 Jan 2000 00:00:00 GMT"'],
    ['Creating ...che/ws-clis/work/site-6NYYWR/worktree/a', 'Creating .../worktree/a'],
    ['/run/1234.sock', '/run/1.sock'],
    [`"description":"${'word '.repeat(20)}"`, '"description":"<description>"'],
    [`"body":"${'a \\"quoted\\" word '.repeat(80)}"`, '"body":"<long>"'],
    ['"input_tokens":1000,"costUsd":0.0066', '"input_tokens":1000,"costUsd":0.0066'],
  ])('makes of %s what it always is', (text, clean) => {
    expect(new Scrubber(PLACES).text(text)).toBe(clean)
  })

  it('gives the same name to the same id, in all transcripts of a scenario', () => {
    const scrubber = new Scrubber(PLACES)
    const [one, two] = ['0dc202f1-020a-4c5f-87dc-43e3b8eabb71', 'ses_e01948881ffeglaz0rrgHLshzE']
    expect(scrubber.text(`${one} ${two} ${one}`)).toBe('<id-1> <id-2> <id-1>')
    expect(scrubber.line({ dir: 'out', text: `${two}\n` })).toEqual({ dir: 'out', text: '<id-2>\n' })
    expect(scrubber.text('write_file_1795268720985_0')).toBe('write_file_<id-3>_0')
    expect(scrubber.text('toolu_e342bad95255eb9e')).toBe('<id-4>')
  })

  it('leaves signals and ends as they are', () => {
    expect(new Scrubber(PLACES).line({ exit: 143 })).toEqual({ exit: 143 })
  })
})
