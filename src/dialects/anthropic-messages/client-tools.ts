import type { JsonObject } from '../../core/json.ts'

/** A tool of Anthropic's own that the caller runs. */
interface ClientTool {
  readonly description: string
  readonly properties: JsonObject
  readonly required: readonly string[]
}

const text = { type: 'string' }
const place = { type: 'array', items: { type: 'integer' } }

/**
 * The tools that Anthropic defines and the caller runs, as functions that every model can call: their names and inputs are those that the
 * caller's side of them reads (platform.claude.com/docs, agents and tools, 2026-11).
 */
export const CLIENT_TOOLS = {
  bash: {
    description: 'Runs a command in a persistent bash session and returns its output. `restart` starts the session anew.',
    properties: { command: text, restart: { type: 'boolean' } },
    required: []
  },
  text_editor: {
    description:
      'Views, creates and edits text files. `view` shows a file or folder, `create` writes `file_text`, `str_replace` replaces the one ' +
      'occurrence of `old_str` by `new_str`, `insert` puts `insert_text` behind line `insert_line`, 0 being the beginning.',
    properties: {
      command: { type: 'string', enum: ['view', 'create', 'str_replace', 'insert'] },
      path: { type: 'string', description: 'Absolute path.' },
      view_range: { type: 'array', items: { type: 'integer' }, description: 'First and last line; -1 is the end.' },
      file_text: text,
      old_str: text,
      new_str: text,
      insert_line: { type: 'integer' },
      insert_text: text
    },
    required: ['command', 'path']
  },
  memory: {
    description:
      'Keeps notes between conversations as files under /memories. Look there before starting a task, and write down what will be needed.',
    properties: {
      command: { type: 'string', enum: ['view', 'create', 'str_replace', 'insert', 'delete', 'rename'] },
      path: text,
      view_range: { type: 'array', items: { type: 'integer' } },
      file_text: text,
      old_str: text,
      new_str: text,
      insert_line: { type: 'integer' },
      insert_text: text,
      old_path: text,
      new_path: text
    },
    required: ['command']
  },
  computer: {
    description: 'Uses mouse and keyboard of a computer and takes screenshots of it.',
    properties: {
      action: {
        type: 'string',
        enum: [
          'key',
          'type',
          'mouse_move',
          'left_click',
          'left_click_drag',
          'right_click',
          'middle_click',
          'double_click',
          'triple_click',
          'screenshot',
          'cursor_position',
          'left_mouse_down',
          'left_mouse_up',
          'scroll',
          'hold_key',
          'wait',
          'zoom'
        ]
      },
      coordinate: { ...place, description: 'x and y in pixels from the upper left.' },
      start_coordinate: place,
      region: place,
      text,
      scroll_direction: { type: 'string', enum: ['up', 'down', 'left', 'right'] },
      scroll_amount: { type: 'integer' },
      duration: { type: 'number', description: 'Seconds.' }
    },
    required: ['action']
  }
} as const satisfies Record<string, ClientTool>

/** The schema of such a tool's input. */
export function clientToolSchema({ properties, required }: ClientTool): JsonObject {
  return { type: 'object', properties, ...(required.length === 0 ? {} : { required }) }
}

/** What the tool is for, with what this caller's has for settings: the size of the screen, the longest file. */
export function describeClientTool({ description }: ClientTool, tool: JsonObject): string {
  const settings = Object.entries(tool).filter(([name, value]) => typeof value === 'number' && name !== 'cache_control')
  return settings.length === 0
    ? description
    : `${description} ${settings.map(([name, value]) => `${name}: ${value}`).join(', ')}.`
}
