// The real CLIs that contract tests run, with the versions that the transcripts were recorded from. They are installed into a
// cache outside the tree, never as dependencies: together they are bigger than everything else.

export interface PinnedCli {
  /** The program's name, and the tool's. */
  readonly name: string
  readonly registry: 'npm' | 'pypi'
  readonly package: string
  readonly version: string
  /** What the registry must deliver, by package. Those that a platform does without are not looked for. */
  readonly integrity: Readonly<Record<string, string>>
  /** Where its native programs are published for the platform that they were tried on; a script runs anywhere. */
  readonly platform?: 'linux-x64'
  /** Below the folder that it is installed in; the first that runs here. */
  readonly programs: readonly CliProgram[]
  /** What it takes on disk, for those who decide whether to install it. */
  readonly sizeMb: number
}

export interface CliProgram {
  readonly file: string
  /** Run by Node, by itself otherwise. */
  readonly isScript?: true
  /** A processor without it needs the next one. */
  readonly needs?: 'avx2'
}

export const PINNED_CLIS: readonly PinnedCli[] = [
  {
    name: 'claude',
    registry: 'npm',
    package: '@anthropic-ai/claude-code',
    version: '2.1.329',
    integrity: {
      '@anthropic-ai/claude-code':
        'sha512-WQ7RY331gsODjOoDBbeG1fjMfKY1Ur9yxWAOI9SgdLZvqA9sAREaezXt7e3uNbHlgjVAZg1IqlJT1J7WKViEFA==',
      '@anthropic-ai/claude-code-linux-x64':
        'sha512-+n4lu1ubYAp02Y0X/MAUnxw9yY6SHHZ77F+IoW+V0wVoFuiI9opdH6gofjf14gXJCEYMTNpks7Gn1i8XZTKAWA==',
    },
    platform: 'linux-x64',
    // What its install script would link to.
    programs: [{ file: 'node_modules/@anthropic-ai/claude-code-linux-x64/claude' }],
    sizeMb: 361,
  },
  {
    name: 'codex',
    registry: 'npm',
    package: '@openai/codex',
    version: '0.169.0',
    integrity: {
      '@openai/codex':
        'sha512-KhzYlkKPxoNssR8CEm45IjqnFWn7UtlF4CiD3tOJPea51xBs7MaHy0UQG9GSbCqk6Lrjn5QdJDV0QD1/FgWlGw==',
      '@openai/codex-linux-x64':
        'sha512-o05NyAOCDygSPRo1yinzxvkRSdmsZyBD9E7mbpmjRanSfM8lypqWtQgEo4XfNkwhuCR2aFu8mlGOsQGFXVbVww==',
    },
    platform: 'linux-x64',
    // Not its wrapper: that would be one process more, whose end the real one survives.
    programs: [{ file: 'node_modules/@openai/codex-linux-x64/vendor/x86_64-unknown-linux-musl/bin/codex' }],
    sizeMb: 404,
  },
  {
    name: 'gemini',
    registry: 'npm',
    package: '@google/gemini-cli',
    version: '0.61.0',
    integrity: {
      '@google/gemini-cli':
        'sha512-dbQ9A0qBtFJNi6XBkHvfZ6Azpn6PNgH/P8h2MZ67RLlX8hSAVjup39CRWqdRxZv7YXIuhrFaytr8y0jKnkoxnQ==',
    },
    programs: [{ file: 'node_modules/@google/gemini-cli/bundle/gemini.js', isScript: true }],
    sizeMb: 100,
  },
  {
    name: 'opencode',
    registry: 'npm',
    package: 'opencode-ai',
    version: '1.18.33',
    integrity: {
      'opencode-ai':
        'sha512-58P1ffLRXiAY4QeoABqUjqf6DEzm1ihpovvn9Ad+oOLbLiwK/rf88wruT9IATJ7AtNjmi8iA7pC8tN4o5y799Q==',
      'opencode-linux-x64':
        'sha512-q/t/3p2CTxOT9y2kvjesb/LZab2+1eqlhhWA02Be6mjTtmYtNBcBsrI5yDo4Fw7ZSPBW2oyMIGMNRqiKQjiAWw==',
      'opencode-linux-x64-baseline':
        'sha512-1KQGBiiDDeL/VHHbHkOvvFo8Jr97WT5+C1tear+p7IcDTnXgVHXqIjU4O4jM4mHQzykTP2i884FCnW5LDa+zCA==',
    },
    platform: 'linux-x64',
    // Its install script chooses between these two.
    programs: [
      { file: 'node_modules/opencode-linux-x64/bin/opencode', needs: 'avx2' },
      { file: 'node_modules/opencode-linux-x64-baseline/bin/opencode' },
    ],
    sizeMb: 354,
  },
  {
    name: 'copilot',
    registry: 'npm',
    package: '@github/copilot',
    version: '1.0.102',
    integrity: {
      '@github/copilot':
        'sha512-mv6cTWMhMILxg5ZDgqJ6UsnpPuySCPWOPbZVaO8lL0dpmjY3VD9ZhJr6DFcG7fhUXZv6OmvLdcRCa5MJ6hBI+Q==',
      '@github/copilot-linux-x64':
        'sha512-eGHPbsP0p2QgfVZCjtbGBFZPBOJQ0DN7xIbBRAo7oG8b1zfLirQIdfI4h8Iy68Dv2cKJGJZg2/EO7W7KpIMJOw==',
    },
    platform: 'linux-x64',
    programs: [{ file: 'node_modules/@github/copilot-linux-x64/copilot' }],
    sizeMb: 189,
  },
  {
    name: 'qwen',
    registry: 'npm',
    package: '@qwen-code/qwen-code',
    version: '0.24.4',
    integrity: {
      '@qwen-code/qwen-code':
        'sha512-pmexy/Nj+BKd3Un1ogqGQE8V4GJn5B6N9PQOrU1GH+lMR29kn6Bgf6YdbZa8hNIoTmAKT1LTPK+P8TibZRPPVg==',
    },
    programs: [{ file: 'node_modules/@qwen-code/qwen-code/cli-entry.js', isScript: true }],
    sizeMb: 152,
  },
  {
    name: 'aider',
    registry: 'pypi',
    package: 'aider-chat',
    version: '0.86.2',
    // It pins everything that it needs by itself.
    integrity: { 'aider-chat': 'sha256-64f6a0c66c9f4633ad9f479bca3e64ebcba02b9da03c6b604b74a44736b2416e' },
    programs: [{ file: 'venv/bin/aider' }],
    sizeMb: 687,
  },
]
