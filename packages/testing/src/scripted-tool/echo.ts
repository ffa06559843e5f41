/**
 * The program behind `echoTool()`: answers each prompt of the line protocol with its own text, by itself and as
 * fast as Node can. A prompt's line begins with `{"prompt"`; its answer is the same line with another first word.
 * Handed to Node as text, so everything it needs is inside.
 */
export function echo(): void {
  const { writeSync } = process.getBuiltinModule('node:fs')
  const prompt = Buffer.from('{"prompt"')
  const answer = Buffer.from('{"answer"')
  let rest: Buffer = Buffer.alloc(0)

  const write = (bytes: Buffer): void => {
    for (let done = 0; done < bytes.length;) {
      try {
        done += writeSync(1, bytes, done)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') process.exit(0)
      }
    }
  }
  /** Everything but a prompt: a request that is granted by naming it back. */
  const other = (line: Buffer): Buffer | undefined => {
    const request = JSON.parse(line.toString()) as Record<string, unknown>
    const id = request['open'] ?? request['reset']
    return id === undefined ? undefined : Buffer.from(`${JSON.stringify({ done: id })}\n`)
  }
  process.stdin.on('data', (chunk: Buffer) => {
    let bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    const answers: Buffer[] = []
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10)) {
      const line = bytes.subarray(0, end + 1)
      bytes = bytes.subarray(end + 1)
      if (line.indexOf(prompt) === 0) answers.push(answer, line.subarray(answer.length))
      else answers.push(other(line) ?? Buffer.alloc(0))
    }
    rest = bytes
    if (answers.length > 0) write(Buffer.concat(answers))
  })
  write(Buffer.from('{"ready":"1"}\n'))
}
