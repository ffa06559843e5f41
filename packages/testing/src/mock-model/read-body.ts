import type { IncomingMessage } from 'node:http'
import * as zlib from 'node:zlib'

/** More than any prompt; a sender that never ends must not fill the memory of a test run. */
const MAX_BYTES = 64 * 1024 * 1024

/** The body of a request as text, unpacked; throws where it is packed in a way that nobody here knows. */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    const buffer: Buffer = chunk
    bytes += buffer.length
    if (bytes > MAX_BYTES) throw new Error(`the request has more than ${MAX_BYTES} bytes`)
    chunks.push(buffer)
  }
  return unpack(Buffer.concat(chunks), request.headers['content-encoding'] ?? 'identity').toString('utf8')
}

function unpack(bytes: Buffer, encoding: string): Buffer {
  switch (encoding) {
    case 'identity':
      return bytes
    case 'gzip':
      return zlib.gunzipSync(bytes)
    case 'deflate':
      return zlib.inflateSync(bytes)
    case 'br':
      return zlib.brotliDecompressSync(bytes)
    case 'zstd':
      return zlib.zstdDecompressSync(bytes)
    default:
      throw new Error(`content-encoding "${encoding}" is not known here`)
  }
}
