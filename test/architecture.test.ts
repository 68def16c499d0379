import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const source = join(root, 'src');

/**
 * What each part of src/ may import besides itself: imports point down the data flow only, and `text` is a leaf. A part is a
 * folder, or a file that stands alone; a new one gets its line here.
 */
const CORRELATED = ['correlate', 'dissect', 'capture', 'text'];
const SESSION = ['session', 'rules', ...CORRELATED];
const MAY_IMPORT: Record<string, string[]> = {
  text: [],
  'version.ts': [],
  capture: [],
  dissect: ['capture'],
  correlate: ['dissect', 'capture', 'text'],
  rules: CORRELATED,
  filter: ['rules', ...CORRELATED],
  'own-rules': ['filter', 'rules', ...CORRELATED],
  session: ['filter', 'rules', ...CORRELATED],
  report: ['version.ts', ...SESSION],
  ui: ['version.ts', 'filter', ...SESSION],
  helper: [],
  live: ['helper', 'correlate', 'dissect', 'capture', 'text'],
  commands: ['version.ts', 'ui', 'report', 'live', 'helper', 'own-rules', 'filter', ...SESSION],
  'loader.ts': [],
  'main.ts': ['commands', 'version.ts', 'ui', 'report', 'live', ...SESSION],
};

/** The doors to the outside: only these files may touch files, processes, sockets and the process's own streams. */
const OUTSIDE = /^(capture\/|helper\/|live\/|report\/|commands\/|loader\.ts$|main\.ts$|ui\/terminal[^/]*\.ts$)/;
const OUTSIDE_MODULES = /^(node:)?(fs|fs\/promises|child_process|net|dgram|tty|readline|worker_threads)$/;
const OUTSIDE_GLOBALS = /\bprocess\s*\.\s*(stdin|stdout|stderr|exit)\b|\bconsole\s*\./;

/** The screen library has one owner; the chart library another. */
const SCREEN_LIBRARY = /^(blessed|blessed-contrib)(\/|$)/;
const SCREEN_FILES = /^ui\/(terminal|charts)[^/]*\.ts$/;

const MOST_LINES = 400;

interface Import {
  from: string;
  to: string;
  /** The specifier as written. */
  written: string;
  typeOnly: boolean;
}

const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => name.replaceAll('\\', '/'))
  .sort();
const texts = new Map(files.map((name) => [name, readFileSync(join(source, name), 'utf8')]));

/** Comments out, so that an example in one does not count; strings stay. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|(^|[^:'"`\\])\/\/[^\n]*/g, '$1');
}

const IMPORT = /\b(?:import|export)\s+(type\s+)?(?:[\w*{}\s,$]+?\s+from\s+)?['"]([^'"]+)['"]|\bimport\s*\(\s*['"]([^'"]+)['"]/g;

function importsOf(name: string, text: string): Import[] {
  return [...withoutComments(text).matchAll(IMPORT)].map(([, type, fixed, dynamic]) => {
    const written = fixed ?? dynamic;
    const to = written.startsWith('.')
      ? relative(source, resolve(source, dirname(name), written)).replaceAll('\\', '/')
      : written;
    return { from: name, to, written, typeOnly: type !== undefined };
  });
}

const imports = files.flatMap((name) => importsOf(name, texts.get(name) ?? ''));
const partOf = (name: string): string => name.split('/')[0];
const describeImport = (i: Import): string => `src/${i.from} imports '${i.written}'`;

function againstTheFlow(list: Import[]): string[] {
  return list
    .filter((i) => i.written.startsWith('.') && !i.to.startsWith('..'))
    .filter((i) => partOf(i.from) !== partOf(i.to) && !MAY_IMPORT[partOf(i.from)]?.includes(partOf(i.to)))
    .map((i) => `${describeImport(i)}: ${partOf(i.from)} may import only ${MAY_IMPORT[partOf(i.from)]?.join(', ') || 'itself'}`);
}

/** The first cycle met, as "a.ts -> b.ts -> a.ts". Type imports count: two files that need each other's types belong together. */
function cycle(list: Import[]): string | undefined {
  const next = new Map<string, string[]>();
  for (const i of list) next.set(i.from, [...(next.get(i.from) ?? []), i.to]);
  const done = new Set<string>();
  const visit = (name: string, path: string[]): string | undefined => {
    const seen = path.indexOf(name);
    if (seen >= 0) return [...path.slice(seen), name].join(' -> ');
    if (done.has(name)) return undefined;
    for (const to of next.get(name) ?? []) {
      const found = visit(to, [...path, name]);
      if (found) return found;
    }
    done.add(name);
    return undefined;
  };
  for (const name of next.keys()) {
    const found = visit(name, []);
    if (found) return found;
  }
  return undefined;
}

describe('architecture', () => {
  test('every part of src/ has its place in the flow', () => {
    expect(files.filter((name) => MAY_IMPORT[partOf(name)] === undefined)).toEqual([]);
  });

  test('imports point down the data flow', () => {
    expect(againstTheFlow(imports)).toEqual([]);
  });

  test('every import leads to a file of src/, a package or node:', () => {
    const lost = imports.filter((i) => i.written.startsWith('.') && !texts.has(i.to) && i.to !== '../package.json');
    expect(lost.map(describeImport)).toEqual([]);
  });

  test('no file imports itself by a detour', () => {
    expect(cycle(imports)).toBeUndefined();
  });

  test('only the screen files import the screen libraries', () => {
    const wrong = imports.filter((i) => SCREEN_LIBRARY.test(i.to) && !i.typeOnly && !SCREEN_FILES.test(i.from));
    expect(wrong.map(describeImport)).toEqual([]);
  });

  test('only the doors to the outside touch files, processes and standard streams', () => {
    const modules = imports.filter((i) => OUTSIDE_MODULES.test(i.to) && !i.typeOnly && !OUTSIDE.test(i.from)).map(describeImport);
    const globals = files.flatMap((name) => {
      const found = OUTSIDE.test(name) ? null : OUTSIDE_GLOBALS.exec(withoutComments(texts.get(name) ?? ''));
      return found ? [`src/${name} uses ${found[0]}`] : [];
    });
    expect([...modules, ...globals]).toEqual([]);
  });

  test(`no file of src/ has more than ${MOST_LINES} lines`, () => {
    const long = [...texts].map(([name, text]) => ({ name, lines: text.trimEnd().split('\n').length }));
    expect(long.filter((f) => f.lines > MOST_LINES).map((f) => `src/${f.name}: ${f.lines} lines`)).toEqual([]);
  });
});

describe('the architecture checks themselves', () => {
  const sample = (name: string, text: string): Import[] => importsOf(name, text);

  test('see every form of import, and none in comments', () => {
    const text = `import a, { b } from './one.ts';
import type { C } from "../capture/batch.ts";
import {
  d,
} from './two.ts';
export * from './three.ts';
import './four.ts';
const e = await import('blessed');
// import x from './no.ts'
/* export { y } from './no.ts' */`;
    expect(sample('dissect/a.ts', text).map((i) => i.to)).toEqual([
      'dissect/one.ts',
      'capture/batch.ts',
      'dissect/two.ts',
      'dissect/three.ts',
      'dissect/four.ts',
      'blessed',
    ]);
  });

  test('name the file and the import that point up', () => {
    const up = sample('capture/pcap.ts', `import { x } from '../dissect/scan.ts';`);
    expect(againstTheFlow(up)).toEqual(["src/capture/pcap.ts imports '../dissect/scan.ts': capture may import only itself"]);
    expect(againstTheFlow(sample('ui/a.ts', `import { x } from '../report/text.ts';`))).toHaveLength(1);
    expect(againstTheFlow(sample('report/a.ts', `import { x } from '../ui/width.ts';`))).toHaveLength(1);
    expect(againstTheFlow(sample('dissect/a.ts', `import type { Text } from '../text/text.ts';`))).toHaveLength(1);
    expect(againstTheFlow(sample('correlate/a.ts', `import type { Text } from '../text/text.ts';`))).toEqual([]);
  });

  test('find a cycle through types', () => {
    const ring = [
      ...sample('rules/a.ts', `import type { B } from './b.ts';`),
      ...sample('rules/b.ts', `export { A } from './a.ts';`),
    ];
    expect(cycle(ring)).toBe('rules/a.ts -> rules/b.ts -> rules/a.ts');
  });
});
