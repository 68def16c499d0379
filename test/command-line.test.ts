import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { language } from '../src/text/text.ts';
import { FIXTURES } from './fixtures/truth.ts';

const MAIN = resolve(import.meta.dirname, '../dist/main.js');
const SAMPLE = join(FIXTURES, 'cold-http', 'client.pcap');

function wirebook(args: string[], stdio: ('pipe' | number)[] = ['pipe', 'pipe', 'pipe'], lang = 'C') {
  const env = { ...process.env, LC_ALL: lang };
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8', env, stdio });
  return { status, stdout, stderr };
}

describe('a wrong command line is one sentence, in both languages', () => {
  test.each([
    [['--format', '-1', SAMPLE], /--format needs a value, and "-1" looks like an option; .*--format=-1$/],
    [['--format'], /--format needs a value/],
    [['--foo'], /no option --foo/],
    [['--toString'], /no option --toString/],
    [['-x', SAMPLE], /no option -x/],
    [['--json=x', SAMPLE], /--json takes no value/],
    [['--lang', 'kooky', SAMPLE], /--lang takes en or ko, not "kooky"/],
    [['reprot', SAMPLE], /"reprot" is no command and no file/],
    [[''], /name of the capture is empty/],
    [['-r', ''], /name of the capture is empty/],
    [['run', '--foo', 'true'], /no option --foo; wirebook run --help/],
    [['run', '--lang', 'kooky', 'true'], /--lang takes en or ko/],
    [[SAMPLE, SAMPLE], /of one capture at a time/],
    [['report', SAMPLE, '-Y', 'stage.dns > 1'], /filter, column 13: .*100ms/],
    [['report', '-', '-Y', 'tcp'], /-Y reads the file twice/],
    [['-r', SAMPLE, '-r', SAMPLE, '--json'], /of one capture at a time/],
    [[SAMPLE, SAMPLE, '-Y', 'tcp'], /of one capture at a time/],
    [[SAMPLE, SAMPLE, '--stream-hashes'], /of one capture at a time/],
    [[SAMPLE, SAMPLE, '--verdicts'], /of one capture at a time/],
    [['--plain', SAMPLE, '-Y', 'tcp'], /not together with -Y$/],
    [['report', '--plain', SAMPLE], /not together with report$/],
    [['book', 'tcp', SAMPLE, SAMPLE], /one capture at a time/],
    [['book', '-r', SAMPLE, '-r', SAMPLE], /one capture at a time/],
    [['book', 'tpc', SAMPLE], /"tpc" is no chapter/],
    [['explain', '-r', SAMPLE, '-r', SAMPLE, '--packet', '1'], /or one capture with --packet/],
    [['-i', 'lo', '--plain'], /--plain and -Y read a file/],
    [['-i', 'lo', '--verdicts'], /--verdicts is for a capture that has ended/],
    [['--theme', 'pink', SAMPLE], /--theme takes auto, dark, light/],
  ])('%j', (args, words) => {
    const english = wirebook(args);
    expect([english.status, english.stdout]).toEqual([2, '']);
    expect(english.stderr).toMatch(/^wirebook: [^\n]+\n$/);
    expect(english.stderr.trimEnd()).toMatch(words);
    const korean = wirebook(args, undefined, 'ko_KR.UTF-8');
    expect([korean.status, korean.stdout]).toEqual([2, '']);
    expect(korean.stderr).toMatch(/^wirebook: [^\n]*[가-힣][^\n]*\n$/);
  });

  test('a language that only begins like one is not taken for it', () => {
    expect(language(undefined, { LANG: 'kok_IN.UTF-8' })).toBe('en');
    expect(language(undefined, { LANG: 'ko_KR.UTF-8' })).toBe('ko');
    expect(wirebook(['--lang', 'ko_KR', '--version']).status).toBe(0);
  });
});

test('-Y tells only what matches, --plain answers commands', () => {
  const told = (filter: string) => {
    const { status, stdout } = wirebook(['report', SAMPLE, '--json', '-Y', filter]);
    expect(status).toBe(0);
    return JSON.parse(stdout).journeys.length;
  };
  expect([told('http.host == www.my-app.com and stage.dns > 1ms'), told('tcp.port == 443')]).toEqual([1, 0]);
  expect(wirebook(['report', SAMPLE, '-Y', 'tcp.port == 443']).stdout).toMatch(/0 journeys\nNo journey matches the filter\.\n$/);
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, '--plain', SAMPLE], {
    encoding: 'utf8',
    input: 'open 1\nfilter tcp.port == 443\nquit\nlist\n',
    env: { ...process.env, LC_ALL: 'C' },
  });
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/DNS lookup: [\d.]+ ms, \d packets[\s\S]*Nothing here\.\n$/);
});

test('--plain with captures of the same traffic judges them together', () => {
  const files = ['gateway-inside', 'gateway-outside'].map((each) => join(FIXTURES, 'nat-vantages', `${each}.pcap`));
  const say = (captures: string[]) =>
    spawnSync(process.execPath, [MAIN, '--plain', ...captures], {
      encoding: 'utf8',
      input: 'open 1\nverdicts\npacket 7\nquit\n',
      env: { ...process.env, LC_ALL: 'C' },
    }).stdout;
  expect(say(files)).toMatch(/R-NAT-1: confirmed/);
  expect(say(files)).toMatch(/The same packet is \d+ of .*gateway-outside\.pcap\./);
  expect(say([files[0]])).not.toMatch(/R-NAT-1: confirmed|The same packet/);
});

describe('output that cannot be written', () => {
  const full = (args: string[], which: 1 | 2) => {
    const fd = openSync('/dev/full', 'w');
    try {
      return wirebook(args, which === 1 ? ['pipe', fd, 'pipe'] : ['pipe', 'pipe', fd]);
    } finally {
      closeSync(fd);
    }
  };
  test.each([['--help'], ['--version'], ['report', SAMPLE]])('%s: one sentence and exit code 2', (...args) => {
    const { status, stderr } = full(args, 1);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^wirebook: the output cannot be written: [^\n]+\n$/);
  });
  test('words that nobody gets do not change the exit code', () => {
    expect(full(['report', 'no-such-file'], 2).status).toBe(2);
    expect(full(['report', SAMPLE], 2).status).toBe(0);
  });
});

test('help, manual page and README name the same exit codes', () => {
  const root = resolve(import.meta.dirname, '..');
  const manual = readFileSync(join(root, 'man', 'wirebook.1'), 'utf8')
    .split('.SH EXIT STATUS')[1]
    .split('.SH')[0];
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  for (const code of ['0', '1', '2', '70']) {
    for (const lang of ['en', 'ko'])
      expect(wirebook(['--help', '--lang', lang]).stdout).toMatch(new RegExp(`^.*\\b${code} [^ ]`, 'm'));
    expect(manual).toMatch(new RegExp(`^\\.B ${code}$`, 'm'));
    expect(readme).toContain(`**${code}** `);
  }
});
