import { LABEL, SAY, STAGE_MARK, STAGE_MEANING, STAGE_SHORT } from '../text/messages.ts';
import { type KeyGroup, keyGroups, type Message, TYPING } from './keys.ts';
import { bodyHeight, type Model } from './model.ts';
import { overlay } from './popup.ts';
import { glyphs, say } from './screens/screen.ts';
import { cell, type Line, span } from './span.ts';

/*
 *   ┌ Keys ───────────────────────────────────────────────┐
 *   │ Look closer and go back                             │
 *   │   Enter                open what is selected: …     │
 *   │   Esc Backspace h      go back; in the list: …      │
 *   │ …                                                   │
 *   │ Letters of the bars                                 │
 *   │   d DNS      which address has this name?           │
 *   └──────────────────────── Esc closes, j and k scroll ─┘
 */

const KEY_CELLS = 20;

function groupLines(model: Model, group: KeyGroup): Line[] {
  const g = glyphs(model);
  const rows = group.keys
    .filter((key) => !key.live || model.follow !== undefined)
    .map((key): Line => [span(`   ${cell(key.keys.join('  '), KEY_CELLS, g)} `, 'key'), span(say(model, key.help))]);
  return [[span(` ${say(model, group.title)}`, 'bold')], ...rows, []];
}

/** All lines of the help, drawn from the key table and the stages. */
export function helpLines(model: Model): Line[] {
  const g = glyphs(model);
  const kinds = Object.keys(STAGE_MARK) as (keyof typeof STAGE_MARK)[];
  return [
    ...keyGroups().flatMap((group) => groupLines(model, group)),
    ...groupLines(model, TYPING),
    [span(` ${say(model, LABEL.legend)}`, 'bold')],
    ...kinds.map(
      (kind): Line => [
        span('   '),
        span(STAGE_MARK[kind], `bar-${kind}`),
        span(` ${cell(say(model, STAGE_SHORT[kind]), KEY_CELLS - 2, g)} `),
        span(say(model, STAGE_MEANING[kind])),
      ],
    ),
  ];
}

export const helpRows = (model: Model): number => helpLines(model).length;

/** Lays the help over the lines of a screen. */
export function overlayHelp(model: Model, body: Line[]): Line[] {
  return overlay(model, body, helpLines(model), say(model, SAY.helpTitle), say(model, SAY.helpClose), model.help);
}

/** Keys while the help is open; undefined: not the help's business. */
export function scrollHelp(model: Model, message: Message): Model | undefined {
  const last = Math.max(0, helpRows(model) - bodyHeight(model) + 2);
  const to = (line: number): Model => ({ ...model, help: Math.max(0, Math.min(last, line)) });
  const at: number = model.help ?? 0;
  switch (message.kind) {
    case 'move':
      return to(at + message.by);
    case 'page':
      return to(at + Math.round(message.by * (bodyHeight(model) - 3)));
    case 'edge':
      return to(message.to === 'first' ? 0 : last);
    case 'resize':
    case 'changed':
    case 'language':
      return undefined;
    case 'quit':
      return message.code === 0 ? { ...model, help: undefined } : undefined;
    case 'suspend':
    case 'redraw':
      return model;
    default:
      return { ...model, help: undefined };
  }
}
