// The line that something is typed into, and what is shown with it.
import type { SessionView } from '../session/session.ts';
import { errorText, type FilterError } from '../filter/error.ts';
import { SAY } from '../text/messages.ts';
import type { Text } from '../text/text.ts';
import { safe } from '../text/safe.ts';
import { width } from '../text/width.ts';
import { domainOf, type Filtered, isShort, unfinished } from './filter.ts';
import { count } from './format.ts';
import { journeyRows, listRows, type Model, packetRows, type Typing } from './model.ts';
import { paletteRows } from './palette.ts';
import { overlay } from './popup.ts';
import { screenOf } from './screens/index.ts';
import { glyphs, say } from './screens/screen.ts';
import { cell, ends, fitted, type Line, span, wrap } from './span.ts';

const LABELS: Record<Typing['what'], Text> = {
  journeys: SAY.filter,
  packets: SAY.filter,
  connections: SAY.filter,
  dns: SAY.filter,
  book: SAY.filter,
  waterfall: SAY.filter,
  problems: SAY.filter,
  palette: SAY.palettePrompt,
  file: SAY.filePrompt,
  overwrite: SAY.overwritePrompt,
};

/** The line itself: what is typed, and at the right how much it finds. A mistake is underlined from its place on. */
export function promptLine(model: Model, session: SessionView): Line {
  const typing = model.typing!;
  const label = ` ${say(model, LABELS[typing.what], { file: safe(typing.before) })}`;
  const found = ` ${foundText(model, session)} `;
  const room = Math.max(10, model.width - width(label) - width(found) - 1);
  const characters = [...typing.text];
  const cut = typing.error === undefined ? characters.length : typing.error.column - 1;
  const good = safe(characters.slice(0, cut).join(''));
  const bad = safe(characters.slice(cut).join(''));
  const [a, b] = tails(good, bad, room);
  return ends([span(label, 'bold'), span(a), span(b, 'head'), span(' ', 'selected')], [span(found, 'dim')], model.width);
}

function foundText(model: Model, session: SessionView): string {
  const { what } = model.typing!;
  const mark = unfinished(model, session) ? '…' : '';
  if (what === 'journeys') return `${count(journeyRows(model, session.journeyCount()))}${mark}/${count(session.journeyCount())}`;
  if (what === 'packets') return `${count(packetRows(model, session.packetCount()))}${mark}/${count(session.packetCount())}`;
  const all = what === 'connections' ? session.connectionCount() : session.lookupCount();
  if (what === 'connections' || what === 'dns') return `${count(listRows(model, what, all))}${mark}/${count(all)}`;
  return isShort(what) ? count(screenOf(what).rows(model, session)) : '';
}

/** The ends of two texts side by side, in so many cells together. */
function tails(a: string, b: string, cells: number): [string, string] {
  let [first, second] = [[...a], [...b]];
  while (first.length > 0 && width(first.join('')) + width(second.join('')) > cells) first = first.slice(1);
  while (second.length > 0 && width(second.join('')) > cells) second = second.slice(1);
  return [first.join(''), second.join('')];
}

/** Below it: the mistake, or the words that Tab goes through, or nothing. */
export function promptHint(model: Model): Line | undefined {
  const typing = model.typing;
  if (typing === undefined) return undefined;
  if (typing.offered !== undefined) return offeredLine(model, typing);
  if (typing.error === undefined) return undefined;
  const g = glyphs(model);
  const text = say(model, errorText(typing.error as FilterError));
  return fitted([span(` ${g.warning} `, 'warn'), span(cell(text, model.width - 4, g), 'warn')], model.width);
}

function offeredLine(model: Model, typing: Typing): Line {
  const { words } = typing.offered!;
  const choice = typing.choice ?? -1;
  const line: Line = [span(' ')];
  let used = 1;
  // The chosen word is always in sight.
  let first = Math.max(0, choice);
  for (let room = model.width / 2; first > 0 && room > width(words[first - 1]) + 2; first--) room -= width(words[first - 1]) + 2;
  for (let i = first; i < words.length; i++) {
    const text = `${i === choice ? glyphs(model).cursor : ' '}${words[i]} `;
    if (used + width(text) > model.width) break;
    line.push(span(text, i === choice ? 'selected' : 'dim'));
    used += width(text);
  }
  const help =
    choice < 0
      ? undefined
      : (domainOf(typing.what as Filtered) as { field(name: string): { help: Text } | undefined }).field(words[choice])?.help;
  if (help !== undefined && model.width - used > 10)
    line.push(span(cell(` ${say(model, help)}`, model.width - used, glyphs(model))));
  return fitted(line, model.width);
}

const KEY_CELLS = 14;
const PALETTE_ROWS = 12;

/** The palette's box, or the Wireshark filter's, over a screen. */
export function overlayPrompt(model: Model, body: Line[]): Line[] {
  const g = glyphs(model);
  if (model.typing?.what === 'palette') {
    const rows = paletteRows(model);
    const choice = model.typing.choice ?? 0;
    const from = Math.max(0, Math.min(choice - (PALETTE_ROWS >> 1), rows.length - PALETTE_ROWS));
    const lines = rows.slice(from, from + PALETTE_ROWS).map((key, i): Line => {
      const chosen = from + i === choice;
      const style = chosen ? 'selected' : 'plain';
      return [
        span(chosen ? ` ${g.cursor} ` : '   ', style),
        span(cell(say(model, key.help), Math.min(60, model.width - 12 - KEY_CELLS), g), style),
        span(` ${cell(key.keys.join(' '), KEY_CELLS, g)}`, chosen ? 'selected' : 'key'),
      ];
    });
    if (lines.length === 0) lines.push([span(` ${say(model, SAY.noAction)}`)]);
    return overlay(model, body, lines, say(model, SAY.paletteTitle), say(model, SAY.paletteClose));
  }
  if (model.wireshark === undefined) return body;
  const lines = wrap(model.wireshark, Math.min(100, model.width - 10), 12).map((text): Line => [span(` ${text}`)]);
  return overlay(model, body, lines, say(model, SAY.wiresharkFilter), say(model, SAY.wiresharkClose));
}
