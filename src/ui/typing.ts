// What is typed into the line at the bottom: filters, the name of a file, the beginning of an action's name.
import { complete } from '../filter/complete.ts';
import type { Domain } from '../filter/domain.ts';
import type { SessionView } from '../session/session.ts';
import { SAY } from '../text/messages.ts';
import { domainOf, type Filtered, filterBy, filterOf, mistake } from './filter.ts';
import type { Message } from './keys.ts';
import type { Model, Typing } from './model.ts';
import { paletteRows } from './palette.ts';
import { writeTo } from './slice.ts';

/** Begins with the filter of the list in front. */
export function startFilter(model: Model): Model {
  const what = (FILTERED as readonly string[]).includes(model.screen) ? (model.screen as Filtered) : undefined;
  if (what === undefined) return model;
  const text = filterOf(model, what);
  return { ...model, typing: { what, text, before: text } };
}

/** Keys while something is typed; `run` does what an action of the palette does. */
export function typed(
  model: Model,
  message: Message,
  session: SessionView,
  run: (model: Model, message: Message) => Model,
): Model {
  const { typing } = model;
  if (typing === undefined) return model;
  switch (message.kind) {
    case 'type':
      return withText(model, typing, typing.text + message.text, session);
    case 'erase':
      return withText(model, typing, [...typing.text].slice(0, -1).join(''), session);
    case 'erase-all':
      return withText(model, typing, '', session);
    case 'complete':
      return completed(model, typing, message.by, session);
    case 'move':
      return typing.what === 'palette' ? chosen(model, typing, message.by) : completed(model, typing, message.by, session);
    case 'cancel': {
      const before = isFilter(typing) ? filterBy(model, typing.what as Filtered, typing.before, session) : model;
      return { ...before, typing: undefined };
    }
    case 'accept':
      return accepted(model, typing, session, run);
    default:
      return model;
  }
}

const FILTERED: readonly Filtered[] = ['journeys', 'packets', 'connections', 'dns', 'book', 'waterfall', 'problems'];
const isFilter = (typing: Typing): boolean => (FILTERED as readonly string[]).includes(typing.what);

function withText(model: Model, { what, before }: Typing, text: string, session: SessionView): Model {
  const typing: Typing = { what, before, text };
  if (!isFilter(typing)) return { ...model, typing };
  const error = mistake(what as Filtered, text);
  if (error !== undefined) typing.error = { column: error.column, text: error.text };
  return { ...filterBy(model, what as Filtered, text, session), typing };
}

/** Tab: what all words that fit have in common, then one after the other. */
function completed(model: Model, typing: Typing, by: number, session: SessionView): Model {
  if (typing.what === 'palette') return chosen(model, typing, by);
  if (!isFilter(typing)) return model;
  let { offered } = typing;
  let choice = typing.choice;
  if (offered === undefined) {
    offered = complete(typing.text, domainOf(typing.what as Filtered) as Domain<unknown>);
    if (offered.words.length === 0) return { ...model, notice: SAY.noCompletion };
    const common = commonStart(offered.words);
    const written = typing.text.slice(offered.at);
    if (offered.words.length > 1 && common.length <= written.length) choice = by > 0 ? 0 : offered.words.length - 1;
    else if (offered.words.length > 1) choice = undefined;
    else choice = 0;
    if (choice === undefined) return put(model, typing, offered, undefined, common, session);
  } else choice = ((choice ?? (by > 0 ? -1 : 0)) + by + offered.words.length) % offered.words.length;
  return put(model, typing, offered, choice, offered.words[choice], session);
}

function put(
  model: Model,
  typing: Typing,
  offered: NonNullable<Typing['offered']>,
  choice: number | undefined,
  word: string,
  session: SessionView,
): Model {
  const only = offered.words.length === 1;
  const next = withText(model, typing, `${typing.text.slice(0, offered.at)}${word}${only ? ' ' : ''}`, session);
  return only ? next : { ...next, typing: { ...next.typing!, offered, choice } };
}

function commonStart(words: readonly string[]): string {
  let common = words[0];
  for (const word of words) while (!word.startsWith(common)) common = common.slice(0, -1);
  return common;
}

function chosen(model: Model, typing: Typing, by: number): Model {
  const rows = paletteRows(model).length;
  return rows === 0 ? model : { ...model, typing: { ...typing, choice: ((typing.choice ?? 0) + by + rows) % rows } };
}

function accepted(model: Model, typing: Typing, session: SessionView, run: (model: Model, message: Message) => Model): Model {
  const done = { ...model, typing: undefined };
  switch (typing.what) {
    case 'journeys':
    case 'packets':
    case 'connections':
    case 'dns':
    case 'book':
    case 'waterfall':
    case 'problems':
      // With a mistake in it, it stays to be mended.
      return typing.error === undefined ? done : model;
    case 'palette': {
      const action = paletteRows(model)[typing.choice ?? 0];
      return action === undefined ? done : run(done, action.message);
    }
    case 'file':
      return typing.text.trim() === '' ? done : writeTo(done, typing.text.trim(), false, session);
    case 'overwrite':
      return /^(y|yes|예|네|ㅛ)$/i.test(typing.text.trim()) ? writeTo(done, typing.before, true, session) : done;
  }
}
