// The last resort for a program that ends without closing its pools: `process.exit()`, an error that nobody caught.
const groups = new Set<number>()
let isListening = false

/** Kills the group of this process when our own ends, unless the returned function was called before. */
export function killAtExit(pid: number): () => void {
  groups.add(pid)
  if (!isListening) {
    isListening = true
    process.on('exit', killAll)
  }
  return () => void groups.delete(pid)
}

/** Nothing can be waited for any more, so nothing is asked. */
function killAll(): void {
  for (const pid of groups) {
    try {
      process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL')
    } catch {
      // It has ended, and its end was not heard of any more.
    }
  }
}
