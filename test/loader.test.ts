import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { runInThisContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { linked } from '../scripts/link.mjs';

const root = resolve(import.meta.dirname, '..');
const capture = join(root, 'fixtures', 'cold-http', 'client.pcap');
const WORDS = ['report', capture, '--format', 'json', '--verdicts'];

const report = (dist: string, ...flags: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, join(dist, 'main.js'), ...WORDS], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
};

/** Which pieces ran from kept code, and which did not. */
function pieces(dist: string, ...flags: string[]): { kept: string[]; compiled: string[] } {
  const program = `process.argv = ${JSON.stringify([process.execPath, 'main.js', ...WORDS])};
    const { scripts } = require(${JSON.stringify(join(dist, 'main.js'))});
    process.on('exit', () => console.error(JSON.stringify([...scripts].map(([name, s]) => [name, s.cachedDataRejected]))));`;
  const { stderr } = spawnSync(process.execPath, [...flags, '-e', program], { encoding: 'utf8' });
  const all: [string, boolean | undefined][] = JSON.parse(stderr);
  const names = (kept: boolean) => all.filter(([, rejected]) => (rejected === false) === kept).map(([name]) => name);
  return { kept: names(true), compiled: names(false) };
}

describe('the program from kept code', () => {
  let copy: string;
  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'wirebook-code-'));
    cpSync(join(root, 'dist'), join(copy, 'dist'), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  });
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  test('a report compiles no piece', () => {
    const { kept, compiled } = pieces(join(root, 'dist'));
    expect(compiled).toEqual([]);
    expect(kept.length).toBeGreaterThan(5);
  });

  test('the screens have their code, too', () => {
    const dist = join(root, 'dist');
    const code = readdirSync(join(dist, readdirSync(dist).find((name) => name.startsWith('code-'))!));
    const screens = readdirSync(dist).filter(
      (name) => name.endsWith('.js') && readFileSync(join(dist, name), 'utf8').includes('async function runUi('),
    );
    expect(screens).toHaveLength(1);
    expect(code).toEqual(expect.arrayContaining(screens));
  });

  test('a V8 with other flags compiles them all, and says the same', () => {
    expect(pieces(join(root, 'dist'), '--no-opt').kept).toEqual([]);
    expect(report(join(root, 'dist'), '--no-opt')).toEqual(report(join(root, 'dist')));
  });

  test.each([
    ['cut in half', (bytes: Buffer) => bytes.subarray(0, bytes.length >> 1)],
    ['empty', () => Buffer.alloc(0)],
    ['something else', (bytes: Buffer) => Buffer.alloc(bytes.length, 'wirebook')],
  ])('code that is %s is not run', (_, broken) => {
    const folder = readdirSync(join(copy, 'dist')).find((name) => name.startsWith('code-'))!;
    const whole = report(join(root, 'dist'));
    expect(whole.status).toBe(0);
    for (const name of readdirSync(join(copy, 'dist', folder)))
      writeFileSync(join(copy, 'dist', folder, name), broken(readFileSync(join(root, 'dist', folder, name))));
    expect(pieces(join(copy, 'dist')).kept).toEqual([]);
    expect(report(join(copy, 'dist'))).toEqual(whole);
  });

  test('without any code it is the same', () => {
    for (const name of readdirSync(join(copy, 'dist')).filter((each) => each.startsWith('code-')))
      rmSync(join(copy, 'dist', name), { recursive: true });
    expect(report(join(copy, 'dist'))).toEqual(report(join(root, 'dist')));
  });
});

test('a module becomes a function of what it imports', async () => {
  const text = `import {
  a,
  b as other
} from "./chunk-A.js";
import "./chunk-B.js";
import { sep as slash } from "node:path";
import whole from "node:path";
var url = import.meta.url;
var lazy = () => import("./chunk-C.js");
var $sum = a + other;
export {
  $sum,
  slash as separator,
  url,
  lazy,
  whole
};
`;
  const asked: string[] = [];
  const load = (name: string) => {
    asked.push(name);
    return { a: 1, b: 2 };
  };
  const exports = runInThisContext(linked(text))(
    (name: string) => ({ sep: name }),
    'file:///x.js',
    load,
    async (name: string) => name,
  );
  expect(asked).toEqual(['chunk-A.js', 'chunk-B.js']);
  expect(exports).toMatchObject({ $sum: 3, separator: 'node:path', url: 'file:///x.js', whole: { sep: 'node:path' } });
  await expect(exports.lazy()).resolves.toBe('chunk-C.js');
});
