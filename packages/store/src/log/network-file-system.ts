import { readFileSync, statfsSync } from 'node:fs'
import { Fault } from './fault.ts'

/**
 * Write-ahead logging shares memory and locks between processes, which a network file system does not carry from
 * one machine to another: two leaders would write one log. Known by the magic number that `statfs` answers.
 */
const networkTypes: ReadonlyMap<number, string> = new Map([
  [0x6969, 'nfs'],
  [0x517b, 'smb'],
  [0xfe534d42, 'smb2'],
  [0xff534d42, 'cifs'],
  [0x01021997, '9p'],
  [0x5346414f, 'afs'],
  [0x73757245, 'coda'],
  [0x564c, 'ncp'],
  [0x00c36400, 'ceph'],
  [0x0bd00bd0, 'lustre'],
])

/** FUSE has one number for local and remote kinds; the mount table knows which. */
const fuse = 0x65735546
const networkFuse =
  /^fuse\.(sshfs|rclone|s3fs|gcsfuse|glusterfs|davfs2?|curlftpfs|afp.*|smbnetfs|cephfs|ceph-fuse|juicefs)$/

/** @throws `WS_STORE_NETWORK_FS` where the directory lies on one. */
export function refuseNetworkFileSystem(directory: string): void {
  // The numbers are Linux's. macOS and Windows are not asked: see the README.
  if (process.platform !== 'linux') return
  const { type } = statfsSync(directory)
  const name = networkFileSystem(type, directory, () => readFileSync('/proc/self/mountinfo', 'utf8'))
  if (name === undefined) return
  throw new Fault(
    'WS_STORE_NETWORK_FS',
    `${directory} lies on ${name}, a network file system, on which a journal would not be safe`,
    { directory, fileSystem: name },
    'keep the repository on a local disk; several machines share a run through Postgres instead',
  )
}

/** The network file system that the number and the mount table stand for, or `undefined`. */
export function networkFileSystem(
  type: number,
  directory: string,
  mountInfo: () => string,
): string | undefined {
  // Some architectures hand the number out with its sign.
  const magic = type >>> 0
  const name = networkTypes.get(magic)
  if (name !== undefined || magic !== fuse) return name
  const kind = mountKind(directory, mountInfo())
  return kind !== undefined && networkFuse.test(kind) ? kind : undefined
}

/** The type of the innermost mount that holds the directory; the last of several on one place is on top. */
function mountKind(directory: string, mountInfo: string): string | undefined {
  let found: { point: string; kind: string } | undefined
  for (const line of mountInfo.split('\n')) {
    const [, , , , escaped = ''] = line.split(' ')
    const point = escaped.replace(/\\([0-7]{3})/g, (_, octal: string) =>
      String.fromCharCode(parseInt(octal, 8)),
    )
    const kind = line.split(' - ')[1]?.split(' ')[0]
    const holds = directory === point || directory.startsWith(point.endsWith('/') ? point : `${point}/`)
    if (kind !== undefined && point !== '' && holds && point.length >= (found?.point.length ?? 0))
      found = { point, kind }
  }
  return found?.kind
}
