import type { LiveView, SessionView } from '../session/session.ts';
import { SAY, SORTED } from '../text/messages.ts';
import { safe } from '../text/safe.ts';
import { width } from '../text/width.ts';
import { isShort, unfinished } from './filter.ts';
import { count } from './format.ts';
import { overlayHelp } from './help.ts';
import { hints } from './keys.ts';
import { overlayPrompt, promptHint, promptLine } from './prompt.ts';
import { bodyHeight, journeyRows, LEAST, listRows, type Model, packetRows, plainAscii } from './model.ts';
import { screenOf } from './screens/index.ts';
import { glyphs, journeysText, packetsText, say } from './screens/screen.ts';
import { tabs } from './tabs.ts';
import { block, cell, ends, fitted, type Line, span } from './span.ts';

/*
 *  wirebook  1 Journeys  2 Timeline  3 Packets  4 Packet  5 Problems  6 Summary
 *  (the screen)
 *  client.pcap · reading 45 % · 1,234 packets · 12 journeys                 3/12
 *  Enter open  / filter  L 한국어  ? help  q quit
 */

/** The whole screen: exactly `model.height` lines of exactly `model.width` cells. */
export function view(model: Model, session: SessionView): Line[] {
  if (model.width < LEAST.width || model.height < LEAST.height) {
    return block([[span(say(model, SAY.tooSmall, LEAST))]], model.height, model.width);
  }
  const body = block(screenOf(model.screen).view(model, session), bodyHeight(model), model.width);
  return [
    titleBar(model, session),
    ...overlayPrompt(model, model.help === undefined ? body : overlayHelp(model, body)),
    statusLine(model, session),
    promptHint(model) ?? hintLine(model),
  ];
}

function titleBar(model: Model, session: SessionView): Line {
  const { program, list } = tabs(model);
  const names = list.flatMap(({ front, key, name }) => [
    span(key, front ? 'tab' : 'tab-key'),
    span(name, front ? 'tab' : 'title'),
  ]);
  const file = fileInTitle(model, session);
  return ends([span(program, 'title'), ...names], file === '' ? [] : [span(`${file} `, 'title')], model.width, 'title');
}

const baseName = (session: SessionView): string => safe(session.file.replace(/^.*[\\/]/, ''));

/** The whole path where there is room, else the file's name, else nothing: then the status line tells it. */
function fileInTitle(model: Model, session: SessionView): string {
  const room = model.width - tabs(model).cells - 2;
  return [safe(session.file), baseName(session)].find((name) => width(name) <= room) ?? '';
}

function statusLine(model: Model, session: SessionView): Line {
  const g = glyphs(model);
  if (model.typing !== undefined) return promptLine(model, session);
  if (model.notice !== undefined)
    return fitted([span(` ${cell(say(model, model.notice), model.width - 2, g)}`, 'bold')], model.width);
  const rows = screenOf(model.screen).rows(model, session);
  const at = Math.min(rows, model.places[model.screen].cursor + 1);
  const position = model.screen === 'summary' ? ' ' : ` ${count(at)}/${count(rows)} `;
  const problems = session.problems().length;
  const about = session.newKeys
    ? say(model, SAY.newKeys)
    : problems === 0
      ? ''
      : say(model, SAY.problemCount, { n: count(problems) });
  const trouble = about === '' ? '' : `${g.warning} ${about} `;
  const facts = cell(statusFacts(model, session).join(` ${g.between} `), model.width - position.length - width(trouble) - 2, g);
  return [span(` ${facts} `, 'dim'), span(trouble, 'warn'), span(position)];
}

function statusFacts(model: Model, session: SessionView): string[] {
  const { packets, bytes, size, done } = session.progress();
  const journeys = session.journeyCount();
  const facts = [packetsText(model, packets), journeysText(model, journeys)];
  const live = session.live?.();
  if (live !== undefined) facts.unshift(...liveFacts(model, live));
  else if (!done)
    facts.unshift(
      say(model, SAY.reading, { percent: size ? `${Math.min(100, Math.floor((bytes / size) * 100))} %` : '' }).trim(),
    );
  if (fileInTitle(model, session) === '') facts.unshift(baseName(session));
  if (model.filter !== '')
    facts.push(say(model, SAY.filtered, { filter: model.filter, n: count(journeyRows(model, journeys)), all: count(journeys) }));
  if (model.packetFilter !== '' && model.screen === 'packets')
    facts.push(
      say(model, SAY.filtered, {
        filter: model.packetFilter,
        n: `${count(packetRows(model, packets))}${unfinished(model, session) ? '…' : ''}`,
        all: count(model.numbers?.length ?? packets),
      }),
    );
  const list = model.screen === 'connections' || model.screen === 'dns' ? model.screen : undefined;
  const filtered = list && model.lists[list];
  if (list !== undefined && filtered !== undefined) {
    const all = list === 'dns' ? session.lookupCount() : session.connectionCount();
    facts.push(say(model, SAY.filtered, { filter: filtered.text, n: count(listRows(model, list, all)), all: count(all) }));
  }
  const short = isShort(model.screen) ? model.short[model.screen] : undefined;
  if (short !== undefined) facts.push(`${say(model, SAY.filter).trim()} ${safe(short)}`);
  if (model.sort !== undefined && model.screen === 'journeys') facts.push(say(model, SORTED[model.sort.by]));
  return facts;
}

/** "0 dropped" and "not available" are two things. */
function liveFacts(model: Model, live: LiveView): string[] {
  const lost = (n: number | undefined): string => (n === undefined ? say(model, SAY.notAvailable) : count(n));
  const state = live.paused
    ? say(model, SAY.paused, { n: live.unseen === undefined ? '?' : count(live.unseen) })
    : say(model, live.running ? SAY.live : SAY.captureEnded);
  const dropped = live.dropped === undefined ? undefined : live.dropped + (live.interfaceDropped ?? 0);
  const note = live.notes.at(-1);
  return [state, say(model, SAY.dropped, { n: lost(dropped) }), ...(note === undefined ? [] : [safe(say(model, note))])];
}

function hintLine(model: Model): Line {
  const line: Line = [span(' ')];
  let used = 1;
  for (const key of hints(model)) {
    const [name, word] = [key.keys[0], ` ${plainAscii(model) ? (key.plainHint ?? key.hint!.en) : say(model, key.hint!)}  `];
    if (used + width(name) + width(word) > model.width) continue;
    line.push(span(name, 'key'), span(word, 'dim'));
    used += width(name) + width(word);
  }
  return fitted(line, model.width);
}
