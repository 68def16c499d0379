import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { CaptureError } from '../capture/batch.ts';
import { openStream } from '../capture/open.ts';
import type { CaptureSource } from '../capture/source.ts';
import type { LiveCapture, LiveSettings, LiveState } from './capture.ts';
import { Keeper } from './keeper.ts';
import { refusal } from './refusals.ts';
import { becomeUser, invokingUser } from './user.ts';

type Program = 'dumpcap' | 'tcpdump';

function argumentsOf(program: Program, s: LiveSettings): string[] {
  const common = ['-s', String(s.snaplen), ...(s.promiscuous ? [] : ['-p']), ...(s.count > 0 ? ['-c', String(s.count)] : [])];
  if (program === 'dumpcap') {
    const each = s.interfaces.flatMap((name) => ['-i', name, ...(s.filter === '' ? [] : ['-f', s.filter])]);
    return ['-q', ...each, ...common, '-B', String(Math.max(1, s.buffer >> 20)), '-w', '-'];
  }
  return [
    '-n',
    '-U',
    '--time-stamp-precision=nano',
    '-i',
    s.interfaces[0],
    ...common,
    '-B',
    String(s.buffer >> 10),
    '-w',
    '-',
    ...(s.filter === '' ? [] : [s.filter]),
  ];
}

/** Captures with a program that may have the right to where Node has not. It is the only one that keeps its privileges. */
export async function startProgram(program: Program, settings: LiveSettings): Promise<LiveCapture> {
  if (program === 'tcpdump' && settings.interfaces.length > 1)
    throw new CaptureError(
      'no-program',
      'tcpdump captures from one interface at a time',
      'tcpdump는 한 번에 한 인터페이스만 캡처합니다',
    );
  const user = invokingUser(process.env);
  const child = spawn(program, argumentsOf(program, settings), { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  try {
    await once(child, 'spawn');
  } catch (error) {
    const words = (error as Error).message;
    throw new CaptureError('no-program', `${program} cannot be run: ${words}`, `${program}을(를) 실행할 수 없습니다: ${words}`);
  }
  if (user !== undefined) becomeUser(user);
  return ProgramCapture.open(program, child, settings);
}

class ProgramCapture implements LiveCapture {
  source!: CaptureSource;
  readonly state: LiveState;
  onChange: (() => void) | undefined;
  private words = '';
  private readonly child: ChildProcess;
  private timer: NodeJS.Timeout | undefined;

  private constructor(program: Program, child: ChildProcess, settings: LiveSettings) {
    this.child = child;
    this.state = {
      engine: program,
      interfaces: settings.interfaces,
      packets: undefined,
      dropped: undefined,
      interfaceDropped: undefined,
      running: true,
      notes: [],
    };
    child.stderr?.on('data', (piece: Buffer) => {
      this.words = (this.words + piece.toString('utf8')).slice(-4000);
    });
    child.on('close', () => this.ended());
    if (settings.duration > 0) this.timer = setTimeout(() => this.stop(), settings.duration);
  }

  /** The program says in words whether it could open the interface: the first bytes of its output, or its end. */
  static async open(program: Program, child: ChildProcess, settings: LiveSettings): Promise<ProgramCapture> {
    const capture = new ProgramCapture(program, child, settings);
    const stdout = child.stdout as Readable;
    const keeper = settings.write === undefined ? undefined : new Keeper(settings.write);
    if (keeper !== undefined) stdout.on('data', (piece: Buffer) => keeper.write(piece, 0, piece.length));
    try {
      capture.source = await openStream(stdout, { keep: true });
      return capture;
    } catch {
      if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
      throw refusalOf(program, settings.interfaces[0], capture.words);
    }
  }

  stop(): void {
    this.child.kill('SIGINT');
  }

  /** tcpdump: "3 packets dropped by kernel"; dumpcap: "Packets received/dropped on interface 'lo': 10/0 (pcap:0/...". */
  private ended(): void {
    if (this.timer !== undefined) clearTimeout(this.timer);
    const kernel = /(\d+) packets? dropped by kernel/.exec(this.words);
    const own = [...this.words.matchAll(/received\/dropped on interface '[^']*': \d+\/(\d+)/g)];
    if (kernel !== null) this.state.dropped = Number(kernel[1]);
    else if (own.length > 0) this.state.dropped = own.reduce((sum, each) => sum + Number(each[1]), 0);
    this.state.running = false;
    this.onChange?.();
  }
}

function refusalOf(program: Program, name: string, words: string): CaptureError {
  const text = words
    .trim()
    .split('\n')
    .filter((line) => !/^(Capturing on|File:|\s*$)/.test(line))
    .join(' ');
  const code = /permi|not permitted/i.test(text) ? -8 : /No such device|doesn't exist/i.test(text) ? -5 : 0;
  return refusal(name, /filter|syntax error/i.test(text) && code === 0 ? 'filter' : 'open', code, `${program}: ${text}`);
}
