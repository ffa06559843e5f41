// What each recorded scenario of each tool is to us: its turns, and then what was heard during them.

/** Turns, then events, by tool and mode, by scenario. */
export const goldenTurns: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'claude/one-shot': {
    denied: [
      'failed:refused 2000/40/0 $0.0066 reported -Write(hello.txt) "I have written hello.txt."',
      'Write:started usage Write:failed text usage',
    ],
    edit: [
      'completed 2000/40/0 $0.0066 reported +hello.txt "I have written hello.txt."',
      'Write:started usage Write:done text usage',
    ],
    'error-400': ['failed:refused 0/0/0 $0 reported "API Error: 400 the request has no sense"', 'text usage'],
    'error-401': [
      'failed:auth 0/0/0 $0 reported "Failed to authenticate. API Error: 401 invalid api key"',
      'retrying text usage',
    ],
    interrupt: ['interrupted 1000/1/0 unknown +hello.txt ""', 'Write:started usage Write:done'],
    'quota-429': [
      'failed:quota-exhausted 0/0/0 $0 reported "API Error: Request rejected (429) · the quota is used up"',
      'retrying text usage',
    ],
    retry: [
      'completed 2000/40/0 $0.0066 reported +hello.txt "I have written hello.txt."',
      'retrying Write:started usage Write:done text usage',
    ],
    'two-turns-1': [
      'completed 2000/40/0 $0.0066 reported +hello.txt "I have written hello.txt."',
      'Write:started usage Write:done text usage',
    ],
    'two-turns-2': ['completed 1500/30/1000 $0.00225 reported "A greeting."', 'text usage'],
  },
  'claude/stream-json': {
    denied: [
      'failed:refused 2000/40/0 $0.0066 reported -Write(hello.txt) "I have written hello.txt."',
      'Write:started usage denied Write:failed text usage',
    ],
    edit: [
      'completed 2000/40/0 $0.0066 reported +hello.txt "I have written hello.txt."',
      'Write:started usage Write:done text usage',
    ],
    'error-400': ['failed:refused 0/0/0 $0 reported "API Error: 400 the request has no sense"', 'text usage'],
    'error-401': [
      'failed:auth 0/0/0 $0 reported "Failed to authenticate. API Error: 401 invalid api key"',
      'retrying text usage',
    ],
    granted: [
      'completed 2000/40/0 $0.0066 reported +hello.txt "I have written hello.txt."',
      'Write:started usage allowed Write:done text usage',
    ],
    interrupt: [
      'interrupted 1000/20/0 $0.0033 reported +hello.txt ""',
      'Write:started usage Write:done usage',
    ],
    'quota-429': [
      'failed:quota-exhausted 0/0/0 $0 reported "API Error: Request rejected (429) · the quota is used up"',
      'retrying text usage',
    ],
    retry: [
      'completed 2000/40/0 $0.0066 reported +hello.txt "I have written hello.txt."',
      'retrying Write:started usage Write:done text usage',
    ],
    'two-turns': [
      'completed 2000/40/0 $0.0066 reported +hello.txt "I have written hello.txt."',
      'completed 1500/30/1000 $0.00225 reported "A greeting."',
      'Write:started usage Write:done text usage text usage',
    ],
  },
  'codex/one-shot': {
    denied: ['completed 2000/40/0 unknown "I have written hello.txt."', 'text usage'],
    edit: [
      'completed 2000/40/0 unknown +hello.txt "I have written hello.txt."',
      'file_change:started file_change:done text usage',
    ],
    'error-400': ['failed:refused 0/0/0 unknown ""', ''],
    'error-401': ['failed:auth 0/0/0 unknown ""', 'retrying'],
    interrupt: ['interrupted 0/0/0 unknown +hello.txt ""', 'file_change:started file_change:done'],
    'quota-429': ['failed:quota-exhausted 0/0/0 unknown ""', ''],
    retry: [
      'completed 2000/40/0 unknown +hello.txt "I have written hello.txt."',
      'file_change:started file_change:done text usage',
    ],
    'two-turns-1': [
      'completed 2000/40/0 unknown +hello.txt "I have written hello.txt."',
      'file_change:started file_change:done text usage',
    ],
    'two-turns-2': ['completed 3500/70/1000 unknown "A greeting."', 'text usage'],
  },
  'codex/app-server': {
    denied: [
      'failed:refused 2000/40/0 unknown -file_change(hello.txt) "I have written hello.txt."',
      'file_change:started denied file_change:failed usage text usage',
    ],
    edit: [
      'completed 2000/40/0 unknown +hello.txt "I have written hello.txt."',
      'file_change:started file_change:done usage text usage',
    ],
    'error-400': ['failed:refused 0/0/0 unknown ""', ''],
    'error-401': ['failed:auth 0/0/0 unknown ""', 'retrying'],
    granted: [
      'completed 2000/40/0 unknown +hello.txt "I have written hello.txt."',
      'file_change:started allowed file_change:done usage text usage',
    ],
    interrupt: ['interrupted 1000/20/0 unknown +hello.txt ""', 'file_change:started file_change:done usage'],
    'quota-429': ['failed:quota-exhausted 0/0/0 unknown ""', ''],
    retry: [
      'completed 2000/40/0 unknown +hello.txt "I have written hello.txt."',
      'file_change:started file_change:done usage text usage',
    ],
    'two-turns': [
      'completed 2000/40/0 unknown +hello.txt "I have written hello.txt."',
      'completed 1500/30/1000 unknown "A greeting."',
      'file_change:started file_change:done usage text usage text usage',
    ],
  },
  'gemini/one-shot': {
    denied: ['completed 1000/20/0 unknown "I have no tool for this."', 'text usage'],
    edit: [
      'completed 2000/40/0 unknown +hello.txt "I have written hello.txt."',
      'write_file:started write_file:done text usage',
    ],
    'error-400': ['failed:refused 0/0/0 unknown ""', 'usage'],
    'error-401': ['failed:auth 0/0/0 unknown ""', 'usage'],
    interrupt: ['interrupted 0/0/0 unknown +hello.txt ""', 'write_file:started write_file:done'],
    'quota-429': ['failed:quota-exhausted 0/0/0 unknown ""', 'usage'],
    retry: [
      'completed 2000/40/0 unknown +hello.txt "I have written hello.txt."',
      'write_file:started write_file:done text usage',
    ],
    'two-turns-1': [
      'completed 2000/40/0 unknown +hello.txt "I have written hello.txt."',
      'write_file:started write_file:done text usage',
    ],
    'two-turns-2': ['completed 1500/30/1000 unknown "A greeting."', 'text usage'],
  },
  'gemini/acp': {
    denied: [
      'failed:refused 2000/40/0 unknown -edit(hello.txt) "I have written hello.txt."',
      'denied text usage',
    ],
    edit: [
      'completed 2000/40/0 unknown +hello.txt "I have written hello.txt."',
      'edit:started edit:done text usage',
    ],
    'error-400': ['failed:refused 0/0/0 unknown ""', ''],
    'error-401': ['failed:auth 0/0/0 unknown ""', ''],
    granted: [
      'completed 2000/40/0 unknown +hello.txt "I have written hello.txt."',
      'allowed edit:done text usage',
    ],
    interrupt: ['interrupted 0/0/0 unknown +hello.txt ""', 'edit:started edit:done'],
    'quota-429': ['failed:quota-exhausted 0/0/0 unknown ""', ''],
    retry: [
      'completed 2000/40/0 unknown +hello.txt "I have written hello.txt."',
      'edit:started edit:done text usage',
    ],
    'two-turns': [
      'completed 2000/40/0 unknown +hello.txt "I have written hello.txt."',
      'completed 1500/30/0 unknown "A greeting."',
      'edit:started edit:done text usage text usage',
    ],
  },
  'opencode/one-shot': {
    denied: ['failed:refused 1000/20/0 $0.0033 reported -write(hello.txt) ""', 'write:failed usage'],
    edit: [
      'completed 2000/40/0 $0.0066 reported +hello.txt "I have written hello.txt."',
      'write:done usage text usage',
    ],
    'error-400': ['failed:refused 0/0/0 unknown ""', ''],
    'error-401': ['failed:auth 0/0/0 unknown ""', ''],
    interrupt: ['interrupted 1000/20/0 $0.0033 reported +hello.txt ""', 'write:done usage'],
    'quota-429': ['failed:quota-exhausted 0/0/0 unknown ""', ''],
    retry: [
      'completed 2000/40/0 $0.0066 reported +hello.txt "I have written hello.txt."',
      'write:done usage text usage',
    ],
    'two-turns-1': [
      'completed 2000/40/0 $0.0066 reported +hello.txt "I have written hello.txt."',
      'write:done usage text usage',
    ],
    'two-turns-2': ['completed 1500/30/1000 $0.00195 reported "A greeting."', 'text usage'],
  },
  'opencode/acp': {
    denied: [
      'failed:refused 1000/20/0 $0.0033 reported -edit(hello.txt) ""',
      'edit:started denied edit:failed usage',
    ],
    edit: [
      'completed 1000/20/0 $0.0066 reported +hello.txt "I have written hello.txt."',
      'edit:started edit:done text usage',
    ],
    'error-400': ['failed:refused 0/0/0 $0 reported ""', 'usage'],
    'error-401': ['failed:auth 0/0/0 $0 reported ""', 'usage'],
    granted: [
      'completed 1000/20/0 $0.0066 reported +hello.txt "I have written hello.txt."',
      'edit:started allowed edit:done text usage',
    ],
    interrupt: ['interrupted 0/0/0 $0.0033 reported +hello.txt ""', 'edit:started edit:done usage'],
    'quota-429': ['failed:quota-exhausted 0/0/0 $0 reported ""', 'usage'],
    retry: [
      'completed 1000/20/0 $0.0066 reported +hello.txt "I have written hello.txt."',
      'edit:started edit:done text usage',
    ],
    'two-turns': [
      'completed 1000/20/0 $0.0066 reported +hello.txt "I have written hello.txt."',
      'completed 1500/30/1000 $0.00195 reported "A greeting."',
      'edit:started edit:done text usage text usage',
    ],
  },
  'copilot/one-shot': {
    denied: [
      'failed:refused 0/0/0 unknown -create(hello.txt) "I have written hello.txt."',
      'create:started create:failed text',
    ],
    edit: [
      'completed 0/0/0 unknown +hello.txt "I have written hello.txt."',
      'create:started create:done text',
    ],
    'error-400': ['failed:refused 0/0/0 unknown ""', ''],
    'error-401': ['failed:auth 0/0/0 unknown ""', 'retrying'],
    interrupt: ['interrupted 0/0/0 unknown +hello.txt ""', 'create:started create:done'],
    'quota-429': ['failed:quota-exhausted 0/0/0 unknown ""', 'retrying'],
    retry: [
      'completed 0/0/0 unknown +hello.txt "I have written hello.txt."',
      'retrying create:started create:done text',
    ],
    'two-turns-1': [
      'completed 0/0/0 unknown +hello.txt "I have written hello.txt."',
      'create:started create:done text',
    ],
    'two-turns-2': ['completed 0/0/0 unknown "A greeting."', 'text'],
  },
  'copilot/acp': {
    denied: [
      'failed:refused 1000/20/0 unknown -edit(hello.txt) "Info: Operation cancelled by user"',
      'edit:started denied edit:failed text usage',
    ],
    edit: [
      'completed 2000/40/0 unknown +hello.txt "I have written hello.txt."',
      'edit:started text edit:done text usage',
    ],
    'error-400': ['failed:refused 0/0/0 unknown "Error: 400 the request has no sense"', 'text'],
    'error-401': [
      'failed:auth 0/0/0 unknown "Info: Request failed due to a transient API error. Retrying.…_PROVIDER_API_KEY_COMMAND, or COPILOT_PROVIDER_BEARER_TOKEN."',
      'text',
    ],
    granted: [
      'completed 2000/40/0 unknown +hello.txt "I have written hello.txt."',
      'edit:started allowed text edit:done text usage',
    ],
    interrupt: [
      'interrupted 1000/20/0 unknown +hello.txt "Info: <cwd>/hello.txt"',
      'edit:started text edit:done usage',
    ],
    'quota-429': [
      'failed:quota-exhausted 0/0/0 unknown "Error: Failed to get response from the AI model; retried 5 times (total retry wait time: 59.28 seconds) Last error: 429 the quota is used up"',
      'text',
    ],
    retry: [
      'completed 2000/40/0 unknown +hello.txt "I have written hello.txt."',
      'text edit:started text edit:done text usage',
    ],
    'two-turns': [
      'completed 2000/40/0 unknown +hello.txt "I have written hello.txt."',
      'completed 1500/30/1000 unknown "A greeting."',
      'edit:started text edit:done text usage text usage',
    ],
  },
  'qwen/one-shot': {
    denied: ['completed 2000/40/0 unknown "I have no tool for this."', 'text usage'],
    edit: [
      'completed 2000/40/0 unknown +hello.txt "I have written hello.txt."',
      'write_file:started write_file:done text usage',
    ],
    'error-400': ['failed:refused 0/0/0 unknown "[API Error: 400 the request has no sense]"', 'text usage'],
    'error-401': ['failed:auth 0/0/0 unknown "[API Error: 401 invalid api key]"', 'text usage'],
    interrupt: ['interrupted 0/0/0 unknown +hello.txt ""', 'write_file:started write_file:done'],
    retry: [
      'completed 2000/40/0 unknown +hello.txt "I have written hello.txt."',
      'write_file:started write_file:done text usage',
    ],
    'two-turns-1': [
      'completed 2000/40/0 unknown +hello.txt "I have written hello.txt."',
      'write_file:started write_file:done text usage',
    ],
    'two-turns-2': ['completed 4500/90/1000 unknown "A greeting."', 'text usage'],
  },
  'qwen/acp': {
    denied: ['failed:refused 1000/20/0 unknown -edit(hello.txt) ""', 'edit:started usage denied edit:failed'],
    edit: [
      'completed 2000/40/0 unknown +hello.txt "I have written hello.txt."',
      'edit:started usage edit:started edit:done text usage',
    ],
    'error-400': ['failed:refused 0/0/0 unknown ""', ''],
    'error-401': ['failed:auth 0/0/0 unknown ""', ''],
    granted: [
      'completed 2000/40/0 unknown +hello.txt "I have written hello.txt."',
      'edit:started usage allowed edit:done text usage',
    ],
    interrupt: ['interrupted 1000/20/0 unknown +hello.txt ""', 'edit:started usage edit:started edit:done'],
    retry: [
      'completed 2000/40/0 unknown +hello.txt "I have written hello.txt."',
      'edit:started usage edit:started edit:done text usage',
    ],
    'two-turns': [
      'completed 2000/40/0 unknown +hello.txt "I have written hello.txt."',
      'completed 1500/30/1000 unknown "A greeting."',
      'edit:started usage edit:started edit:done text usage text usage',
    ],
  },
  'aider/repl': {
    denied: [
      'completed 2000/40/0 $0.0066 reported "README.md\\nREADME.md\\n```\\n<<<<<<< SEARCH\\nnothing of this\\n=====…mments, indentation, docstrings, etc\\n\\nI give up.\\n\\n\\nREADME.md"',
      'text usage',
    ],
    edit: [
      'completed 1000/20/0 $0.0033 reported +hello.txt "hello.txt\\n```\\n<<<<<<< SEARCH\\n=======\\nhello\\n>>>>>>> REPLACE\\n```\\n\\nI have written hello.txt.\\n\\n\\nhello.txt\\n\\nhello.txt"',
      'text usage edit:done',
    ],
    'error-400': [
      'failed:refused 0/0/0 unknown "litellm.BadRequestError: OpenAIException - the request has no sense"',
      'text',
    ],
    'error-401': [
      'failed:auth 0/0/0 unknown "litellm.AuthenticationError: AuthenticationError: OpenAIException - invalid api key\\nThe API provider is not able to authenticate you. Check your API key."',
      'text',
    ],
    interrupt: ['interrupted 0/0/0 unknown "^C again to exit"', 'text'],
    'quota-429': [
      'failed:quota-exhausted 0/0/0 unknown "litellm.RateLimitError: RateLimitError: OpenAIException - th… has rate limited you. Try again later or check your quotas."',
      'text',
    ],
    retry: [
      'completed 1000/20/0 $0.0033 reported +hello.txt "hello.txt\\n```\\n<<<<<<< SEARCH\\n=======\\nhello\\n>>>>>>> REPLACE\\n```\\n\\nI have written hello.txt.\\n\\n\\nhello.txt\\n\\nhello.txt"',
      'text usage edit:done',
    ],
    'two-turns': [
      'completed 1000/20/0 $0.0033 reported +hello.txt "hello.txt\\n```\\n<<<<<<< SEARCH\\n=======\\nhello\\n>>>>>>> REPLACE\\n```\\n\\nI have written hello.txt.\\n\\n\\nhello.txt\\n\\nhello.txt"',
      'completed 1500/30/0 $0.005 reported "A greeting.\\n\\n\\nhello.txt"',
      'text usage edit:done text usage',
    ],
  },
}
