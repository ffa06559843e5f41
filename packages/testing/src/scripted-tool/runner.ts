import type { ChildOptions, RunnerCommand, RunnerMessage } from './runner-message.ts'

/**
 * The program behind `startScriptedTool()`. It does nothing by itself: it connects to the test, says how it was
 * started, and does what it is told. Handed to Node as text, so everything it needs is inside.
 */
export function runner(): void {
  const { connect } = process.getBuiltinModule('node:net')
  const { spawn } = process.getBuiltinModule('node:child_process')
  const { stdin, stdout, stderr } = process
  const streams = { stdout, stderr }

  const socket = connect(process.env['WS_SCRIPTED_TOOL'] ?? '')
  const say = (message: RunnerMessage): void => void socket.write(`${JSON.stringify(message)}\n`)
  // A test that is gone leaves nothing running.
  const leave = (): never => process.exit(99)
  socket.on('error', leave).on('close', leave)

  let unread = ''
  let isInputEnded = false
  const readers: number[] = []
  const giveLines = (): void => {
    while (readers.length > 0) {
      const end = unread.indexOf('\n')
      if (end < 0 && !isInputEnded) return void stdin.resume()
      const line = end < 0 ? unread || null : unread.slice(0, end)
      unread = end < 0 ? '' : unread.slice(end + 1)
      say({ is: 'done', id: readers.shift() ?? 0, value: line })
    }
    // What nobody asked for stays in the pipe, so that the other side can feel it.
    stdin.pause()
  }
  stdin.setEncoding('utf8').on('data', (text) => {
    unread += String(text)
    giveLines()
  })
  stdin.on('end', () => {
    isInputEnded = true
    giveLines()
  })
  stdin.on('error', () => {}).pause()
  for (const stream of [stdout, stderr]) stream.on('error', () => {})

  let flooded = 0
  const flood = (id: number, to: 'stdout' | 'stderr', bytes: number): void => {
    const stream = streams[to]
    // A blocking write would keep it from answering while nobody reads.
    const { _handle: handle } = stream as { _handle?: { setBlocking?(isBlocking: boolean): void } }
    handle?.setBlocking?.(false)
    const chunk = Buffer.alloc(65_536, 'x')
    const more = (left: number): void => {
      if (left === 0) return say({ is: 'done', id })
      const size = Math.min(left, chunk.length)
      stream.write(chunk.subarray(0, size), (error) => {
        if (error) return
        flooded += size
        more(left - size)
      })
    }
    more(bytes)
  }

  const startChild = (id: number, options: ChildOptions): void => {
    const trap = options.ignoresTerm ? `trap '' TERM; ` : ''
    const sleeper = `${trap}echo $$ >&3; exec 3>&-; exec sleep 600`
    const script = options.isDoubleForked ? `sh -c "$WS_SLEEPER" &` : sleeper
    const env = options.forgetsEnvironment ? { PATH: process.env['PATH'] } : process.env
    const child = spawn('sh', ['-c', script], {
      detached: options.isDetached ?? false,
      env: { ...env, WS_SLEEPER: sleeper },
      stdio: ['ignore', options.holdsOutput ? 'inherit' : 'ignore', 'ignore', 'pipe'],
    })
    child.stdio[3]?.once('data', (text) => say({ is: 'done', id, value: Number(String(text)) }))
    child.unref()
  }

  const follow = (id: number, command: RunnerCommand): void => {
    const done = (): void => say({ is: 'done', id })
    switch (command.do) {
      case 'write':
        return void streams[command.to].write(Buffer.from(command.base64, 'base64'), done)
      case 'read-line':
        readers.push(id)
        return giveLines()
      case 'ignore':
        process.on(command.signal, () => say({ is: 'signalled', signal: command.signal }))
        return done()
      case 'raise':
        return void process.kill(process.pid, command.signal)
      case 'spawn':
        return startChild(id, command.child)
      case 'flood':
        return flood(id, command.to, command.bytes)
      case 'flooded':
        return say({ is: 'done', id, value: flooded })
      case 'close-output':
        return void stdout.end(done)
      case 'exit':
        process.exit(command.code)
    }
  }

  let received = ''
  socket.setEncoding('utf8').on('data', (text) => {
    const lines = (received + String(text)).split('\n')
    received = lines.pop() ?? ''
    for (const line of lines) {
      const { id, command } = JSON.parse(line) as { id: number; command: RunnerCommand }
      follow(id, command)
    }
  })
  const env = Object.fromEntries(Object.entries(process.env).map(([name, value = '']) => [name, value]))
  const start = { pid: process.pid, argv: process.argv.slice(1), cwd: process.cwd(), env }
  socket.once('connect', () => say({ is: 'started', start }))
}
