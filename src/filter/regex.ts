// A regular expression that takes time in proportion to its length times the text's, whatever both are: all ways through it are
// followed at once (Thompson 1968), none is tried and taken back. Patterns and texts are by others.

type Test = (code: number) => boolean;
type Step =
  | { kind: 'one'; test: Test; next: number }
  | { kind: 'split'; next: number; other: number }
  | { kind: 'at'; where: '^' | '$' | 'b' | 'B'; next: number }
  | { kind: 'found' };

const MAX_STEPS = 2000;
const MAX_REPEAT = 500;
const MAX_DEPTH = 50;

/** A pattern that cannot be: what is wrong, and at which of its characters (from 0). */
export class PatternError extends Error {
  readonly at: number;
  readonly en: string;
  readonly ko: string;
  constructor(at: number, en: string, ko: string) {
    super(en);
    this.at = at;
    this.en = en;
    this.ko = ko;
  }
}

const isDigit: Test = (c) => c >= 48 && c <= 57;
const isWord: Test = (c) => isDigit(c) || (c >= 65 && c <= 90) || (c >= 97 && c <= 122) || c === 95;
const isSpace: Test = (c) => c === 32 || (c >= 9 && c <= 13) || c === 0xa0;
const not =
  (test: Test): Test =>
  (c) =>
    !test(c);
const CLASSES: Record<string, Test> = {
  d: isDigit,
  D: not(isDigit),
  w: isWord,
  W: not(isWord),
  s: isSpace,
  S: not(isSpace),
};
const CONTROLS: Record<string, number> = { n: 10, r: 13, t: 9, f: 12, v: 11, 0: 0 };

type Node =
  | { kind: 'one'; test: Test }
  | { kind: 'at'; where: '^' | '$' | 'b' | 'B' }
  | { kind: 'all'; list: Node[] }
  | { kind: 'any'; list: Node[] }
  | { kind: 'repeat'; node: Node; least: number; most: number };

/** Compiles a pattern (classes, groups, alternatives, `* + ? {m,n}`, `^ $ \b \d \w \s`), which finds in any case. Throws a PatternError. */
export function pattern(text: string): (subject: string) => boolean {
  const steps: Step[] = [];
  const node = new Reader(text).read();
  const found = add(steps, { kind: 'found' });
  const first = build(steps, node, found);
  return (subject) => run(steps, first, subject.toLowerCase());
}

class Reader {
  private at = 0;
  private depth = 0;
  private readonly text: string;
  constructor(text: string) {
    this.text = text;
  }

  read(): Node {
    const node = this.any();
    if (this.at < this.text.length) throw new PatternError(this.at, 'this ) closes nothing', '여는 괄호가 없는 )입니다');
    return node;
  }

  private any(): Node {
    if (++this.depth > MAX_DEPTH) throw new PatternError(this.at, 'too many groups in groups', '괄호가 너무 깊습니다');
    const list = [this.all()];
    while (this.text[this.at] === '|') {
      this.at++;
      list.push(this.all());
    }
    this.depth--;
    return list.length === 1 ? list[0] : { kind: 'any', list };
  }

  private all(): Node {
    const list: Node[] = [];
    while (this.at < this.text.length && !'|)'.includes(this.text[this.at])) list.push(this.repeated());
    return { kind: 'all', list };
  }

  private repeated(): Node {
    let node = this.one();
    for (;;) {
      const [least, most] = this.times();
      if (least < 0) return node;
      // Whether as few or as many as possible does not matter to "is it in there".
      if (this.text[this.at] === '?' || this.text[this.at] === '+') this.at++;
      node = { kind: 'repeat', node, least, most };
    }
  }

  /** How often; [-1, -1]: no such sign. */
  private times(): [number, number] {
    const c = this.text[this.at];
    const simple: Record<string, [number, number]> = { '*': [0, Infinity], '+': [1, Infinity], '?': [0, 1] };
    if (c !== undefined && Object.hasOwn(simple, c)) {
      this.at++;
      return simple[c];
    }
    const found = /^\{(\d{1,5})(,(\d{0,5}))?\}/.exec(this.text.slice(this.at, this.at + 16));
    if (found === null) return [-1, -1];
    const least = Number(found[1]);
    const most = found[2] === undefined ? least : found[3] === '' ? Infinity : Number(found[3]);
    if (least > MAX_REPEAT || (most !== Infinity && most > MAX_REPEAT) || most < least)
      throw new PatternError(
        this.at,
        `repeat at most ${MAX_REPEAT} times, least first`,
        `반복은 ${MAX_REPEAT}번까지, 작은 수를 먼저 씁니다`,
      );
    this.at += found[0].length;
    return [least, most];
  }

  private one(): Node {
    const at = this.at++;
    const c = this.text[at];
    if (c === '(') {
      if (this.text[this.at] === '?') {
        if (!this.text.startsWith('?:', this.at))
          throw new PatternError(
            at,
            'looking ahead and named groups are not known here',
            '전방 탐색과 이름 있는 묶음은 쓸 수 없습니다',
          );
        this.at += 2;
      }
      const node = this.any();
      if (this.text[this.at] !== ')') throw new PatternError(at, 'this ( has no end', '닫지 않은 (입니다');
      this.at++;
      return node;
    }
    if (c === '[') return { kind: 'one', test: this.set(at) };
    if (c === '.') return { kind: 'one', test: (code) => code !== 10 };
    if (c === '^' || c === '$') return { kind: 'at', where: c };
    if (c === '*' || c === '+' || c === '?')
      throw new PatternError(at, `nothing stands before this ${c}`, `${c} 앞에 반복할 것이 없습니다`);
    if (c !== '\\') return { kind: 'one', test: same(this.codeAt(at)) };
    const escaped = this.text[this.at];
    if (escaped === 'b' || escaped === 'B') {
      this.at++;
      return { kind: 'at', where: escaped };
    }
    return { kind: 'one', test: this.escape(at) };
  }

  private codeAt(at: number): number {
    const code = this.text.codePointAt(at) as number;
    this.at = at + (code > 0xffff ? 2 : 1);
    return code;
  }

  private escape(at: number): Test {
    const c = this.text[this.at];
    if (c === undefined) throw new PatternError(at, 'nothing follows this \\', '\\ 뒤에 아무것도 없습니다');
    if (/[1-9]/.test(c)) throw new PatternError(at, 'a group cannot be referred to here', '묶음을 다시 가리킬 수 없습니다');
    this.at++;
    if (Object.hasOwn(CLASSES, c)) return CLASSES[c];
    const code = c === 'x' ? /^[0-9a-fA-F]{2}/.exec(this.text.slice(this.at)) : null;
    if (code !== null) {
      this.at += 2;
      return same(Number.parseInt(code[0], 16));
    }
    return same(Object.hasOwn(CONTROLS, c) ? CONTROLS[c] : this.codeAt(this.at - 1));
  }

  private set(from: number): Test {
    const inverted = this.text[this.at] === '^';
    if (inverted) this.at++;
    const tests: Test[] = [];
    for (let first = true; first || this.text[this.at] !== ']'; first = false) {
      const at = this.at;
      if (at >= this.text.length) throw new PatternError(from, 'this [ has no end', '닫지 않은 [입니다');
      if (this.text[at] === '\\') {
        this.at++;
        tests.push(this.escape(at));
        continue;
      }
      const low = this.codeAt(at);
      if (this.text[this.at] !== '-' || this.text[this.at + 1] === ']' || this.at + 1 >= this.text.length) tests.push(same(low));
      else {
        const high = this.codeAt(this.at + 1);
        if (high < low) throw new PatternError(at, 'this range is upside down', '범위의 순서가 거꾸로입니다');
        tests.push((c) => (c >= low && c <= high) || (upper(c) >= low && upper(c) <= high));
      }
    }
    this.at++;
    const inside: Test = (c) => tests.some((test) => test(c));
    return inverted ? not(inside) : inside;
  }
}

// The text is in small letters when it is looked at.
function same(code: number): Test {
  const small = String.fromCodePoint(code).toLowerCase().codePointAt(0);
  return (c) => c === small;
}
const upper = (code: number): number => String.fromCodePoint(code).toUpperCase().codePointAt(0) as number;

function add(steps: Step[], step: Step): number {
  if (steps.length >= MAX_STEPS) throw new PatternError(0, 'the pattern is too long', '패턴이 너무 깁니다');
  return steps.push(step) - 1;
}

/** Lays a node before the step `next`; gives its first step. */
function build(steps: Step[], node: Node, next: number): number {
  switch (node.kind) {
    case 'one':
      return add(steps, { kind: 'one', test: node.test, next });
    case 'at':
      return add(steps, { kind: 'at', where: node.where, next });
    case 'all':
      return node.list.reduceRight((after, each) => build(steps, each, after), next);
    case 'any':
      return node.list
        .map((each) => build(steps, each, next))
        .reduceRight((other, first) => add(steps, { kind: 'split', next: first, other }));
    case 'repeat': {
      let first = next;
      if (node.most === Infinity) {
        const loop: Step = { kind: 'split', next: 0, other: next };
        first = add(steps, loop);
        loop.next = build(steps, node.node, first);
      } else
        for (let n = node.least; n < node.most; n++)
          first = add(steps, { kind: 'split', next: build(steps, node.node, first), other: next });
      for (let n = 0; n < node.least; n++) first = build(steps, node.node, first);
      return first;
    }
  }
}

function run(steps: Step[], first: number, subject: string): boolean {
  let now: number[] = [];
  let then: number[] = [];
  const seen = new Int32Array(steps.length).fill(-1);
  const waiting: number[] = [];
  for (let at = 0, turn = 0; ; turn++) {
    const before = at === 0 ? -1 : subject.charCodeAt(at - 1);
    const code = at < subject.length ? (subject.codePointAt(at) as number) : -1;
    // It may begin anywhere.
    waiting.push(first);
    for (const step of now) waiting.push(step);
    now.length = 0;
    while (waiting.length > 0) {
      const id = waiting.pop() as number;
      if (seen[id] === turn) continue;
      seen[id] = turn;
      const step = steps[id];
      if (step.kind === 'found') return true;
      if (step.kind === 'split') waiting.push(step.other, step.next);
      else if (step.kind === 'at') {
        if (stands(step.where, before, code)) waiting.push(step.next);
      } else if (code >= 0 && step.test(code)) then.push(step.next);
    }
    if (code < 0) return false;
    at += code > 0xffff ? 2 : 1;
    [now, then] = [then, now];
  }
}

function stands(where: '^' | '$' | 'b' | 'B', before: number, code: number): boolean {
  if (where === '^') return before < 0;
  if (where === '$') return code < 0;
  return ((before >= 0 && isWord(before)) !== (code >= 0 && isWord(code))) === (where === 'b');
}
