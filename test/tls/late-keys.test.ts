import { execFileSync, spawn } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Analysis } from '../../src/session/analysis.ts';
import { checkKeyLogs, KeyLogFile, keyLogPaths } from '../../src/capture/key-log-file.ts';
import { readPipe } from '../../src/capture/key-log-pipe.ts';
import { openCapture, openStream } from '../../src/capture/open.ts';
import type { Exchange, TlsSession } from '../../src/correlate/model.ts';
import { includeSecrets } from '../../src/live/include-secrets.ts';
import { FIXTURES, keyLogsOf } from '../fixtures/truth.ts';

const CAPTURE = readFileSync(join(FIXTURES, 'https-resumed', 'client.pcap'));
const KEYS = readFileSync(keyLogsOf('https-resumed')[0]);
const PCAP_HEADER = 24;
const RECORD_HEADER = 16;

/** Where the capture's packets begin: one offset each, and the end. */
function offsets(): number[] {
  const list = [];
  let at = PCAP_HEADER;
  for (; at < CAPTURE.length; at += RECORD_HEADER + CAPTURE.readUInt32LE(at + 8)) list.push(at);
  return [...list, at];
}

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'wirebook-keys-test-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Reads the capture from a pipe; the keys are written once `packets` of it have been analysed. */
async function read(
  packets: number,
  keys: string | Buffer = KEYS,
  before = '',
): Promise<{ exchanges: Exchange[]; sessions: TlsSession[] }> {
  const path = join(directory, 'keys.log');
  writeFileSync(path, before, { mode: 0o600 });
  const exchanges: Exchange[] = [];
  const sessions: TlsSession[] = [];
  const at = offsets()[packets];
  let rest: (() => void) | undefined;
  const pipe = new Readable({ read: () => {} });
  pipe.push(CAPTURE.subarray(0, at));
  const source = await openStream(pipe, { keyLogs: [path] });
  const analysis = new Analysis(source, { exchange: (x) => void exchanges.push(x), tls: (t) => void sessions.push(t) });
  rest = () => {
    rest = undefined;
    appendFileSync(path, keys);
    pipe.push(CAPTURE.subarray(at));
    pipe.push(null);
  };
  // The first batch is all that is there.
  await analysis.step();
  rest();
  await analysis.run();
  source.close();
  return { exchanges, sessions };
}

const last = offsets().length - 2;

test.each([12, 20, 33, 50, last])('keys that come after packet %i open what was captured before', async (packets) => {
  const { exchanges, sessions } = await read(packets);
  expect(sessions.map((t) => t.decryption?.sealed)).toEqual([0, 0, 0, 0]);
  expect(exchanges.map((x) => x.target)).toEqual(['/', '/about.html', '/', '/about.html']);
  expect(exchanges.every((x) => x.complete && x.whole)).toBe(true);
});

const LINES = KEYS.toString('latin1').trimEnd().split('\n');
const linesWith = (pattern: RegExp): string => `${LINES.filter((line) => pattern.test(line)).join('\n')}\n`;

// As Chromium does it: the handshake's secrets are in the file well before those of what follows.
test.each(
  [12, 20, 33, 50, last].flatMap((packets) => ['HANDSHAKE', 'CLIENT', 'SERVER'].map((first) => [first, packets] as const)),
)('keys that come one by one: those with %s first, the others after packet %i', async (first, packets) => {
  const { exchanges, sessions } = await read(packets, KEYS, linesWith(new RegExp(`^\\w*${first}`)));
  expect(sessions.map((t) => t.decryption?.sealed)).toEqual([0, 0, 0, 0]);
  expect(exchanges.map((x) => x.target)).toEqual(['/', '/about.html', '/', '/about.html']);
  expect(exchanges.every((x) => x.complete && x.whole)).toBe(true);
});

test('keys of which some never come open what they are for', async () => {
  const { exchanges } = await read(20, linesWith(/^(CLIENT_TRAFFIC_SECRET|SERVER_TRAFFIC_SECRET|CLIENT_RANDOM)/));
  expect(exchanges.map((x) => x.target)).toEqual(['/', '/about.html', '/', '/about.html']);
});

test('keys of one connection alone open that one alone', async () => {
  const lines = KEYS.toString('latin1').split('\n');
  const random = lines.find((line) => line.startsWith('CLIENT_RANDOM'))?.split(' ')[1] ?? 'none';
  const { exchanges, sessions } = await read(40, Buffer.from(`${lines.filter((line) => line.includes(random)).join('\n')}\n`));
  expect(exchanges).toHaveLength(1);
  expect(sessions.filter((t) => t.decryption?.reasons[0]?.why === 'no-keys')).toHaveLength(3);
});

test('a key log that others can read is told, one that is not there refused', () => {
  const path = join(directory, 'open.log');
  writeFileSync(path, KEYS, { mode: 0o644 });
  expect(checkKeyLogs([path]).map((problem) => problem.code)).toEqual(['key-log-exposed']);
  writeFileSync(join(directory, 'own.log'), KEYS, { mode: 0o600 });
  expect(checkKeyLogs([join(directory, 'own.log')])).toEqual([]);
  expect(() => checkKeyLogs([join(directory, 'none')])).toThrow(/key log .*none cannot be read/);
  expect(() => checkKeyLogs([directory])).toThrow(/directory/);
});

test('a file without a line of a key log is told; an empty one may still grow', () => {
  const codes = (text: string | Buffer): string[] => {
    const path = join(directory, 'some.log');
    writeFileSync(path, text, { mode: 0o600 });
    return checkKeyLogs([path]).map((problem) => problem.code);
  };
  expect(codes('not a key log\n')).toEqual(['key-log-without-keys']);
  // What a shell of Windows makes of it with ">".
  expect(codes(Buffer.from(KEYS.toString(), 'utf16le'))).toEqual(['key-log-without-keys']);
  expect(codes('')).toEqual([]);
  expect(codes(`# a comment\n\n${KEYS}`)).toEqual([]);
});

const TEXT = KEYS.toString();
const shuffled = LINES.toReversed().join('\n');
/** The last line of one connection's secrets, cut in its middle. */
const cut = TEXT.trimEnd().slice(0, -11);

test.each<[string, string]>([
  ['as it was written', TEXT],
  ['lines in any order, the last one without its end', shuffled],
  ['CRLF', TEXT.replaceAll('\n', '\r\n')],
  [
    'comments, empty lines, labels of nobody, and rubbish',
    `# a comment\n\n\0\x1b[2J\nMY_SECRET ${'00'.repeat(32)} ${'11'.repeat(32)}\n${TEXT}x`,
  ],
  ['hexadecimal digits in capitals', TEXT.replace(/[0-9a-f]{40,}/g, (digits) => digits.toUpperCase())],
  ['everything twice', TEXT + TEXT],
  ['a line cut in its middle before the same line whole', `${cut}\n${TEXT}`],
  ['a whole line before the same one cut', `${TEXT}${cut}`],
  ['a byte order mark', `\ufeff${TEXT}`],
])('a key log of a saved capture: %s', async (_, text) => {
  const { sessions, exchanges } = await readSaved(text);
  expect(sessions.map((session) => session.decryption?.sealed)).toEqual(sessions.map(() => 0));
  expect(exchanges.length).toBeGreaterThan(1);
});

test('a key log that was cut opens what it can, and tells what is lacking from what does not fit', async () => {
  const whys = async (text: string): Promise<string[]> => {
    const { sessions } = await readSaved(text);
    return [...new Set(sessions.flatMap((session) => session.decryption?.reasons.map((each) => each.why) ?? []))];
  };
  expect(await whys(cut)).toEqual(['no-keys']);
  expect(await whys(LINES.filter((line) => !line.startsWith('SERVER_TRAFFIC_SECRET_0')).join('\n'))).toEqual(['no-keys']);
  // Of another run.
  expect(await whys(TEXT.replace(/ [0-9a-f]{60}/g, (digits) => ` ${digits.slice(1).split('').toReversed().join('')}`))).toEqual([
    'no-keys',
  ]);
  expect(await whys(TEXT.replace(/[0-9a-f]{8}$/gm, '00000000'))).toEqual(['keys-do-not-fit']);
});

async function readSaved(text: string): Promise<{ exchanges: Exchange[]; sessions: TlsSession[] }> {
  const path = join(directory, 'saved.log');
  writeFileSync(path, text, { mode: 0o600 });
  const exchanges: Exchange[] = [];
  const sessions: TlsSession[] = [];
  const source = await openCapture(join(FIXTURES, 'https-resumed', 'client.pcap'), { keyLogs: [path] });
  await new Analysis(source, { exchange: (x) => void exchanges.push(x), tls: (t) => void sessions.push(t) }).run();
  source.close();
  return { exchanges, sessions };
}

test('the environment’s key log is used when asked for', () => {
  expect(keyLogPaths(['env', 'a.log'], { SSLKEYLOGFILE: '/x/keys' })).toEqual(['/x/keys', 'a.log']);
  expect(() => keyLogPaths(['env'], {})).toThrow(/SSLKEYLOGFILE is not set/);
});

test('a secrets block behind the packets opens them; the file is its owner’s alone', async () => {
  const path = join(directory, 'kept.pcapng');
  copyFileSync(join(FIXTURES, 'https-h2', 'client.pcapng'), path);
  chmodSync(path, 0o644);
  const found = async (): Promise<string[]> => {
    const targets: string[] = [];
    const source = await openCapture(path);
    await new Analysis(source, { exchange: (x) => void targets.push(x.target ?? '') }).run();
    source.close();
    return targets;
  };
  expect(await found()).toEqual([]);
  // What stood in the key log before belongs to others.
  const [keyLog] = keyLogsOf('https-h2');
  const grown = join(directory, 'grown.log');
  const others = `CLIENT_RANDOM ${'5a'.repeat(32)} ${'a5'.repeat(48)}\n`;
  writeFileSync(grown, others + readFileSync(keyLog, 'utf8'), { mode: 0o600 });
  includeSecrets(path, grown, others.length);
  expect(readFileSync(path).includes('a5a5a5a5')).toBe(false);
  expect(await found()).toEqual(['/', '/style.css', '/home.html']);
  // Several blocks: each has a part of the lines.
  const parts = join(directory, 'parts.pcapng');
  copyFileSync(join(FIXTURES, 'https-h2', 'client.pcapng'), parts);
  for (const line of readFileSync(keyLog, 'utf8')
    .split('\n')
    .filter((each) => each.length > 0)) {
    writeFileSync(grown, `${line}\n`, { mode: 0o600 });
    includeSecrets(parts, grown, 0);
  }
  expect(readFileSync(parts).toString('latin1').split('KSLT').length).toBeGreaterThan(4);
  copyFileSync(parts, path);
  expect(await found()).toEqual(['/', '/style.css', '/home.html']);
  expect(statSync(parts).mode & 0o777).toBe(0o600);
});

test('an empty key log beside a saved capture is told, and not beside one that goes on', () => {
  const path = join(directory, 'empty.log');
  writeFileSync(path, '', { mode: 0o600 });
  expect(checkKeyLogs([path], true)).toEqual([]);
  expect(checkKeyLogs([path], false).map(({ code }) => code)).toEqual(['key-log-empty']);
});

describe.skipIf(process.platform === 'win32')('a pipe as key log', () => {
  const linesOf = (path: string): string => {
    const file = new KeyLogFile(path);
    let text = '';
    const take = (bytes: Uint8Array): number => {
      const end = bytes.lastIndexOf(0x0a) + 1;
      text += Buffer.from(bytes.subarray(0, end)).toString('latin1');
      return end;
    };
    file.read(take);
    file.close(take);
    return text;
  };

  test('beside a saved capture it is read to its end first, however slow, and by everybody who opens it', async () => {
    const path = join(directory, 'slow');
    const whole = join(directory, 'whole.log');
    execFileSync('mkfifo', ['-m', '600', path]);
    writeFileSync(whole, KEYS, { mode: 0o600 });
    const writer = spawn('sh', ['-c', 'exec > "$1"; sleep 0.2; cat "$2"', 'sh', path, whole], { stdio: 'ignore' });
    const ended = new Promise((resolve) => writer.on('close', resolve));
    expect(checkKeyLogs([path], false)).toEqual([]);
    expect(linesOf(path)).toBe(TEXT);
    expect(linesOf(path)).toBe(TEXT);
    await ended;
  });

  test('one that its writer keeps open is waited for so long, and no longer', () => {
    const path = join(directory, 'open');
    execFileSync('mkfifo', [path]);
    const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
    writeSync(fd, 'CLIENT');
    const { bytes, ended } = readPipe(fd, 50, 50);
    closeSync(fd);
    expect([bytes.toString(), ended]).toEqual(['CLIENT', false]);
  });
});
