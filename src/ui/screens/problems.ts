import type { Problem } from '../../capture/batch.ts';
import type { SessionView } from '../../session/session.ts';
import { LABEL, SAY } from '../../text/messages.ts';
import { wordsFound } from '../filter.ts';
import { count } from '../format.ts';
import { bodyHeight, type Model } from '../model.ts';
import { problemText } from '../../text/problems.ts';
import { block, cell, fitted, type Line, select, span, wrap } from '../span.ts';
import { glyphs, type Screen, say, within } from './screen.ts';

/*
 *   Packet   Offset What was found
 * >     48   38,991 The file ends inside packet 48: 60 bytes were announced, 12 are there
 * ──────────────────────────────────────────────────────────────────────────────────
 *   truncated-file: The file ends inside packet 48: 60 bytes were announced, 12 are there
 */

const HEAD_LINES = 1;
const FOOT_LINES = 4;

export const problemsOf = (model: Model, session: SessionView): readonly Problem[] =>
  wordsFound(
    model,
    'problems',
    session.problems(),
    (each) => `${each.code} ${problemText(each, model.language)} ${each.packet ?? ''}`,
  );

function row(
  model: Model,
  problem: { code: string; message: string; packet?: number; offset?: number },
  selected: boolean,
): Line {
  const g = glyphs(model);
  const line = [
    span(selected ? `${g.cursor} ` : '  '),
    span(`${cell(problem.packet === undefined ? '' : String(problem.packet), 9, g, 'right')} `),
    span(`${cell(problem.offset === undefined ? '' : count(problem.offset), 14, g, 'right')} `, 'dim'),
    span(cell(problemText(problem, model.language), model.width - 28, g)),
  ];
  return fitted(selected ? select(line) : line, model.width);
}

export const problems: Screen = {
  name: 'problems',
  rows: (model, session) => problemsOf(model, session).length,
  page: (model) => Math.max(1, bodyHeight(model) - HEAD_LINES - FOOT_LINES),
  view(model, session) {
    const g = glyphs(model);
    const all = problemsOf(model, session);
    const page = this.page(model, session);
    const { cursor, top } = within(model.places.problems, all.length, page);
    const heads = [
      cell(say(model, LABEL.packet), 9, g, 'right'),
      cell(say(model, LABEL.offset), 14, g, 'right'),
      cell(say(model, LABEL.message), model.width - 28, g),
    ];
    const { problems: filter } = model.short;
    const nothing = filter === undefined ? say(model, SAY.noProblems) : say(model, SAY.noMatch, { filter });
    const list: Line[] = all.slice(top, top + page).map((problem, i) => row(model, problem, top + i === cursor));
    if (all.length === 0) list.push([], [span(`  ${nothing}`)]);
    const current = all[cursor];
    const full =
      current === undefined ? [] : wrap(`${current.code}: ${problemText(current, model.language)}`, model.width - 4, 3);
    return [
      fitted([span(`  ${heads.join(' ')}`, 'head')], model.width, 'head'),
      ...block(list, page, model.width),
      fitted([span(g.across.repeat(model.width), 'dim')], model.width),
      ...block(
        full.map((text) => [span(`  ${text}`)]),
        3,
        model.width,
      ),
    ];
  },
};
