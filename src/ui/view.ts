import type { SessionView } from '../session.ts';
import { SAY, SCREEN } from '../text/messages.ts';
import { width } from '../text/width.ts';
import { count } from './format.ts';
import { overlayHelp } from './help.ts';
import { hints } from './keys.ts';
import { bodyHeight, journeyRows, LEAST, type Model } from './model.ts';
import { SCREENS, screenOf } from './screens/index.ts';
import { glyphs, say } from './screens/screen.ts';
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
    ...(model.help === undefined ? body : overlayHelp(model, body)),
    statusLine(model, session),
    hintLine(model),
  ];
}

function titleBar(model: Model, session: SessionView): Line {
  const g = glyphs(model);
  const tabs: Line = [span(' wirebook ', 'title')];
  let used = 10;
  SCREENS.forEach(({ name }, i) => {
    const text = ` ${i + 1} ${say(model, SCREEN[name])} `;
    tabs.push(span(text, name === model.screen ? 'tab' : 'title'));
    used += width(text);
  });
  const room = model.width - used - 2;
  const file = room >= 8 ? [span(`${cell(session.file, room, g, 'right')} `, 'title')] : [];
  return ends(tabs, file, model.width, 'title');
}

function statusLine(model: Model, session: SessionView): Line {
  const g = glyphs(model);
  if (model.typing !== undefined) {
    const found = `${count(journeyRows(model, session.journeyCount()))}/${count(session.journeyCount())} `;
    return ends(
      [span(` ${say(model, SAY.filter)}`, 'bold'), span(tail(model.filter, model.width - 30)), span(' ', 'selected')],
      [span(found, 'dim')],
      model.width,
    );
  }
  if (model.notice !== undefined)
    return fitted([span(` ${cell(say(model, model.notice), model.width - 2, g)}`, 'bold')], model.width);
  const rows = screenOf(model.screen).rows(model, session);
  const at = Math.min(rows, model.places[model.screen].cursor + 1);
  const position = model.screen === 'summary' ? ' ' : ` ${count(at)}/${count(rows)} `;
  const problems = session.problems().length;
  const trouble = problems === 0 ? '' : `${g.warning} ${say(model, SAY.problemCount, { n: count(problems) })} `;
  const facts = cell(statusFacts(model, session).join(` ${g.between} `), model.width - position.length - width(trouble) - 2, g);
  return [span(` ${facts} `, 'dim'), span(trouble, 'warn'), span(position)];
}

function statusFacts(model: Model, session: SessionView): string[] {
  const { packets, bytes, size, done } = session.progress();
  const journeys = session.journeyCount();
  const facts = [packets === 1 ? say(model, SAY.onePacket) : say(model, SAY.packetCount, { n: count(packets) })];
  facts.push(journeys === 1 ? say(model, SAY.oneJourney) : say(model, SAY.journeyCount, { n: count(journeys) }));
  if (!done)
    facts.unshift(
      say(model, SAY.reading, { percent: size ? `${Math.min(100, Math.floor((bytes / size) * 100))} %` : '' }).trim(),
    );
  if (model.width < 90 || model.screen !== 'journeys') facts.unshift(session.file.replace(/^.*[\\/]/, ''));
  if (model.filter !== '')
    facts.push(say(model, SAY.filtered, { filter: model.filter, n: count(journeyRows(model, journeys)), all: count(journeys) }));
  return facts;
}

/** The end of a text that is being typed. */
function tail(text: string, cells: number): string {
  let shown = cell(text, width(text) + 2, { more: '' } as never).trimEnd();
  while (width(shown) > cells) shown = [...shown].slice(1).join('');
  return shown;
}

function hintLine(model: Model): Line {
  const line: Line = [span(' ')];
  let used = 1;
  for (const key of hints(model)) {
    const [name, word] = [key.keys[0], ` ${say(model, key.hint!)}  `];
    if (used + width(name) + width(word) > model.width) continue;
    line.push(span(name, 'key'), span(word, 'dim'));
    used += width(name) + width(word);
  }
  return fitted(line, model.width);
}
