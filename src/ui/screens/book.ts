import type { Journey } from '../../correlate/model.ts';
import { ruleById } from '../../rules/registry.ts';
import type { Chapter, Judgement } from '../../rules/rule.ts';
import type { SessionView } from '../../session/session.ts';
import { SAY, STAGE_SHORT } from '../../text/messages.ts';
import type { Text } from '../../text/text.ts';
import { CHAPTER_SAYS, VERDICT_SAYS } from '../../text/verdicts.ts';
import { width } from '../../text/width.ts';
import { wordsFound } from '../filter.ts';
import { milliseconds } from '../format.ts';
import { bodyHeight, journeyName, type Model, plainAscii } from '../model.ts';
import { block, cell, ends, fitted, type Line, type Style, select, span, wrap } from '../span.ts';
import { glyphs, rowIn, type Screen, say, within } from './screen.ts';
import { stagesOf } from './stage-chapters.ts';
import { chosen } from './timeline.ts';

/*
 *  GET http://web.lab/                                              ✓ 31  ✗ 6  - 12  ○ 4  ? 0
 *   Stage      ms  Verdict       Rule      The book says
 * > DNS     12.310 ✓ confirmed   R-DNS-1   A DNS answer with the address precedes the first SYN
 *   TCP     20.104 ✗ contradicted R-TCP-2  …
 * ─────────────────────────────────────────────────────────────────────────────────────────
 *   your SYN in packet 5 carried sequence number 3502083721, not 1000 …             4,5,6
 *   So it is (RFC 9293 §3.5) …
 */

const HEAD_LINES = 2;
const FOOT_LINES = 7;
const STAGE_CELLS = 16;
const VERDICT_CELLS = 18;
const RULE_CELLS = 9;

const STYLES: Partial<Record<Judgement['verdict'], Style>> = {
  contradicted: 'bad',
  unknown: 'warn',
  skipped: 'dim',
  'not-visible': 'dim',
};

/** The verdicts on the journey in front, or on the capture as a whole, in the book's order. */
export const verdictsOf = (model: Model, session: SessionView): readonly Judgement[] =>
  wordsFound(model, 'book', allVerdicts(model, session), (each) => {
    const statement = ruleById(each.rule)?.statement[model.language] ?? '';
    const verdict = VERDICT_SAYS[each.verdict];
    return `${each.rule} ${verdict.mark} ${verdict[model.language]} ${statement} ${each.says[model.language]}`;
  });

function allVerdicts(model: Model, session: SessionView): readonly Judgement[] {
  if (model.wide === true) return session.captureVerdicts() ?? [];
  return chosen(model, session) === undefined || model.journey === undefined ? [] : session.verdicts(model.journey.index);
}

const markOf = (model: Model, verdict: Judgement['verdict']): string =>
  plainAscii(model) ? VERDICT_SAYS[verdict].ascii : VERDICT_SAYS[verdict].mark;

/** Rules are written for terminals of today; the few signs in their English have plain forms. */
const PLAIN: Record<string, string> = { '§': 's.', '→': '->', '←': '<-', '↔': '<->', '–': '-', '×': 'x', '≥': '>=', '≤': '<=' };
const spoken = (model: Model, text: Text): string =>
  plainAscii(model) ? text.en.replace(/[^\x20-\x7e]/g, (c) => PLAIN[c] ?? '?') : say(model, text);

function stageText(model: Model, journey: Journey | undefined, chapter: Chapter): string {
  if (journey === undefined) return say(model, CHAPTER_SAYS[chapter]);
  const kinds = stagesOf(chapter);
  const stage = journey.stages.filter((each) => kinds.includes(each.kind));
  if (stage.length === 0) return say(model, CHAPTER_SAYS[chapter]);
  const names = [...new Set(stage.map((each) => say(model, STAGE_SHORT[each.kind])))];
  const took = stage.reduce((sum, each) => sum + (each.reused ? 0 : each.end - each.start), 0);
  return `${names.length > 1 ? say(model, CHAPTER_SAYS[chapter]) : names[0]} ${milliseconds(took)}`;
}

function row(
  model: Model,
  journey: Journey | undefined,
  verdict: Judgement,
  before: Judgement | undefined,
  selected: boolean,
): Line {
  const g = glyphs(model);
  const rule = ruleById(verdict.rule);
  const chapter = rule?.chapter ?? 'own';
  // A stage's name stands at its first statement only.
  const again = before !== undefined && ruleById(before.rule)?.chapter === chapter;
  const mark = markOf(model, verdict.verdict);
  const rest = model.width - 2 - STAGE_CELLS - 1 - VERDICT_CELLS - 1 - RULE_CELLS - 2;
  const line = [
    span(selected ? `${g.cursor} ` : '  '),
    span(`${cell(again && !selected ? '' : stageText(model, journey, chapter), STAGE_CELLS, g)} `, 'dim'),
    span(
      `${cell(`${mark} ${say(model, VERDICT_SAYS[verdict.verdict])}`, VERDICT_CELLS, g)} `,
      STYLES[verdict.verdict] ?? 'plain',
    ),
    span(`${cell(verdict.rule, RULE_CELLS, g)} `),
    span(cell(rule === undefined ? '' : spoken(model, rule.statement), rest, g)),
  ];
  return fitted(selected ? select(line) : line, model.width);
}

function title(model: Model, journey: Journey | undefined, all: readonly Judgement[]): Line {
  const g = glyphs(model);
  const counts = new Map<Judgement['verdict'], number>();
  for (const { verdict } of all) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  const tally = [...counts].map(([verdict, n]) => `${markOf(model, verdict)} ${n}`).join('  ');
  const whole = say(model, { en: 'The capture as a whole (Tab: the journey)', ko: '캡처 전체 (Tab: 여정)' });
  const asked =
    journey === undefined ? whole : `${journey.method === undefined ? '' : `${journey.method} `}${journeyName(journey)}`;
  return ends([span(` ${cell(asked, model.width - width(tally) - 4, g)} `, 'bold')], [span(`${tally} `)], model.width);
}

function detail(model: Model, verdict: Judgement | undefined): Line[] {
  if (verdict === undefined) return block([], FOOT_LINES - 1, model.width);
  const cells = model.width - 4;
  const packets = verdict.packets.length === 0 ? '' : ` [${verdict.packets.join(', ')}]`;
  const said = wrap(`${spoken(model, verdict.says)}${packets}`, cells, 3);
  const advice =
    verdict.advice === undefined
      ? []
      : [spoken(model, verdict.advice.text), ...(verdict.advice.command === undefined ? [] : [`$ ${verdict.advice.command}`])];
  const reality = ruleById(verdict.rule)?.reality;
  const more =
    advice.length > 0
      ? advice.flatMap((each) => wrap(each, cells, 2))
      : reality === undefined
        ? []
        : wrap(spoken(model, reality), cells, 3);
  return block(
    [...said.map((text): Line => [span(`  ${text}`)]), ...more.map((text): Line => [span(`  ${text}`, 'dim')])],
    FOOT_LINES - 1,
    model.width,
  );
}

/** Where rules about all of a capture would keep somebody waiting. */
const TOO_LARGE: Text = {
  en: 'not yet, or too much for a screen: wirebook check FILE judges the capture as a whole',
  ko: '아직 읽는 중이거나 화면에서 판정하기에는 큽니다: wirebook check FILE로 판정하세요',
};

/** The journey's stages beside the book's statements, each with its verdict; Enter leads to the packets that show it. */
export const book: Screen = {
  name: 'book',
  rows: (model, session) => verdictsOf(model, session).length,
  page: (model) => Math.max(1, bodyHeight(model) - HEAD_LINES - FOOT_LINES),
  rowAt: (model, session, y) => rowIn(model, 'book', y, HEAD_LINES, book.rows(model, session), book.page(model, session)),
  opens(model, session) {
    const verdict = verdictsOf(model, session)[model.places.book.cursor];
    if (verdict === undefined) return undefined;
    if (verdict.packets.length === 0) return { kind: 'notice', text: SAY.noPacketsOfVerdict };
    const title = { en: `${verdict.rule}: ${verdict.says.en}`, ko: `${verdict.rule}: ${verdict.says.ko}` };
    return { kind: 'packets', title, packets: verdict.packets };
  },
  view(model, session) {
    const g = glyphs(model);
    const journey = model.wide === true ? undefined : chosen(model, session);
    const nothing =
      model.wide === true
        ? session.captureVerdicts() === undefined
          ? TOO_LARGE
          : undefined
        : journey === undefined
          ? SAY.noJourney
          : undefined;
    if (nothing !== undefined) return block([[], [span(`  ${say(model, nothing)}`)]], bodyHeight(model), model.width);
    const all = verdictsOf(model, session);
    const page = this.page(model, session);
    const { cursor, top } = within(model.places.book, all.length, page);
    const heads = [
      cell(say(model, { en: 'Stage, ms', ko: '단계, ms' }), STAGE_CELLS, g),
      cell(say(model, { en: 'On the wire', ko: '실제 패킷' }), VERDICT_CELLS, g),
      cell(say(model, { en: 'Rule', ko: '규칙' }), RULE_CELLS, g),
      say(model, { en: 'The book says', ko: '책의 말' }),
    ];
    const { book: filter } = model.short;
    const none: Line[] = all.length > 0 || filter === undefined ? [] : [[], [span(`  ${say(model, SAY.noMatch, { filter })}`)]];
    const list = all
      .slice(top, top + page)
      .map((each, i) => row(model, journey, each, i === 0 ? undefined : all[top + i - 1], top + i === cursor));
    return [
      title(model, journey, allVerdicts(model, session)),
      fitted([span(`  ${heads.join(' ')}`, 'head')], model.width, 'head'),
      ...block([...none, ...list], page, model.width),
      fitted([span(g.across.repeat(model.width), 'dim')], model.width),
      ...detail(model, all[cursor]),
    ];
  },
};
