import { expect, test } from 'vitest'
import { networkFileSystem } from '../../src/log/network-file-system.ts'

const mounts = [
  '22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw',
  '40 22 0:50 / /home/me/far rw,nosuid - fuse.sshfs me@far:/ rw,user_id=0',
  '41 22 0:51 / /home/me/with\\040space rw - fuse.sshfs me@far:/ rw',
  '42 40 8:1 / /home/me/far/usb rw - fuseblk /dev/sdb1 rw',
  '43 22 0:52 / /home/me/over rw - fuse.sshfs me@far:/ rw',
  '44 43 0:53 / /home/me/over rw - fuse.bindfs /x rw',
].join('\n')
const noTable = (): string => {
  throw new Error('not asked')
}
const fuse = 0x65735546

test.each([
  ['nfs', 0x6969],
  ['smb', 0x517b],
  ['smb2', 0xfe534d42],
  ['cifs', 0xff534d42],
  ['cifs', 0xff534d42 | 0],
  ['9p', 0x01021997],
  ['ceph', 0x00c36400],
])('%s (%i) is known by its number', (name, type) => {
  expect(networkFileSystem(type, '/x', noTable)).toBe(name)
})

test.each([
  ['ext4', 0xef53],
  ['btrfs', 0x9123683e],
  ['tmpfs', 0x01021994],
  ['overlay', 0x794c7630],
])('%s is local', (_, type) => {
  expect(networkFileSystem(type, '/x', noTable)).toBeUndefined()
})

test.each([
  ['/home/me/far', 'fuse.sshfs'],
  ['/home/me/far/deep/er', 'fuse.sshfs'],
  ['/home/me/with space/x', 'fuse.sshfs'],
  ['/home/me/farther', undefined],
  ['/home/me/far/usb/x', undefined],
  ['/home/me/over/x', undefined],
])('of FUSE, %s is judged by the innermost mount that holds it', (directory, kind) => {
  expect(networkFileSystem(fuse, directory, () => mounts)).toBe(kind)
})
